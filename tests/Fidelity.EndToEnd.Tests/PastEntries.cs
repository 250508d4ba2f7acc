using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Npgsql;

namespace Fidelity.EndToEnd.Tests;

/// <summary>An entry of the access log as somebody might have left it last month.</summary>
sealed record PastEntry(string Who, string What, string? Purpose, string Route, string? Programme, string? Team = null, string? Subject = null, int Status = 200);

/// <summary>Writes the access log of a month that has ended, which by the clock of the tests none has.</summary>
static class PastEntries
{
    /// <summary>A month counts as ended an hour later, when what happened in its last moment is in the log.</summary>
    static readonly DateTime LastMonth = FirstOfMonth(TimeProvider.System.GetUtcNow().AddHours(-1)).AddMonths(-1);

    static DateTime FirstOfMonth(DateTimeOffset moment) => new(moment.Year, moment.Month, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Such as 2026-09.</summary>
    public static string Month => LastMonth.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>What a season leaves behind: of some deeds many, of others few.</summary>
    public static IReadOnlyList<PastEntry> OfSeason(string programme) =>
    [
        .. Enumerable.Range(0, 60).Select(number => new PastEntry($"behandlare.{number % 7}", "read", "see_cases", "GET /teams/{Programme}/{TeamId}", programme, "can-vast")),
        .. Enumerable.Range(0, 12).Select(number => new PastEntry($"konsult.{number % 3}", "search", "follow_team", "GET /api/v1/reviews", programme)),
        new("konsult.1", "refusal", "see_scores", "GET /teams/{Programme}/{TeamId}/pir/{Period?}", programme, "mst-norr", Status: 403),
        new("administratör.med.ett.långt.namn@kommunen.example", "act", "give_access", "GET /access/log/samples/{Id}/{Programme?}", programme, null, "0199d0c7-8c4e-7b1f-9a55-3f2f6f1c2a10", 302),
    ];

    /// <summary>Appends the entries, each with the hash of the one before, and starts the portal anew, which then draws from them.</summary>
    public static async Task LogLastMonth(this Installation installation, IReadOnlyList<PastEntry> entries)
    {
        await using (var connection = new NpgsqlConnection(installation.Database))
        {
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await connection.ExecuteAsync("select pg_advisory_xact_lock(hashtext('portal.access_log'))");
            var (number, last) = await connection.QuerySingleOrDefaultAsync<(long, byte[]?)>("select number, hash from portal.access_log order by number desc limit 1");
            var previous = last ?? new byte[SHA256.HashSizeInBytes];
            foreach (var (place, entry) in entries.Index())
            {
                number++;
                var at = LastMonth.AddDays(1).AddMinutes(97 * place);
                string?[] said =
                [
                    number.ToString(CultureInfo.InvariantCulture), at.ToString("O", CultureInfo.InvariantCulture), entry.Who, entry.What, entry.Purpose, entry.Route,
                    entry.Programme, entry.Team, entry.Subject, entry.Status.ToString(CultureInfo.InvariantCulture), null,
                ];
                var hash = SHA256.HashData([.. previous, .. JsonSerializer.SerializeToUtf8Bytes(said)]);
                await connection.ExecuteAsync(
                    """
                    insert into portal.access_log (number, at, who, what, purpose, route, programme, team_id, subject, status, previous, hash)
                    values (@number, @at, @Who, @What, @Purpose, @Route, @Programme, @Team, @Subject, @Status, @previous, @hash)
                    """,
                    new { number, at, entry.Who, entry.What, entry.Purpose, entry.Route, entry.Programme, entry.Team, entry.Subject, entry.Status, previous, hash });
                previous = hash;
            }

            await transaction.CommitAsync();
        }

        var programmes = entries.Select(entry => entry.Programme).Distinct(StringComparer.Ordinal).Count();
        installation.Kill("portal");
        await installation.Up();
        await using var asking = new NpgsqlConnection(installation.Database);
        while (await asking.ExecuteScalarAsync<int>("select count(*) from portal.samples where month = @Month", new { Month }) < programmes)
            await Task.Delay(100);
    }
}
