using Fidelity.Contracts.Surveys;
using Fidelity.ServiceDefaults;
using JasperFx.Events;
using Marten;
using MassTransit;

namespace Fidelity.Surveys.Publishing;

/// <summary>What the events of Surveys are to the others.</summary>
sealed class SurveysPublisher(IBus bus) : EventPublisher(bus), IReadSomeEvents
{
    public static IReadOnlyList<Type> Events => [typeof(SurveyAssessed), typeof(OpportunityFellDue), typeof(OpportunityClosed), typeof(WaitEnded)];

    protected override object About(IEvent recorded) => recorded.Data switch
    {
        SurveyAssessed assessed => assessed.Survey.SurveyId,
        OpportunityFellDue fell => fell.Opportunity.Due,
        OpportunityClosed closed => closed.Opportunity.Due,
        WaitEnded ended => ended.SubmissionId,
        var other => throw Private(other),
    };

    protected override ValueTask<object?> Message(IEvent recorded, IDocumentOperations store) => ValueTask.FromResult<object?>(recorded.Data switch
    {
        SurveyAssessed { Survey.Withdrawn: true } assessed =>
            new SurveyWithdrawn(recorded.Version, assessed.Programme, assessed.Pair, assessed.Survey),
        SurveyAssessed { Corrected: true } assessed =>
            new SurveyCorrected(recorded.Version, assessed.Programme, assessed.Pair, assessed.Survey),
        SurveyAssessed assessed =>
            new SurveyScored(recorded.Version, assessed.Programme, assessed.Pair, assessed.Survey),
        OpportunityFellDue fell =>
            new SurveyOpportunityFellDue(recorded.Version, fell.Programme, fell.Pair, fell.Opportunity, fell.EffectiveOn),
        OpportunityClosed closed =>
            new SurveyOpportunityClosed(recorded.Version, closed.Programme, closed.Pair, closed.Opportunity, closed.EffectiveOn),
        WaitEnded ended => ended.Answer,
        var other => throw Private(other),
    });
}
