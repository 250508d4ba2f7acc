using Fidelity.Contracts.Erasing;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Roster.Erasing;

sealed class EraseCaseConsumer(ErasedStreams erasing, InstallationKeys keys) : IConsumer<EraseCase>
{
    public async Task Consume(ConsumeContext<EraseCase> context)
    {
        var command = context.Message;
        var (_, found) = await erasing.End<Case>(
            keys.Stream("case", command.Programme, command.CaseId), (known, _) => Task.FromResult(known.Erase()), context.CancellationToken);
        await context.RespondAsync(new CaseErased(command.ErasureId, command.Pass, "roster", found));
    }
}
