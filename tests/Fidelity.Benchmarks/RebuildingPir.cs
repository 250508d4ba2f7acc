using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Fidelity.Benchmarks;

/// <summary>A full rebuild of Pir's read tables, against reading the same events with Npgsql.</summary>
static partial class RebuildingPir
{
    const int Runs = 3;

    public static async Task Run(Installation installation)
    {
        var (own, read) = (new List<double>(), new List<double>());
        for (var run = 0; run < Runs; run++)
        {
            own.Add(await Rebuild());
            read.Add(await Read(installation));
        }

        Measured.Ratio("rebuild of Pir's read tables", "events/s", own, "Npgsql reading every column of the same events, one session", read, aim: 0.2);
    }

    static async Task<double> Rebuild()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("FIDELITY_REBUILD")!, ["Pir"]) { UseShellExecute = false, RedirectStandardOutput = true };
        // Pir's own account makes the tables; one that was given would own them, and Pir be refused.
        start.Environment.Remove("FIDELITY_POSTGRES");
        start.Environment.Remove("FIDELITY_RABBITMQ");
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var rebuilt = Rebuilt().Match(said);
        return process.ExitCode == 0 && rebuilt.Success
            ? Number(rebuilt.Groups["events"]) / Number(rebuilt.Groups["seconds"])
            : throw new InvalidOperationException($"The rebuild failed: {said}");
    }

    static async Task<double> Read(Installation installation)
    {
        await using var connection = new NpgsqlConnection(installation.Database);
        await connection.OpenAsync();
        var started = Stopwatch.StartNew();
        await using var command = new NpgsqlCommand(
            "select seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type from pir.mt_events order by seq_id", connection);
        await using var rows = await command.ExecuteReaderAsync();
        var count = 0;
        while (await rows.ReadAsync())
        {
            for (var column = 0; column < rows.FieldCount; column++)
                rows.GetValue(column);
            count++;
        }

        return count / started.Elapsed.TotalSeconds;
    }

    static double Number(Group group) => double.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("rebuilt from (?<events>[0-9]+) events in (?<seconds>[0-9.]+) s", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rebuilt();
}
