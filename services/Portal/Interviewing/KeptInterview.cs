using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Teams;

namespace Fidelity.Portal.Interviewing;

/// <summary>An interview as it was submitted, and what was said of it since. Nothing of it is ever overwritten.</summary>
/// <param name="Corrections">Those that are in force, by date.</param>
/// <param name="Withdrawal">Null while the interview stands.</param>
public sealed record KeptInterview(RecordTamInterview Interview, IReadOnlyList<CorrectTamInterview> Corrections, WithdrawTamInterview? Withdrawal)
{
    /// <summary>
    /// What was submitted of one interview, in that order; null without the interview. Of what was said twice the first stands, and what
    /// is dated after today does not exist yet.
    /// </summary>
    public static KeptInterview? Of(IEnumerable<Command> submitted, DateOnly today)
    {
        Command[] said = [.. submitted];
        return said.OfType<RecordTamInterview>().FirstOrDefault() is { } interview
            ? new(
                interview,
                [
                    .. said.OfType<CorrectTamInterview>().Where(correction => correction.Date <= today).DistinctBy(correction => (correction.Date, correction.Item))
                        .OrderBy(correction => correction.Date).ThenBy(correction => correction.Item),
                ],
                said.OfType<WithdrawTamInterview>().FirstOrDefault(withdrawal => withdrawal.Date <= today))
            : null;
    }

    public InstrumentDefinition Definition => Instruments.Find(Interview.Instrument)!;

    /// <summary>The day of the latest correction; null without one.</summary>
    public DateOnly? Corrected => Corrections is [.., var last] ? last.Date : null;

    /// <summary>The answers as they hold now.</summary>
    public IReadOnlyList<Answer> Answers => AnswersAfter(Corrections.Count);

    /// <summary>Each correction with the answer that it took the place of.</summary>
    public IReadOnlyList<ChangedAnswer> Changes =>
        [.. Corrections.Select((correction, place) => new ChangedAnswer(correction, AnswersAfter(place)[correction.Item - 1]))];

    /// <summary>The score of the answers as they were submitted.</summary>
    public Score FirstScore => Scoring.Score(Definition, Interview.Answers);

    /// <summary>The score of the answers as they hold now. A withdrawn interview has one too, which counts nowhere.</summary>
    public Score Score => Scoring.Score(Definition, Answers);

    /// <summary>Whether a correction or withdrawal is among what was said.</summary>
    public bool Has(Command said) => said switch
    {
        CorrectTamInterview correction => Corrections.Any(known => (known.Date, known.Item, known.Value) == (correction.Date, correction.Item, correction.Value)),
        WithdrawTamInterview => Withdrawal is not null,
        _ => throw new ArgumentException($"{said.GetType().Name} says nothing of an interview.", nameof(said)),
    };

    IReadOnlyList<Answer> AnswersAfter(int corrections) => Scoring.Corrected(
        Interview.Answers, Corrections.Take(corrections).Select(correction => new Measurement.Correction(correction.Date, correction.Item, correction.Value)));
}

/// <summary>A correction, and what the answer was before it.</summary>
public sealed record ChangedAnswer(CorrectTamInterview Correction, Answer Before);

/// <summary>An interview that is recorded.</summary>
/// <param name="Fact">What its owner says that it counts as.</param>
public sealed record RecordedInterview(KeptInterview Kept, TamInterviewFact Fact)
{
    /// <summary>Whether its owner has taken all of it into account.</summary>
    public bool IsSettled => Fact.Interview.Answers.SequenceEqual(Kept.Answers) && Fact.Interview.Withdrawn == Kept.Withdrawal is not null;

    /// <summary>What each interview of a case is to its due dates, in the given order.</summary>
    public static IReadOnlyList<RecentScore> Places(IReadOnlyList<RecordedInterview> ofCase, CaseChanged family, string instrument, DateOnly today)
    {
        HeldInterview[] held = [.. ofCase.Select(recorded => new HeldInterview(recorded.Fact, family, recorded.Kept.Corrected))];
        return [.. held.Select(one => RecentScore.Of(one, held, instrument, today))];
    }
}
