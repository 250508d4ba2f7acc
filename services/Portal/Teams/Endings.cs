using Fidelity.Measurement;

namespace Fidelity.Portal.Teams;

/// <summary>What became of the interviews that fell due within a period (measurement.md §2): every outcome, those that are nought too.</summary>
public sealed record Endings(IReadOnlyList<(OpportunityOutcome Outcome, int Count)> Outcomes)
{
    /// <summary>In the order in which they are told. What never fell due after all is none of them.</summary>
    public static IReadOnlyList<OpportunityOutcome> Order { get; } =
    [
        OpportunityOutcome.Completed, OpportunityOutcome.Declined, OpportunityOutcome.Unreachable, OpportunityOutcome.OptedOut,
        OpportunityOutcome.NoInterpreter, OpportunityOutcome.Other, OpportunityOutcome.Expired, OpportunityOutcome.Open,
    ];

    public int Due => Outcomes.Sum(outcome => outcome.Count);

    public static Endings Of(IEnumerable<Opportunity> opportunities, DateOnly from, DateOnly to, DateOnly today)
    {
        var counts = opportunities.Where(due => from <= due.Due && due.Due <= to && due.Due <= today).CountBy(due => due.Outcome)
            .ToDictionary(count => count.Key, count => count.Value);
        return new([.. Order.Select(outcome => (outcome, counts.GetValueOrDefault(outcome)))]);
    }
}
