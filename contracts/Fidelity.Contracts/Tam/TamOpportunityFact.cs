using Fidelity.Measurement;

namespace Fidelity.Contracts.Tam;

/// <summary>One TAM opportunity as it stands (measurement.md §2), published under the name of its state.</summary>
/// <param name="CaseId">The family.</param>
/// <param name="Opportunity">Due date, interval and current outcome.</param>
/// <param name="EffectiveOn">The day from which this has been its outcome.</param>
public abstract record TamOpportunityFact(
    long Version, string Programme, string TeamId, string CaseId, Opportunity Opportunity, DateOnly EffectiveOn)
    : Fact(Version, Programme, TeamId)
{
    /// <inheritdoc />
    protected override Thing Subject() => new("tam_opportunity", $"{CaseId}/{Opportunity.Due:yyyy-MM-dd}");
}

/// <summary>An opportunity fell due, or is open again.</summary>
public sealed record TamOpportunityFellDue(
    long Version, string Programme, string TeamId, string CaseId, Opportunity Opportunity, DateOnly EffectiveOn)
    : TamOpportunityFact(Version, Programme, TeamId, CaseId, Opportunity, EffectiveOn);

/// <summary>An opportunity has ended, or ceased to exist (<see cref="OpportunityOutcome.Void"/>).</summary>
public sealed record TamOpportunityClosed(
    long Version, string Programme, string TeamId, string CaseId, Opportunity Opportunity, DateOnly EffectiveOn)
    : TamOpportunityFact(Version, Programme, TeamId, CaseId, Opportunity, EffectiveOn);
