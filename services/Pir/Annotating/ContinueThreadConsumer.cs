using Fidelity.Contracts.Pir;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Pir.Annotating;

sealed class ContinueThreadConsumer(EventWriter writer, InstallationKeys keys) : IConsumer<ContinueThread>
{
    public Task Consume(ConsumeContext<ContinueThread> context) => context.Decide<ContinueThread, TrendThread>(
        writer, TrendThread.StreamKey(keys, context.Message.Programme, context.Message.TeamId, context.Message.ThreadId),
        known => TrendThread.Continue(known, context.Message));
}
