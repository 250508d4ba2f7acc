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
    NpgsqlDataSource database, ServiceSchema schema, ILogger<ImportWorker> log)
    : SoleWorker(database, schema, "importing", TimeSpan.FromSeconds(2), log)
{
    const int AtOnce = 100;
    const int RowsAtOnce = 1000;
    static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(200);

    protected override async Task Work(NpgsqlConnection connection, CancellationToken stopping)
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
        var id = received.ImportId;
        var import = await Open(received, stopping);
        var tally = new ImportTally(import.Files);
        await imports.ForgetFindings(id, stopping);
        await foreach (var rows in Judge(import, received, stopping).Chunk(RowsAtOnce).WithCancellation(stopping))
        {
            var number = tally.Findings;
            foreach (var row in rows)
                tally.Count(row);
            await imports.Store(id, number, [.. rows.SelectMany(row => row.Findings)], rowsSoFar: tally.Total.Rows, stopping);
        }

        var happened = new ImportChecked(tally.Total, tally.Files, import.LeftAlone);
        await Happened(id, happened, state => state.Apply(happened), stopping);
    }

    async Task Send(ImportReceived received, CancellationToken stopping)
    {
        var sent = 0;
        var import = await Open(received, stopping);
        var rows = Judge(import, received, stopping).Select(row => row.Accepted).Where(row => row is not null);
        await Parallel.ForEachAsync(rows, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping }, async (row, token) =>
        {
            Interlocked.Increment(ref sent);
            if (row!.Effect != RowEffect.Known)
                await submissions.Accept(submissions.Name(row.Command), new ImportRowName(received.ImportId, row.File, row.Line), token);
        });
        var happened = new ImportSent(sent);
        await Happened(received.ImportId, happened, state => state.Apply(happened), stopping);
    }

    async Task Settle(Guid id, CancellationToken stopping)
    {
        var states = await imports.States(id, stopping);
        var happened = new ImportSettled();
        if (states.GetValueOrDefault("accepted") == 0 && await rounds.Settled(stopping))
            await Happened(id, happened, state => state.Apply(happened), stopping);
    }

    async Task<ParsedImport> Open(ImportReceived received, CancellationToken stopping) =>
        ParsedImport.Read(ImportFiles.Open(await imports.Files(received.ImportId, stopping)), received.Programme);

    IAsyncEnumerable<JudgedRow> Judge(ParsedImport import, ImportReceived received, CancellationToken stopping) =>
        import.Judge(keys => records.Known(received.Programme, keys, stopping), stopping);

    Task<bool> Happened(Guid id, object happened, Func<Import, Import> apply, CancellationToken stopping) => writer.Write(async streams =>
    {
        var stream = await streams.Open<Import>(Import.StreamKey(id));
        stream.Append(apply(stream.State!), [happened]);
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
