using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Portal.Receiving;

/// <summary>
/// Keeps what pages, API and exports show. What raters answered is not among it (measurement.md §6): of SAM and CAM only the
/// opportunities come here, and the review's figures in so far as they may be shown.
/// </summary>
sealed class FactsConsumer(Facts facts)
    : IConsumer<TeamChanged>, IConsumer<CaseChanged>, IConsumer<TamOpportunityFellDue>, IConsumer<TamOpportunityClosed>,
        IConsumer<TamInterviewScored>, IConsumer<TamInterviewCorrected>, IConsumer<TamInterviewWithdrawn>,
        IConsumer<SurveyOpportunityFellDue>, IConsumer<SurveyOpportunityClosed>,
        IConsumer<ReviewComputed>, IConsumer<TrendComputed>, IConsumer<BaselineChanged>, IConsumer<ThreadChanged>,
        IConsumer<ReviewSigned>, IConsumer<ReviewPresented>, IConsumer<ReviewRestated>
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

    public Task Consume(ConsumeContext<ReviewComputed> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<TrendComputed> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<ReviewSigned> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<ReviewPresented> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<ReviewRestated> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<BaselineChanged> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<ThreadChanged> context) => facts.Receive(context.Message, context.CancellationToken);
}
