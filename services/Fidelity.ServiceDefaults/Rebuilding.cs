using System.Diagnostics;
using System.Globalization;
using Dapper;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
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
    static readonly TimeSpan PatienceForExchange = TimeSpan.FromSeconds(5);

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
            return name is null ? 0 : 2;
        }

        await MakeEventTables(stopping);
        foreach (var model in chosen)
        {
            var started = Stopwatch.StartNew();
            var count = await Rebuild(model, news, stopping);
            await news.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{model.Name}: rebuilt from {count} events in {started.Elapsed.TotalSeconds:0.0} s"));
        }

        return 0;
    }

    /// <summary>An earlier version may have stored the events, or none at all.</summary>
    async Task MakeEventTables(CancellationToken stopping)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(database);
        services.AddEventStore(events.Schema, events.Events);
        await using var provider = services.BuildServiceProvider();
        foreach (var start in provider.GetServices<IHostedService>())
            await start.StartAsync(stopping);
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
            return await FillAndExchange(connection, model, progress, news, stopping);
        }
        finally
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(hashtext(@filling))", new { filling });
        }
    }

    async Task<long> FillAndExchange(NpgsqlConnection connection, ReadModel model, string progress, TextWriter news, CancellationToken stopping)
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
            while (true)
            {
                await Fill(model, progress, news, stopping);
                try
                {
                    if (await Exchange(connection, model, progress, stopping) is { } position)
                        return position;
                }
                catch (PostgresException deadlock) when (deadlock.SqlState == PostgresErrorCodes.DeadlockDetected)
                {
                    // The service's own daemon had a page in hand, and keeps it; the next exchange comes between two pages.
                }
            }
        }
        finally
        {
            await daemon.StopAllAsync();
        }
    }

    /// <summary>Waits until the new tables are as far as there were events when last looked.</summary>
    async Task Fill(ReadModel model, string progress, TextWriter news, CancellationToken stopping)
    {
        var told = Stopwatch.StartNew();
        var (_, last) = await Positions(progress, stopping);
        while (true)
        {
            var (position, _) = await Positions(progress, stopping);
            if (position >= last)
                return;
            if (told.Elapsed > BetweenNews)
            {
                await news.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{model.Name}: {position} of {last} events ({100 * position / last} %)"));
                told.Restart();
            }

            await Task.Delay(BetweenLooks, stopping);
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
    /// Puts the new tables in the place of the old ones, and answers how far they are; null when they do not catch up in time. Both
    /// daemons are kept from saving a page in the meantime: first the service's own, until the other has come as far. The page that
    /// each has in hand then no longer follows on what is saved, and the service's own reads on from there.
    /// </summary>
    async Task<long?> Exchange(NpgsqlConnection connection, ReadModel model, string progress, CancellationToken stopping)
    {
        await using var transaction = await connection.BeginTransactionAsync(stopping);
        var own = $"{model.Name}:All";
        var old = await Hold(own) ?? 0;
        for (var waiting = Stopwatch.StartNew(); (await Positions(progress, stopping)).Position < old;)
        {
            if (waiting.Elapsed > PatienceForExchange)
                return null;
            await Task.Delay(BetweenLooks, stopping);
        }

        var position = await Hold(progress) ?? 0;
        var tables = await connection.QueryAsync<string>("select tablename from pg_tables where schemaname = @filling", new { filling }, transaction);
        await connection.ExecuteAsync($"drop schema if exists {replaced} cascade; create schema {replaced}", transaction: transaction);
        // What another version made may be lacking, or otherwise.
        foreach (var table in tables)
        {
            await connection.ExecuteAsync(
                $"alter table if exists {events.Schema}.{table} set schema {replaced}; alter table {filling}.{table} set schema {events.Schema}", transaction: transaction);
        }

        await connection.ExecuteAsync(
            $"""
            insert into {events.Schema}.mt_event_progression as progress (name, last_seq_id) values (@own, @position)
            on conflict (name) do update set last_seq_id = excluded.last_seq_id, last_updated = transaction_timestamp();
            delete from {events.Schema}.mt_event_progression where name = @progress;
            drop schema {replaced} cascade;
            drop schema {filling};
            """, new { own, position, progress }, transaction);
        await transaction.CommitAsync(stopping);
        return position;

        Task<long?> Hold(string shard) => connection.ExecuteScalarAsync<long?>(
            $"select last_seq_id from {events.Schema}.mt_event_progression where name = @shard for update", new { shard }, transaction);
    }
}
