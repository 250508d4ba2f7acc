namespace Fidelity.Measurement.Tests;

/// <summary>What a review counts besides its measures.</summary>
public sealed class PeriodCountsTests
{
    static readonly Period Period = Period.Parse("2026-H1", 1);
    static readonly CaseOutcomes NoOutcomes = new(Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown);

    static CaseFacts Closed(string id, DateOnly? on, DischargeReason? reason) => new(id, new(2025, 9, 1), on, reason, NoOutcomes);

    static CaseOpportunity Due(DateOnly due, OpportunityOutcome outcome) => new("c", new Opportunity(due, due.AddDays(-7), due.AddDays(20), outcome, null));

    [Fact]
    public void Cases_are_counted_by_reason_from_the_first_day_of_the_period_to_its_last_or_to_today()
    {
        TeamFacts facts = new()
        {
            Cases =
            [
                Closed("day before", new(2025, 12, 31), DischargeReason.Completed), Closed("first day", new(2026, 1, 1), DischargeReason.Moved),
                Closed("last day", new(2026, 6, 30), DischargeReason.Completed), Closed("day after", new(2026, 7, 1), DischargeReason.Placed),
                Closed("open", null, null), Closed("another", new(2026, 2, 1), DischargeReason.Completed),
            ],
        };
        PeriodCounts.Closures(Period, facts, new(2026, 9, 1)).ShouldBe([new(DischargeReason.Completed, 2), new(DischargeReason.Moved, 1)]);
        PeriodCounts.Closures(Period, facts, new(2026, 6, 29)).ShouldBe([new(DischargeReason.Completed, 1), new(DischargeReason.Moved, 1)], "the last has not happened yet");
        PeriodCounts.Closures(Period, new(), new(2026, 9, 1)).ShouldBeEmpty();
    }

    [Fact]
    public void Interviews_are_counted_by_outcome_when_they_fell_due_in_the_period_and_up_to_today()
    {
        TeamFacts facts = new()
        {
            TamOpportunities =
            [
                Due(new(2025, 12, 31), OpportunityOutcome.Declined), Due(new(2026, 1, 1), OpportunityOutcome.Declined), Due(new(2026, 6, 30), OpportunityOutcome.Open),
                Due(new(2026, 3, 1), OpportunityOutcome.Completed), Due(new(2026, 4, 1), OpportunityOutcome.Completed), Due(new(2026, 5, 1), OpportunityOutcome.Void),
                Due(new(2026, 7, 1), OpportunityOutcome.Open),
            ],
        };
        PeriodCounts.Interviews(Period, facts, new(2026, 7, 2)).ShouldBe(
            [new(OpportunityOutcome.Open, 1), new(OpportunityOutcome.Completed, 2), new(OpportunityOutcome.Declined, 1)], "what never fell due after all is none");
        PeriodCounts.Interviews(Period, facts, new(2026, 3, 31)).ShouldBe([new(OpportunityOutcome.Completed, 1), new(OpportunityOutcome.Declined, 1)]);
    }
}
