using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Portal.Receiving;

/// <summary>Keeps what pages, API and exports show.</summary>
sealed class FactsConsumer(Facts facts)
    : IConsumer<TeamChanged>, IConsumer<CaseChanged>, IConsumer<TamOpportunityFellDue>, IConsumer<TamOpportunityClosed>,
        IConsumer<TamInterviewScored>, IConsumer<TamInterviewCorrected>, IConsumer<TamInterviewWithdrawn>,
        IConsumer<ReviewComputed>, IConsumer<TrendComputed>
{
    public Task Consume(ConsumeContext<TeamChanged> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<CaseChanged> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<TamOpportunityFellDue> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<TamOpportunityClosed> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<TamInterviewScored> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<TamInterviewCorrected> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<TamInterviewWithdrawn> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<ReviewComputed> context) => facts.Receive(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<TrendComputed> context) => facts.Receive(context.Message, context.CancellationToken);
}
