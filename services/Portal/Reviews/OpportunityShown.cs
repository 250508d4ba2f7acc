using Fidelity.Contracts.Tam;
using Fidelity.Measurement;

namespace Fidelity.Portal.Reviews;

/// <summary>A TAM interview that fell due, as the API gives it (measurement.md §2).</summary>
/// <param name="Programme">The programme.</param>
/// <param name="Team">The id of the team.</param>
/// <param name="Instrument">What was to be measured.</param>
/// <param name="Case">The id of the family.</param>
/// <param name="Due">The due date; it tells the opportunities of a case apart.</param>
/// <param name="First">The first day on which an interview completes it.</param>
/// <param name="Last">The last such day; it moves when the case is discharged.</param>
/// <param name="Outcome">Its one current outcome.</param>
/// <param name="By">The id of the interview that completed it; null when none did.</param>
/// <param name="EffectiveOn">The day from which it has had this outcome.</param>
sealed record OpportunityShown(
    string Programme, string Team, Instrument Instrument, string Case, DateOnly Due, DateOnly First, DateOnly Last, OpportunityOutcome Outcome,
    string? By, DateOnly EffectiveOn)
{
    public static OpportunityShown Of(TamOpportunityFact fact) => new(
        fact.Programme, fact.TeamId, Instrument.Tam, fact.CaseId, fact.Opportunity.Due, fact.Opportunity.First, fact.Opportunity.Last,
        fact.Opportunity.Outcome, fact.Opportunity.CompletedBy, fact.EffectiveOn);

    public static IReadOnlyList<OpportunityShown> Examples =>
    [
        new("main", "nord", Instrument.Tam, "c-1", new(2025, 3, 17), new(2025, 3, 3), new(2025, 4, 9), OpportunityOutcome.Completed, "tam-1",
            new(2025, 3, 18)),
    ];
}
