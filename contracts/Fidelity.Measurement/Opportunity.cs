using System.Text.Json.Serialization;

namespace Fidelity.Measurement;

/// <summary>The one current outcome of an opportunity (measurement.md §2).</summary>
[JsonConverter(typeof(CodeJsonConverter<OpportunityOutcome>))]
public enum OpportunityOutcome
{
    /// <summary>Due, and nothing has ended it yet.</summary>
    Open,

    /// <summary>An interview or survey that counts is dated in its interval.</summary>
    Completed,

    /// <summary>The family said no this time.</summary>
    Declined,

    /// <summary>Nobody could be reached.</summary>
    Unreachable,

    /// <summary>The family wants no further interviews; lasts until it gives one again.</summary>
    OptedOut,

    /// <summary>No interpreter could be found.</summary>
    NoInterpreter,

    /// <summary>Another reason.</summary>
    Other,

    /// <summary>Its interval ended with nothing recorded.</summary>
    Expired,

    /// <summary>
    /// It never fell due after all, as after a retroactive discharge. Never a result of <see cref="TamOpportunities.Of"/> or
    /// <see cref="SurveyOpportunities.Of"/>: the service that records changes of their result writes it when a due date is gone.
    /// </summary>
    Void,
}

/// <summary>What came of one attempt to interview. The first two leave the opportunity open, the others end it.</summary>
[JsonConverter(typeof(CodeJsonConverter<AttemptOutcome>))]
public enum AttemptOutcome
{
    /// <summary>Nobody answered.</summary>
    NoAnswer,

    /// <summary>Asked to call back.</summary>
    CallBack,

    /// <inheritdoc cref="OpportunityOutcome.Declined"/>
    Declined,

    /// <inheritdoc cref="OpportunityOutcome.Unreachable"/>
    Unreachable,

    /// <inheritdoc cref="OpportunityOutcome.OptedOut"/>
    OptedOut,

    /// <inheritdoc cref="OpportunityOutcome.NoInterpreter"/>
    NoInterpreter,

    /// <inheritdoc cref="OpportunityOutcome.Other"/>
    Other,
}

/// <summary>An interview or survey that has fallen due, its interval (both ends inclusive) and its current outcome.</summary>
/// <param name="Due">The due date; it tells the opportunities of one case, or of one pair, apart.</param>
/// <param name="First">The first day on which a record completes it.</param>
/// <param name="Last">The last such day; it moves when the case is discharged.</param>
/// <param name="Outcome">The outcome as of the day asked about.</param>
/// <param name="CompletedBy">The id of the record that completed it, when one did.</param>
public sealed record Opportunity(DateOnly Due, DateOnly First, DateOnly Last, OpportunityOutcome Outcome, string? CompletedBy);

/// <summary>An interview or survey as opportunities see it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Date">The day it was given.</param>
/// <param name="Counts">Independent and not withdrawn. One that does not count completes nothing and ends no opt-out.</param>
public sealed record DatedRecord(string Id, DateOnly Date, bool Counts);

/// <summary>One attempt to interview a family.</summary>
public sealed record Attempt(DateOnly Date, AttemptOutcome Outcome);

/// <summary>A due date and its interval, before anything is known of what happened in it.</summary>
readonly record struct DueInterval(DateOnly Due, DateOnly First, DateOnly Last)
{
    public bool Contains(DateOnly date) => First <= date && date <= Last;

    /// <summary>
    /// The opportunities due by today. The first record dated in an interval completes it; no record completes two, which
    /// matters where the intervals of two pairs overlap because somebody left and returned: the earlier due date has it.
    /// </summary>
    public static IReadOnlyList<Opportunity> Settle(
        IEnumerable<DueInterval> intervals, IEnumerable<DatedRecord> records, DateOnly today, Func<DueInterval, OpportunityOutcome?> ending)
    {
        var unused = records.Where(record => record.Counts && record.Date <= today)
            .OrderBy(record => record.Date).ThenBy(record => record.Id, StringComparer.Ordinal).ToList();
        var opportunities = new List<Opportunity>();
        foreach (var interval in intervals.TakeWhile(interval => interval.Due <= today))
        {
            var (due, first, last) = interval;
            if (unused.Find(record => interval.Contains(record.Date)) is { } completing)
            {
                unused.Remove(completing);
                opportunities.Add(new(due, first, last, OpportunityOutcome.Completed, completing.Id));
            }
            else
            {
                var outcome = ending(interval) ?? (today > last ? OpportunityOutcome.Expired : OpportunityOutcome.Open);
                opportunities.Add(new(due, first, last, outcome, null));
            }
        }
        return opportunities;
    }

    /// <summary>Days on which time alone changes the result: the next due date, and the day after an open interval.</summary>
    public static IEnumerable<DateOnly?> Changes(IEnumerable<DueInterval> intervals, IEnumerable<Opportunity> settled, DateOnly today) =>
    [
        .. intervals.SkipWhile(interval => interval.Due <= today).Take(1).Select(interval => interval.Due),
        .. settled.Where(opportunity => opportunity.Outcome == OpportunityOutcome.Open).Select(opportunity => opportunity.Last.AddDays(1)),
    ];
}
