using System.Diagnostics;
using Dapper;
using Npgsql;

namespace Fidelity.Benchmarks;

/// <summary>Whether the time of a refusal tells that there is something: what is another team's, against what does not exist.</summary>
static class Existence
{
    const string Programme = "existence";
    const int Asked = 400;

    public static async Task Run(Installation installation)
    {
        using var folder = new TemporaryFolder();
        new SyntheticNetwork(2, 400, "e").Write(folder.Path);
        await installation.Accept(await installation.Upload(folder.Path, Programme));
        var (key, form) = await Plant(installation);
        using var supervisor = await Browsing.As(installation, Programme, "e000-s");
        foreach (var (what, there, nowhere) in new[]
        {
            ("a team", $"/teams/{Programme}/e001", $"/teams/{Programme}/e999"),
            ("a case", $"/teams/{Programme}/e000/cases/{key}", $"/teams/{Programme}/e000/cases/{new string('0', key.Length)}"),
            ("a form", $"/interviews/{form}", $"/interviews/{Guid.CreateVersion7()}"),
            ("a family to give a code", $"/calls/{Programme}/{key}/self-report", $"/calls/{Programme}/{new string('0', key.Length)}/self-report"),
        })
        {
            var (hidden, absent) = (new List<double>(), new List<double>());
            for (var asked = -Asked / 4; asked < Asked; asked++)
            {
                foreach (var (address, times) in new[] { (there, hidden), (nowhere, absent) })
                {
                    var started = Stopwatch.GetTimestamp();
                    using var answer = await supervisor.GetAsync(new Uri(address, UriKind.Relative));
                    if ((int)answer.StatusCode != 404)
                        throw new InvalidOperationException($"{address} was answered {(int)answer.StatusCode}.");
                    if (asked >= 0)
                        times.Add(1000 / Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                }
            }

            Measured.Ratio($"refusals of {what} of another team", "answers/s", [Measured.Median(hidden)], "refusals of what does not exist, asked in turn", [Measured.Median(absent)], aim: 0.9);
        }
    }

    /// <summary>A key of a case and the form of an interview, of the team that is not the supervisor's.</summary>
    static async Task<(string Key, Guid Form)> Plant(Installation installation)
    {
        var (key, form) = (Convert.ToHexStringLower(Guid.CreateVersion7().ToByteArray()), Guid.CreateVersion7());
        await using var connection = new NpgsqlConnection(installation.Database);
        await connection.ExecuteAsync(
            """
            insert into portal.case_keys (programme, case_id, key) values (@Programme, 'e001-c0', @key);
            insert into portal.drafts (id, instrument, programme, team_id, subject, due, content, begun_by, begun_at, saved_by, saved_at)
            values (@form, 'tam', @Programme, 'e001', 'e001-c0', '2026-10-15', '{}', 'somebody', now(), 'somebody', now())
            """, new { Programme, key, form });
        return (key, form);
    }
}
