using Fidelity.Measurement;

namespace Fidelity.Contracts.Surveys;

/// <summary>One SAM or CAM opportunity as it stands (measurement.md §2), published under the name of its state.</summary>
/// <param name="Pair">Who is to rate whom.</param>
/// <param name="Opportunity">Due date, interval and current outcome.</param>
/// <param name="EffectiveOn">The day from which this has been its outcome.</param>
public abstract record SurveyOpportunityFact(
    long Version, string Programme, RatingPair Pair, Opportunity Opportunity, DateOnly EffectiveOn)
    : Fact(Version, Programme, Pair.TeamId)
{
    /// <inheritdoc />
    protected override Thing Subject() => new(
        "survey_opportunity",
        $"{Codes.Of(Pair.Instrument)}/{Pair.TeamId}/{Pair.RaterId}/{Pair.RatedId}/{Opportunity.Due:yyyy-MM-dd}");
}

/// <summary>An opportunity fell due, or is open again.</summary>
public sealed record SurveyOpportunityFellDue(
    long Version, string Programme, RatingPair Pair, Opportunity Opportunity, DateOnly EffectiveOn)
    : SurveyOpportunityFact(Version, Programme, Pair, Opportunity, EffectiveOn);

/// <summary>An opportunity has ended, or ceased to exist (<see cref="OpportunityOutcome.Void"/>).</summary>
public sealed record SurveyOpportunityClosed(
    long Version, string Programme, RatingPair Pair, Opportunity Opportunity, DateOnly EffectiveOn)
    : SurveyOpportunityFact(Version, Programme, Pair, Opportunity, EffectiveOn);
