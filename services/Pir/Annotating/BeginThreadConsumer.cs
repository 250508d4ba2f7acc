using Fidelity.Contracts.Pir;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Pir.Annotating;

sealed class BeginThreadConsumer(EventWriter writer, InstallationKeys keys) : IConsumer<BeginThread>
{
    public Task Consume(ConsumeContext<BeginThread> context) => context.Decide<BeginThread, TrendThread>(
        writer, TrendThread.StreamKey(keys, context.Message.Programme, context.Message.TeamId, context.Message.ThreadId),
        known => TrendThread.Begin(known, context.Message));
}
