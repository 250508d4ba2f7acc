namespace Fidelity.Measurement;

/// <summary>When interviews of a case fall due, and what became of each (measurement.md §2).</summary>
public static class TamOpportunities
{
    const int DaysToFirst = 14;
    const int DaysBeforeDue = 7;
    const int DaysAfterDischarge = 14;

    /// <summary>
    /// Every opportunity of a case that has fallen due by <paramref name="today"/>, in order of due date. Records, attempts and
    /// a discharge dated later do not exist yet. The order in which facts are given does not matter.
    /// </summary>
    public static IReadOnlyList<Opportunity> Of(
        DateOnly started, DateOnly? discharged, IEnumerable<DatedRecord> interviews, IEnumerable<Attempt> attempts, DateOnly today)
    {
        DatedRecord[] given = [.. interviews.Where(interview => interview.Counts && interview.Date <= today)];
        // Equal dates are ordered by outcome only so that the answer never depends on the order of the facts.
        Attempt[] ending =
        [
            .. attempts.Where(attempt => attempt.Date <= today && Ending(attempt) is not null)
                .OrderBy(attempt => attempt.Date).ThenBy(attempt => attempt.Outcome),
        ];
        return DueInterval.Settle(Intervals(started, Known(discharged, today)), given, today, interval =>
        {
            var earliest = ending.FirstOrDefault(attempt => interval.Contains(attempt.Date));
            return earliest is not null ? Ending(earliest)
                : HasOptedOut(before: interval.First) ? OpportunityOutcome.OptedOut
                : null;
        });

        // An interview later than the opt-out lifts it; one on the same day came before it.
        bool HasOptedOut(DateOnly before)
        {
            var optOut = ending.LastOrDefault(attempt => attempt.Outcome == AttemptOutcome.OptedOut && attempt.Date < before);
            return optOut is not null && !given.Any(interview => optOut.Date < interview.Date && interview.Date < before);
        }
    }

    /// <summary>
    /// The first day after <paramref name="today"/> on which <see cref="Of"/> may give another result, or a record, attempt or
    /// discharge begins to exist, without any new fact. Null when that never happens.
    /// </summary>
    public static DateOnly? NextChange(
        DateOnly started, DateOnly? discharged, IEnumerable<DatedRecord> interviews, IEnumerable<Attempt> attempts, DateOnly today)
    {
        DatedRecord[] records = [.. interviews];
        Attempt[] tries = [.. attempts];
        IEnumerable<DateOnly?> facts = [.. records.Select(record => record.Date), .. tries.Select(attempt => attempt.Date), discharged];
        return facts.Where(date => date > today)
            .Concat(DueInterval.Changes(
                Intervals(started, Known(discharged, today)), Of(started, discharged, records, tries, today), today))
            .Min();
    }

    /// <summary>The first due date after <paramref name="today"/>; null when the case was discharged by then.</summary>
    public static DateOnly? NextDue(DateOnly started, DateOnly? discharged, DateOnly today) =>
        Intervals(started, Known(discharged, today)).Select(interval => (DateOnly?)interval.Due).FirstOrDefault(due => due > today);

    /// <summary>False for an interview before the start or more than 14 days after discharge: it is refused.</summary>
    public static bool WithinCase(DateOnly started, DateOnly? discharged, DateOnly date) =>
        date >= started && !(date > LastDay(discharged));

    /// <summary>The last day on which an interview may be given; null for a case that is not discharged.</summary>
    public static DateOnly? LastDay(DateOnly? discharged) => discharged?.AddDays(DaysAfterDischarge);

    static DateOnly? Known(DateOnly? discharged, DateOnly today) => discharged <= today ? discharged : null;

    /// <summary>Endless for an open case.</summary>
    static IEnumerable<DueInterval> Intervals(DateOnly started, DateOnly? discharged)
    {
        var firstDue = started.AddDays(DaysToFirst);
        for (var n = 0; !(firstDue.AddMonths(n) > discharged); n++)
        {
            var (due, next) = (firstDue.AddMonths(n), firstDue.AddMonths(n + 1));
            yield return new(
                due,
                n == 0 ? started : due.AddDays(-DaysBeforeDue),
                next > discharged ? discharged.Value.AddDays(DaysAfterDischarge) : next.AddDays(-DaysBeforeDue - 1));
        }
    }

    static OpportunityOutcome? Ending(Attempt attempt) => attempt.Outcome switch
    {
        AttemptOutcome.Declined => OpportunityOutcome.Declined,
        AttemptOutcome.Unreachable => OpportunityOutcome.Unreachable,
        AttemptOutcome.OptedOut => OpportunityOutcome.OptedOut,
        AttemptOutcome.NoInterpreter => OpportunityOutcome.NoInterpreter,
        AttemptOutcome.Other => OpportunityOutcome.Other,
        _ => null,
    };
}
