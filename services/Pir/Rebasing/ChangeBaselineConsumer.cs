using Fidelity.Contracts.Pir;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Pir.Rebasing;

sealed class ChangeBaselineConsumer(EventWriter writer, InstallationKeys keys) : IConsumer<ChangeBaseline>
{
    public Task Consume(ConsumeContext<ChangeBaseline> context) =>
        context.Rebase(writer, keys, context.Message.TeamId, known => Baseline.Change(known, context.Message));
}
