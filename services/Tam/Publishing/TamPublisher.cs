using Fidelity.Contracts.Tam;
using Fidelity.ServiceDefaults;
using JasperFx.Events;
using Marten;
using MassTransit;

namespace Fidelity.Tam.Publishing;

/// <summary>What Tam's events are to the others.</summary>
sealed class TamPublisher(IBus bus) : EventPublisher(bus), IReadSomeEvents
{
    public static IReadOnlyList<Type> Events => [typeof(InterviewScored), typeof(OpportunityFellDue), typeof(OpportunityClosed), typeof(WaitEnded)];

    protected override object About(IEvent recorded) => recorded.Data switch
    {
        InterviewScored scored => scored.Interview.InterviewId,
        OpportunityFellDue fell => fell.Opportunity.Due,
        OpportunityClosed closed => closed.Opportunity.Due,
        WaitEnded ended => ended.SubmissionId,
        var other => throw Private(other),
    };

    protected override ValueTask<object?> Message(IEvent recorded, IDocumentOperations store) => ValueTask.FromResult<object?>(recorded.Data switch
    {
        InterviewScored { Case.CaseId: Erased.Id } or OpportunityFellDue { Case.CaseId: Erased.Id } or OpportunityClosed { Case.CaseId: Erased.Id } => null,
        InterviewScored { Interview.Withdrawn: true } scored =>
            new TamInterviewWithdrawn(recorded.Version, scored.Case.Programme, scored.Case.TeamId, scored.Case.CaseId, scored.Interview),
        InterviewScored { Corrected: true } scored =>
            new TamInterviewCorrected(recorded.Version, scored.Case.Programme, scored.Case.TeamId, scored.Case.CaseId, scored.Interview),
        InterviewScored scored =>
            new TamInterviewScored(recorded.Version, scored.Case.Programme, scored.Case.TeamId, scored.Case.CaseId, scored.Interview),
        OpportunityFellDue fell =>
            new TamOpportunityFellDue(recorded.Version, fell.Case.Programme, fell.Case.TeamId, fell.Case.CaseId, fell.Opportunity, fell.EffectiveOn),
        OpportunityClosed closed =>
            new TamOpportunityClosed(recorded.Version, closed.Case.Programme, closed.Case.TeamId, closed.Case.CaseId, closed.Opportunity, closed.EffectiveOn),
        WaitEnded ended => ended.Answer,
        var other => throw Private(other),
    });
}
