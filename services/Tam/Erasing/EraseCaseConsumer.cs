using Fidelity.Contracts.Erasing;
using Fidelity.ServiceDefaults;
using Marten;
using MassTransit;

namespace Fidelity.Tam.Erasing;

/// <summary>Erases the interviews of a case, and its name among those of its team.</summary>
sealed class EraseCaseConsumer(ErasedStreams erasing, IDocumentStore store, InstallationKeys keys) : IConsumer<EraseCase>
{
    public async Task Consume(ConsumeContext<EraseCase> context)
    {
        var command = context.Message;
        var (erased, found) = await erasing.End<CaseInterviews>(keys.Stream("tam", command.Programme, command.CaseId), async (interviews, streams) =>
        {
            if (interviews.Case is { TeamId: var teamId })
            {
                var team = await streams.Open<TeamCases>(keys.Stream("team", command.Programme, teamId));
                var left = new CaseLeft(command.CaseId);
                team.Append(team.State!.Apply(left), [left]);
            }

            return interviews.Erase();
        }, context.CancellationToken);
        if (erased?.Erasure?.TeamId is { } of)
        {
            await store.Advanced.ApplyEventDataMasking(masking => masking.IncludeStream(
                keys.Stream("team", command.Programme, of),
                recorded => recorded.Data is CaseJoined { CaseId: var joined } && joined == command.CaseId
                    || recorded.Data is CaseLeft { CaseId: var left } && left == command.CaseId), context.CancellationToken);
        }

        await context.RespondAsync(new CaseErased(command.ErasureId, command.Pass, "tam", found));
    }
}
