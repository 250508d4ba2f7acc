using Fidelity.Contracts.Pir;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Pir.Signing;

sealed class WithdrawSignatureConsumer(EventWriter writer, InstallationKeys keys) : IConsumer<WithdrawSignature>
{
    public Task Consume(ConsumeContext<WithdrawSignature> context) => context.Decide<WithdrawSignature, ReviewSignOff>(
        writer, ReviewSignOff.StreamKey(keys, context.Message.Programme, context.Message.TeamId, context.Message.Period),
        signOff => ReviewSignOff.Withdraw(signOff, context.Message));
}
