using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Pir.Receiving;

/// <summary>Keeps what reviews are computed from.</summary>
sealed class FactsConsumer(Facts facts)
    : IConsumer<TeamChanged>, IConsumer<CaseChanged>, IConsumer<TamOpportunityFellDue>, IConsumer<TamOpportunityClosed>,
        IConsumer<TamInterviewScored>, IConsumer<TamInterviewCorrected>, IConsumer<TamInterviewWithdrawn>,
        IConsumer<SurveyOpportunityFellDue>, IConsumer<SurveyOpportunityClosed>,
        IConsumer<SurveyScored>, IConsumer<SurveyCorrected>, IConsumer<SurveyWithdrawn>
{
    public Task Consume(ConsumeContext<TeamChanged> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<CaseChanged> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<TamOpportunityFellDue> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<TamOpportunityClosed> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<TamInterviewScored> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<TamInterviewCorrected> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<TamInterviewWithdrawn> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<SurveyOpportunityFellDue> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<SurveyOpportunityClosed> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<SurveyScored> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<SurveyCorrected> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<SurveyWithdrawn> context) => facts.Receive(context.Message, context.CancellationToken);
}
