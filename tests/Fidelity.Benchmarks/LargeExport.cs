using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Benchmarks;

/// <summary>
/// An export of a million interviews, from asking until it can be fetched, against PostgreSQL writing the same rows and columns in the same
/// order with COPY; and the portal's memory meanwhile.
/// </summary>
static class LargeExport
{
    const int Runs = 3;
    const int Teams = 20;
    const string Programme = "exported";

    static int Rows => int.Parse(Environment.GetEnvironmentVariable("FIDELITY_BENCH_ROWS") ?? "1000000", CultureInfo.InvariantCulture);

    public static async Task Run(Installation installation)
    {
        await Fill(installation);
        foreach (var (profile, most) in new[] { ("analyst", 3), ("swedish_csv", 3), ("excel", 8) })
        {
            var (own, copied) = (new List<double>(), new List<double>());
            installation.ForgetPeak("portal");
            var before = installation.Memory("portal");
            for (var run = 0; run < Runs; run++)
            {
                own.Add(Rows / await Export(installation, profile));
                copied.Add(Rows / await Copy(installation));
            }

            Measured.Ratio(
                $"export of {Rows} interviews, {profile}, until it can be fetched", "rows/s", own, "COPY of the same columns and rows in the same order TO STDOUT as CSV", copied, aim: 1.0 / most);
            Measured.Bound($"peak memory of the portal in exports of {Rows} interviews, {profile}", "MB", installation.PeakMemory("portal"), aim: 400, new { before });
        }
    }

    /// <summary>Into the table of facts, where exports read: how facts come there is another matter.</summary>
    static async Task Fill(Installation installation)
    {
        await using var connection = new NpgsqlConnection(installation.Database);
        await connection.OpenAsync();
        await using (var copy = await connection.BeginTextImportAsync("copy portal.facts (programme, kind, key, team_id, version, data) from stdin"))
        {
            for (var team = 0; team < Teams; team++)
                await Line(copy, "team", $"team-{team}", $"team-{team}", new TeamChanged(1, Programme, $"team-{team}", $"Team {team}", "mst@1", new(2024, 1, 1), null, 1, []));
            for (var i = 0; i < Rows; i++)
            {
                var (team, family) = ($"team-{i % Teams}", $"case-{i / 8}");
                var answers = Enumerable.Range(1, 28).Select(item => (item + i) % 31 == 0 ? Answer.NotApplicable : (item * i) % 37 == 1 ? Answer.Blank : Answer.Of((item + i) % 5 + 1)).ToList();
                await Line(copy, "tam_interview", $"interview-{i}", team, new TamInterviewScored(1, Programme, team, family, new(
                    $"interview-{i}", new DateOnly(2024, 1, 1).AddDays(i % 700), $"i-{i % 50}", $"t-{i % 80}", InterviewMode.Phone, "sv", i % 2 == 0, answers,
                    Scoring.Score(Instruments.TamR, answers), true, false, false, new DateOnly(2024, 1, 5).AddDays(i % 700))));
            }
        }

        await connection.ExecuteAsync("analyze portal.facts");

        static Task Line<T>(TextWriter copy, string kind, string key, string team, T fact) =>
            copy.WriteAsync($"{Programme}\t{kind}\t{key}\t{team}\t1\t{JsonSerializer.Serialize(fact, FactsTable.Json).Replace("\\", "\\\\", StringComparison.Ordinal)}\n");
    }

    static async Task<double> Export(Installation installation, string profile)
    {
        var started = Stopwatch.StartNew();
        using var asked = await installation.Portal.PostAsync(
            new Uri($"/api/v1/exports?table=interviews&profile={profile}&programme={Programme}&recipient={Guid.CreateVersion7():n}", UriKind.Relative), null);
        asked.EnsureSuccessStatusCode();
        JsonNode export;
        while ((string)(export = await installation.Get(asked.Headers.Location!.ToString()))["state"]! != "ready")
        {
            if ((string)export["state"]! == "failed")
                throw new InvalidOperationException("The export failed.");
            await Task.Delay(50);
        }

        var seconds = started.Elapsed.TotalSeconds;
        if ((int)export["rows"]! != Rows)
            throw new InvalidOperationException($"The export has {export["rows"]} rows.");
        return seconds;
    }

    static async Task<double> Copy(Installation installation)
    {
        await using var connection = new NpgsqlConnection(installation.Database);
        await connection.OpenAsync();
        var started = Stopwatch.StartNew();
        var items = string.Join(", ", Enumerable.Range(0, 28).Select(item => $"data->'interview'->'answers'->>{item}"));
        using var copy = await connection.BeginTextExportAsync(
            $"""
            copy (select programme, team_id, data->>'caseId', key, data->'interview'->>'date', data->'interview'->>'therapistId', data->'interview'->>'interviewerId', data->'interview'->>'mode',
                data->'interview'->>'language', data->'interview'->>'interpreter', data->'interview'->'score'->>'definition', data->'interview'->'score'->>'value', data->'interview'->'score'->>'answered',
                data->'interview'->>'independent', data->'interview'->>'completes', {items}
            from portal.facts where kind = 'tam_interview' and programme = '{Programme}'
            order by programme collate "C", team_id collate "C", data->>'caseId' collate "C", data->'interview'->>'date' collate "C", key collate "C") to stdout (format csv, header)
            """);
        var buffer = new char[1 << 16];
        while (await copy.ReadAsync(buffer.AsMemory()) > 0)
        {
            // Read and let go, as something that only counts.
        }

        return started.Elapsed.TotalSeconds;
    }
}
