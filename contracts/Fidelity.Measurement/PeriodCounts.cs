namespace Fidelity.Measurement;

/// <summary>How many cases of a team were closed within a period for one reason.</summary>
/// <param name="Reason">The reason recorded at discharge.</param>
/// <param name="Cases">At least 1.</param>
public sealed record ClosureCount(DischargeReason Reason, int Cases);

/// <summary>What became of how many of the TAM interviews that fell due within a period.</summary>
/// <param name="Outcome">The one current outcome; never <see cref="OpportunityOutcome.Void"/>.</param>
/// <param name="Interviews">At least 1.</param>
public sealed record OutcomeCount(OpportunityOutcome Outcome, int Interviews);

/// <summary>What a review counts besides its measures (measurement.md §7). What there is none of is left out; the order is that of the codes.</summary>
public static class PeriodCounts
{
    /// <summary>The reasons for which cases were closed in a period and up to <paramref name="today"/>; every case has one, full course or not.</summary>
    public static IReadOnlyList<ClosureCount> Closures(Period period, TeamFacts facts, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return
        [
            .. facts.Cases.Where(known => known is { Discharged: { } day, Reason: not null } && day <= today && period.Contains(day))
                .CountBy(known => known.Reason!.Value).OrderBy(count => count.Key).Select(count => new ClosureCount(count.Key, count.Value)),
        ];
    }

    /// <summary>The outcomes of the interviews that fell due in a period and up to <paramref name="today"/>, those that are open too.</summary>
    public static IReadOnlyList<OutcomeCount> Interviews(Period period, TeamFacts facts, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return
        [
            .. facts.TamOpportunities.Select(due => due.Opportunity)
                .Where(due => due.Outcome != OpportunityOutcome.Void && due.Due <= today && period.Contains(due.Due))
                .CountBy(due => due.Outcome).OrderBy(count => count.Key).Select(count => new OutcomeCount(count.Key, count.Value)),
        ];
    }
}
