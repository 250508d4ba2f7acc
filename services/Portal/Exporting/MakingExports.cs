using Fidelity.Contracts.Exporting;
using Fidelity.Portal.Submitting;
using Fidelity.ServiceDefaults;
using MassTransit;
using Npgsql;

namespace Fidelity.Portal.Exporting;

/// <summary>Makes an export when it is told to. The message comes again when the portal ends in between, and the export is begun anew.</summary>
sealed class MakeExportConsumer(Exports exports, ILogger<MakeExportConsumer> log) : IConsumer<MakeExport>
{
    const int MostTries = 4;

    public async Task Consume(ConsumeContext<MakeExport> context)
    {
        try
        {
            await exports.Make(context.Message.ExportId, context.CancellationToken);
        }
        catch (Exception failure) when (context.GetRetryAttempt() >= MostTries && failure is not OperationCanceledException)
        {
            log.LogError(failure, "Export {Export} could not be made", context.Message.ExportId);
            await exports.Fail(context.Message.ExportId, context.CancellationToken);
            throw;
        }
    }
}

/// <summary>
/// Sends exports to be made again whose message was lost: the portal may have ended between noting and sending it, or the broker was
/// away. And throws away what is old.
/// </summary>
sealed class ExportUpkeep(Exports exports, ExportJobs jobs, NpgsqlDataSource database, ServiceSchema schema, TimeProvider clock, ILogger<ExportUpkeep> log)
    : SoleWorker(database, schema, "export upkeep", TimeSpan.FromMinutes(1), log)
{
    static readonly TimeSpan Overdue = TimeSpan.FromMinutes(2);

    protected override async Task Work(NpgsqlConnection connection, CancellationToken stopping)
    {
        foreach (var export in await exports.Unmade(clock.GetUtcNow().UtcDateTime - Overdue, stopping))
            await jobs.Send(export.Id, stopping);
        await exports.DiscardOld(stopping);
    }
}

/// <summary>Gives the making of an export to whichever portal takes it.</summary>
sealed class ExportJobs(IBus bus)
{
    public async Task Send(Guid export, CancellationToken stopping)
    {
        var inbox = await bus.GetSendEndpoint(Owners.Answers);
        await inbox.Send(new MakeExport(export), stopping);
    }
}
