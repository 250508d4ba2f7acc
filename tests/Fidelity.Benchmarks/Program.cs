using System.Globalization;
using Fidelity.Benchmarks;

// Only writes files:  Fidelity.Benchmarks network FOLDER TEAMS INTERVIEWS [PREFIX]
if (args is ["network", var folder, var teams, var interviews, .. var prefix])
{
    var network = new SyntheticNetwork(
        int.Parse(teams, CultureInfo.InvariantCulture), int.Parse(interviews, CultureInfo.InvariantCulture), prefix is [var given] ? given : "n");
    Console.WriteLine($"{network.Write(folder)} rows");
    return;
}

using var installation = new Installation();
(string Name, Func<Task> Run)[] benchmarks =
[
    ("import", () => BulkImport.Run(installation)),
    ("submissions", () => SingleSubmissions.Run(installation)),
    ("forms", () => FormPages.Run(installation)),
    ("overview", () => Overview.Run(installation)),
    ("existence", () => Existence.Run(installation)),
    ("rebuild", () => RebuildingPir.Run(installation)),
    ("events", () => EventStore.Run(installation)),
    ("exports", () => LargeExport.Run(installation)),
    ("broker", () => BrokerAway.Run(installation)),
];
foreach (var (_, run) in benchmarks.Where(benchmark => args.Length == 0 || args.Contains(benchmark.Name, StringComparer.Ordinal)))
    await run();
foreach (var service in Installation.Services)
    Measured.Bound($"peak memory of {service} in all of this", "MB", installation.PeakMemory(service), aim: service == "portal" ? 300 : 200);
