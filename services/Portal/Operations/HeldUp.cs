namespace Fidelity.Portal.Operations;

/// <summary>
/// What does not go on by itself, as it was found a moment ago. Numbers, ages and kinds only: nothing in it is about a case.
/// </summary>
/// <param name="DeadLetters">Every inbox with the messages that it could not handle; null when the broker does not answer.</param>
/// <param name="Waiting">The submissions that wait for a fact; null when the database does not answer.</param>
sealed record HeldUp(DateTimeOffset At, IReadOnlyList<DeadLettersOf>? DeadLetters, WaitingSubmissions? Waiting)
{
    public int Number => DeadLetters?.Sum(queue => queue.Number) ?? 0;

    public DateTimeOffset? Oldest => DeadLetters?.Min(queue => queue.Oldest);
}

/// <param name="Kinds">What failed and of what, among the first of them.</param>
sealed record DeadLettersOf(string Inbox, int Number, DateTimeOffset? Oldest, IReadOnlyList<KindOfDeadLetter> Kinds);

/// <param name="Message">The message's type; null for one that is none of ours or cannot be read.</param>
/// <param name="Cause">The type of the exception.</param>
sealed record KindOfDeadLetter(string? Message, string Cause, int Number);

/// <param name="Overdue">Those that have waited for a day, and are shown as refused until the fact arrives after all.</param>
sealed record WaitingSubmissions(int Number, int Overdue, DateTimeOffset? Oldest, IReadOnlyList<MissingFact> For);

/// <summary>What is waited for, by the cause that the owner gave: its code and the field it is about.</summary>
sealed record MissingFact(string Code, string? Field, int Number, int Overdue, DateTimeOffset Oldest);
