using System.Diagnostics;
using System.Globalization;
using Dapper;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// Makes read tables anew from the events. The new ones are filled in a schema of their own by a new version of the projection,
/// while the service goes on with the old ones; when they have caught up, the two change places in one transaction.
/// </summary>
sealed class Rebuilding(NpgsqlDataSource database, EventStore events, IEnumerable<ReadModel> models)
{
    public const string Argument = "--rebuild";

    const uint NewVersion = 2;
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan BetweenNews = TimeSpan.FromSeconds(1);

    readonly string filling = $"{events.Schema}_rebuilding";
    readonly string replaced = $"{events.Schema}_replaced";

    /// <summary>Rebuilds one read model by name, or all of the service; answers how the process ends.</summary>
    public async Task<int> Rebuild(string? name, TextWriter news, CancellationToken stopping)
    {
        var chosen = models.Where(model => name is null || model.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        if (chosen.Count == 0)
        {
            await news.WriteLineAsync(models.Any()
                ? $"There is no read model '{name}'; there are {string.Join(", ", models.Select(model => model.Name))}."
                : "This service has no read models.");
            return 2;
        }

        foreach (var model in chosen)
        {
            var started = Stopwatch.StartNew();
            var count = await Rebuild(model, news, stopping);
            await news.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{model.Name}: rebuilt from {count} events in {started.Elapsed.TotalSeconds:0.0} s"));
        }

        return 0;
    }

    async Task<long> Rebuild(ReadModel model, TextWriter news, CancellationToken stopping)
    {
        // One rebuild of a service at a time; one that was cut short is begun again.
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync("select pg_advisory_lock(hashtext(@filling))", new { filling });
        try
        {
            var progress = $"{model.Name}:V{NewVersion}:All";
            await connection.ExecuteAsync(
                $"""
                drop schema if exists {filling} cascade;
                create schema {filling};
                {model.Table.Sql.Replace("{schema}", filling, StringComparison.Ordinal)};
                delete from {events.Schema}.mt_event_progression where name = @progress;
                """, new { progress });
            long position;
            do
            {
                position = await Fill(model, progress, news, stopping);
            }
            while (!await Exchange(connection, model, progress, position));
            return position;
        }
        finally
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(hashtext(@filling))", new { filling });
        }
    }

    /// <summary>Fills the new tables as far as there are events now, and returns how far that is.</summary>
    async Task<long> Fill(ReadModel model, string progress, TextWriter news, CancellationToken stopping)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(database);
        services.AddSingleton(new ServiceSchema(filling));
        model.Register(services.AddEventStore(events.Schema, events.Events), NewVersion);
        await using var provider = services.BuildServiceProvider();
        using var daemon = await provider.GetRequiredService<IDocumentStore>().BuildProjectionDaemonAsync();
        await daemon.StartAllAsync();
        try
        {
            var told = Stopwatch.StartNew();
            while (true)
            {
                var (position, last) = await Positions(progress, stopping);
                if (position >= last)
                    return position;
                if (told.Elapsed > BetweenNews)
                {
                    await news.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{model.Name}: {position} of {last} events ({100 * position / last} %)"));
                    told.Restart();
                }

                await Task.Delay(BetweenLooks, stopping);
            }
        }
        finally
        {
            await daemon.StopAllAsync();
        }
    }

    async Task<(long Position, long Last)> Positions(string progress, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.QuerySingleAsync<(long, long)>(
            $"""
            select coalesce((select last_seq_id from {events.Schema}.mt_event_progression where name = @progress), 0),
                   coalesce((select max(seq_id) from {events.Schema}.mt_events), 0)
            """, new { progress });
    }

    /// <summary>
    /// Puts the new tables in the place of the old ones, unless the old ones are further by now. The service's own daemon is kept
    /// from saving a page in between; the page it has in hand no longer follows on what is saved, and it reads on from there.
    /// </summary>
    async Task<bool> Exchange(NpgsqlConnection connection, ReadModel model, string progress, long position)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var own = $"{model.Name}:All";
        var old = await connection.ExecuteScalarAsync<long?>(
            $"select last_seq_id from {events.Schema}.mt_event_progression where name = @own for update", new { own }, transaction);
        if (old > position)
            return false;
        var tables = await connection.QueryAsync<string>("select tablename from pg_tables where schemaname = @filling", new { filling }, transaction);
        await connection.ExecuteAsync($"drop schema if exists {replaced} cascade; create schema {replaced}", transaction: transaction);
        foreach (var table in tables)
        {
            await connection.ExecuteAsync(
                $"alter table {events.Schema}.{table} set schema {replaced}; alter table {filling}.{table} set schema {events.Schema}", transaction: transaction);
        }

        await connection.ExecuteAsync(
            $"""
            insert into {events.Schema}.mt_event_progression as progress (name, last_seq_id) values (@own, @position)
            on conflict (name) do update set last_seq_id = excluded.last_seq_id, last_updated = transaction_timestamp();
            delete from {events.Schema}.mt_event_progression where name = @progress;
            drop schema {replaced} cascade;
            drop schema {filling};
            """, new { own, position, progress }, transaction);
        await transaction.CommitAsync();
        return true;
    }
}
