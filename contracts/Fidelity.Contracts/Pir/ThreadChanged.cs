using System.Text.Json.Serialization;
using Fidelity.Measurement;

namespace Fidelity.Contracts.Pir;

/// <summary>Something was written on a month of a team's chart: from the note to the check of what was done about it.</summary>
/// <param name="ThreadId">What names it.</param>
/// <param name="Series">The chart.</param>
/// <param name="Month">First day of the month that it is about.</param>
/// <param name="Entries">All that was written, oldest first; at least one.</param>
public sealed record ThreadChanged(
    long Version, string Programme, string TeamId, Guid ThreadId, TrendSeries Series, DateOnly Month, IReadOnlyList<ThreadEntry> Entries)
    : Fact(Version, Programme, TeamId)
{
    /// <inheritdoc />
    protected override Thing Subject() => new("trend_thread", $"{TeamId}/{ThreadId:n}");
}

/// <summary>One entry of a thread.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Author">Who wrote it, by staff id or sign-in name.</param>
/// <param name="Date">The day on which it was written.</param>
/// <param name="Text">In at most 2,000 characters.</param>
/// <param name="Owner">Of an action who does it, in at most 200 characters; null of everything else.</param>
/// <param name="Due">Of an action the day by which it is done; null of everything else.</param>
/// <param name="Outcome">Of a check what it found; null of everything else.</param>
public sealed record ThreadEntry(
    ThreadEntryKind Kind, string Author, DateOnly Date, string Text, string? Owner = null, DateOnly? Due = null, CheckOutcome? Outcome = null);

/// <summary>What an entry of a thread is.</summary>
[JsonConverter(typeof(CodeJsonConverter<ThreadEntryKind>))]
public enum ThreadEntryKind
{
    /// <summary>What was seen or is known of the month.</summary>
    Note,

    /// <summary>What it may come from.</summary>
    Hypothesis,

    /// <summary>What is done about it.</summary>
    Action,

    /// <summary>Whether that helped, looked at for the next review.</summary>
    Check,
}

/// <summary>What a check found.</summary>
[JsonConverter(typeof(CodeJsonConverter<CheckOutcome>))]
public enum CheckOutcome
{
    /// <summary>It helped: the thread is closed.</summary>
    Helped,

    /// <summary>It did not: the thread is closed, and what was learned stands in it.</summary>
    DidNotHelp,

    /// <summary>It cannot be told yet, or there is more to do: the thread goes on.</summary>
    GoesOn,
}
