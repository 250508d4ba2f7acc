using Dapper;
using Fidelity.Contracts.Submitting;
using Fidelity.Portal.Submitting;
using Fidelity.ServiceDefaults;
using MassTransit;
using Npgsql;

namespace Fidelity.Portal.Importing;

/// <summary>
/// Takes imports through their steps, one instance of the portal at a time: check, send what was accepted, wait until
/// the reviews have settled. Every step may be cut short and begun again.
/// </summary>
sealed class ImportWorker(
    ImportsTable imports, SubmissionsTable records, Submissions submissions, EventWriter writer, SettlingRounds rounds,
    NpgsqlDataSource database, ServiceSchema schema, ILogger<ImportWorker> log) : BackgroundService
{
    const int AtOnce = 100;
    static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var leader = await database.OpenConnectionAsync(stoppingToken);
                if (await leader.ExecuteScalarAsync<bool>("select pg_try_advisory_lock(hashtext(@name))", new { name = $"{schema.Name} importing" }))
                    await Work(stoppingToken);
                await Task.Delay(AfterFailure, stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogWarning(failure, "An import met a difficulty; it goes on where it was in {Pause}", AfterFailure);
                await Task.Delay(AfterFailure, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    async Task Work(CancellationToken stopping)
    {
        while (true)
        {
            foreach (var id in await imports.Waiting(stopping))
            {
                var import = await writer.Read<Import>(Import.StreamKey(id), stopping);
                if (import is { Received: { } received, Checked: null })
                    await Check(received, stopping);
                else if (import is { Received: { } accepted, Accepted: not null, Sent: null })
                    await Send(accepted, stopping);
                else if (import is { Sent: not null, Settled: false })
                    await Settle(id, stopping);
            }

            await Task.Delay(Idle, stopping);
        }
    }

    async Task Check(ImportReceived received, CancellationToken stopping)
    {
        var import = await Judge(received, stopping);
        await imports.Store(received.ImportId, import.Findings, stopping);
        var counts = new ImportCounts(
            import.Files.Sum(file => file.Rows), import.Files.Sum(file => file.New), import.Files.Sum(file => file.Changes),
            import.Files.Sum(file => file.Known), import.Files.Sum(file => file.Held), import.Files.Sum(file => file.Faulty), import.Findings.Count);
        await Happened(received.ImportId, new ImportChecked(counts, import.Files, import.LeftAlone), stopping);
    }

    async Task Send(ImportReceived received, CancellationToken stopping)
    {
        var import = await Judge(received, stopping);
        var rows = import.Rows.Where(row => row.Effect != RowEffect.Known);
        await Parallel.ForEachAsync(rows, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping },
            async (row, token) => await submissions.Accept(
                submissions.Name(row.Command), new ImportRowName(received.ImportId, row.File, row.Line), token));
        await Happened(received.ImportId, new ImportSent(import.Rows.Count), stopping);
    }

    async Task Settle(Guid id, CancellationToken stopping)
    {
        var states = await imports.States(id, stopping);
        if (!states.ContainsKey("accepted") && await rounds.Settled(stopping))
            await Happened(id, new ImportSettled(), stopping);
    }

    async Task<CheckedImport> Judge(ImportReceived received, CancellationToken stopping)
    {
        var parsed = ParsedImport.Read(ImportFiles.Open(await imports.Files(received.ImportId, stopping)), received.Programme);
        return parsed.Check(await records.Known(received.Programme, parsed.References, stopping));
    }

    Task<bool> Happened<T>(Guid id, T happened, CancellationToken stopping) where T : notnull => writer.Write(async streams =>
    {
        var stream = await streams.Open<Import>(Import.StreamKey(id));
        stream.Append(stream.State!, [happened]);
        return true;
    }, stopping);
}

/// <summary>
/// Asks every service how far it has come, through the queues that the facts themselves travel. When two rounds answer
/// the same and nothing is pending anywhere, whatever was sent before has reached the last page.
/// </summary>
sealed class SettlingRounds(IBus bus, AwaitedAnswers awaited)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    static readonly string[] Services = ["roster", "tam", "surveys", "pir", "portal"];

    public async Task<bool> Settled(CancellationToken stopping)
    {
        var first = await Round(stopping);
        return first is not null && first.SequenceEqual(await Round(stopping) ?? []);
    }

    /// <summary>The newest event of each service; null when one did not answer or has work to do.</summary>
    async Task<IReadOnlyList<long>?> Round(CancellationToken stopping)
    {
        var round = Guid.CreateVersion7();
        var positions = new List<long>();
        // In the order in which facts flow.
        foreach (var service in Services)
        {
            var report = await awaited.Ask<ProgressReported>((round, service), async () =>
            {
                var endpoint = await bus.GetSendEndpoint(new Uri($"exchange:{service}"));
                await endpoint.Send(new ReportProgress(round), context => context.ResponseAddress = Owners.Answers, stopping);
            }, Patience, stopping);
            if (report is not { Pending: 0 })
                return null;
            positions.Add(report.LastEvent);
        }

        return positions;
    }
}
