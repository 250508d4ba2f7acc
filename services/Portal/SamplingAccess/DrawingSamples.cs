using System.Globalization;
using Dapper;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.SamplingAccess;

/// <summary>
/// Draws a sample of every month that has ended, for each programme and for what was done in none. What was not drawn when the month
/// ended, as when no portal ran, is drawn when one does.
/// </summary>
sealed class DrawingSamples(
    LogSamples samples, NpgsqlDataSource database, ServiceSchema schema, TimeProvider clock, IConfiguration configuration, ILogger<DrawingSamples> log)
    : SoleWorker(database, schema, "drawing samples", TimeSpan.FromMinutes(10), log)
{
    public const int UsualSize = 20;

    /// <summary>How far back samples are still drawn. Of what is older, nobody would remember why it was done.</summary>
    public const int MostMonths = 12;

    /// <summary>What happened in the month's last moment has to be in the log by then, also by a clock that is late.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromHours(1);

    DateOnly? drawnUntil;

    protected override Task Work(NpgsqlConnection connection, CancellationToken stopping) => CatchUp(connection, stopping);

    internal async Task CatchUp(NpgsqlConnection connection, CancellationToken stopping)
    {
        var settled = clock.GetUtcNow() - Settling;
        var running = new DateOnly(settled.Year, settled.Month, 1);
        if (drawnUntil == running)
            return;
        foreach (var month in await Undrawn(connection, running.AddMonths(-MostMonths), running, stopping))
            await Draw(connection, month, stopping);
        drawnUntil = running;
    }

    /// <summary>A programme that an address made up is none, and what was asked of it belongs to nobody's unit.</summary>
    string Units =>
        $"""
        select number, what, to_char(at at time zone 'UTC', 'YYYY-MM') as month,
            case when programme in (select programme from {Schema}.facts where kind = 'team') then programme end as programme
        from {Schema}.access_log where at >= @from::date::timestamp at time zone 'UTC' and at < @until::date::timestamp at time zone 'UTC'
        """;

    /// <summary>The months of which there are entries and a sample is lacking.</summary>
    async Task<IReadOnlyList<DateOnly>> Undrawn(NpgsqlConnection connection, DateOnly from, DateOnly until, CancellationToken stopping)
    {
        var months = new SortedSet<DateOnly>();
        foreach (var (text, programme) in await connection.QueryAsync<(string Month, string? Programme)>(
                     $"select distinct month, programme from ({Units}) as entries", new { from, until }))
        {
            var month = DateOnly.ParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture);
            if (await samples.Read(month, programme, stopping) is null)
                months.Add(month);
        }

        return [.. months];
    }

    async Task Draw(NpgsqlConnection connection, DateOnly month, CancellationToken stopping)
    {
        var size = int.TryParse(configuration["FIDELITY_ACCESS_SAMPLE_SIZE"], CultureInfo.InvariantCulture, out var given) && given >= Lot.Matter.Count ? given : UsualSize;
        var entries = await connection.QueryAsync<(string? Programme, string Deed, long[] Numbers)>(
            $"select programme, what, array_agg(number) from ({Units}) as entries group by programme, what order by programme, what",
            new { from = month, until = month.AddMonths(1) });
        foreach (var unit in entries.GroupBy(of => of.Programme, StringComparer.Ordinal))
        {
            var population = unit.ToDictionary(of => of.Deed, of => of.Numbers, StringComparer.Ordinal);
            await samples.Draw(
                new(
                    month, unit.Key, clock.GetUtcNow(), size, Lot.OfEach(size), [.. population.Select(of => new DeedCount(of.Key, of.Value.Length))],
                    Lot.Draw(population, size)),
                stopping);
        }
    }
}
