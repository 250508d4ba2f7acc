using System.Collections.Concurrent;
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
        var import = await Open(received, stopping);
        var tally = await Judge(import, received, _ => Task.FromResult<IReadOnlyList<Finding>>([]), stopping);
        var happened = new ImportChecked(tally.Total, tally.Files, import.LeftAlone);
        await Happened(received.ImportId, happened, state => state.Apply(happened), stopping);
    }

    /// <summary>Sends the good rows. They are judged again: since the dry run something else may have been recorded.</summary>
    async Task Send(ImportReceived received, CancellationToken stopping)
    {
        var import = await Open(received, stopping);
        var tally = await Judge(import, received, rows => Accept(received.ImportId, rows, stopping), stopping);
        var happened = new ImportSent(tally.Total.New + tally.Total.Changes + tally.Total.Known, tally.Findings, tally.Total.Held);
        await Happened(received.ImportId, happened, state => state.Apply(happened), stopping);
    }

    /// <summary>Judges every row, keeps what is wrong, and gives the good ones away; what is found wrong with them there is kept too.</summary>
    async Task<ImportTally> Judge(
        ParsedImport import, ImportReceived received, Func<IReadOnlyList<CheckedRow>, Task<IReadOnlyList<Finding>>> give, CancellationToken stopping)
    {
        var tally = new ImportTally(import.Files);
        await records.CatchUp(stopping);
        await imports.ForgetFindings(received.ImportId, stopping);
        await foreach (var rows in import.Judge(keys => records.Known(received.Programme, keys, stopping), stopping).Chunk(RowsAtOnce).WithCancellation(stopping))
        {
            var number = tally.Findings;
            foreach (var row in rows)
                tally.Count(row);
            var taken = await give([.. rows.Select(row => row.Accepted).OfType<CheckedRow>()]);
            tally.Add(taken);
            await imports.Store(received.ImportId, number, [.. rows.SelectMany(row => row.Findings), .. taken], rowsSoFar: tally.Total.Rows, stopping);
        }

        return tally;
    }

    /// <summary>Accepts rows as submissions, and finds those whose id somebody has taken in the meantime.</summary>
    async Task<IReadOnlyList<Finding>> Accept(Guid import, IReadOnlyList<CheckedRow> rows, CancellationToken stopping)
    {
        var taken = new ConcurrentBag<Finding>();
        await Parallel.ForEachAsync(
            rows.Where(row => row.Effect != RowEffect.Known), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping },
            async (row, token) =>
            {
                var submission = await submissions.Accept(submissions.Name(row.Command), new ImportRowName(import, row.File, row.Line), token);
                if (ImportCheck.Contradiction(ImportKind.Find(row.File)!, submission.Command, row.Command) is { } cause)
                    taken.Add(new(row.File, row.Line, cause.Field, cause.Code, cause.Message));
            });
        return [.. taken.OrderBy(finding => finding.Line)];
    }

    async Task Settle(Guid id, CancellationToken stopping)
    {
        var states = await imports.States(id, stopping);
        var happened = new ImportSettled();
        if (states.Open == 0 && await rounds.Settled(stopping))
        {
            await Happened(id, happened, state => state.Apply(happened), stopping);
            // All that they said is in the events by now, and only there can a family be erased.
            await imports.ForgetFiles(id, stopping);
        }
    }

    async Task<ParsedImport> Open(ImportReceived received, CancellationToken stopping) =>
        ParsedImport.Read(ImportFiles.Open(await imports.Files(received.ImportId, stopping)), received.Programme);

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
