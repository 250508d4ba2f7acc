using Fidelity.Contracts.Pir;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Pir.Rebasing;

sealed class WithdrawBaselineConsumer(EventWriter writer, InstallationKeys keys) : IConsumer<WithdrawBaseline>
{
    public Task Consume(ConsumeContext<WithdrawBaseline> context) =>
        context.Rebase(writer, keys, context.Message.TeamId, known => Baseline.Withdraw(known, context.Message));
}
