using System.Diagnostics;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// Makes read tables anew from the events. The new ones are filled in a schema of their own by a new version of the projection,
/// while the service goes on with the old ones; when they have caught up, they take the place of the old ones in one transaction.
/// </summary>
sealed class Rebuilding(NpgsqlDataSource database, EventStore events, IEnumerable<ReadModel> models)
{
    public const string Argument = "--rebuild";

    static readonly TimeSpan PatienceForLocks = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan BetweenExchanges = TimeSpan.FromSeconds(1);

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
            await using var tables = new Filling(database, events, filling, model, news);
            await tables.Forget(connection);
            await connection.ExecuteAsync(
                $"""
                drop schema if exists {filling} cascade;
                create schema {filling};
                {model.Table.Sql.Replace("{schema}", filling, StringComparison.Ordinal)};
                """);
            return await FillAndExchange(connection, model, tables, news, stopping);
        }
        finally
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(hashtext(@filling))", new { filling });
        }
    }

    async Task<long> FillAndExchange(NpgsqlConnection connection, ReadModel model, Filling tables, TextWriter news, CancellationToken stopping)
    {
        var own = new Shard(model.Name).ProgressName;
        while (true)
        {
            try
            {
                // Nearly all while nobody waits, and the rest under the locks.
                if (await tables.FillUpTo(await Begun(own, connection) ?? await Last(connection), stopping)
                    && await Exchange(connection, own, tables, stopping) is { } position)
                    return position;
            }
            catch (PostgresException held) when (held.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                // By a page that the service's own daemon had in hand, or by a reader that takes its time.
            }

            await news.WriteLineAsync($"{model.Name}: not exchanged yet; trying again");
            await Task.Delay(BetweenExchanges, stopping);
        }
    }

    /// <summary>
    /// Puts the new tables in the place of the old ones, and answers how far they are; null when they do not get there in time. They
    /// are to be exactly as far as the service's own daemon has saved, since a daemon remembers where it stands and goes on from there
    /// whatever is saved. So between two of its pages it is kept from saving another: a page that has only moved the daemon's progress
    /// writes into the new tables afterwards, and one that has written into the old ones is saved first.
    /// </summary>
    async Task<long?> Exchange(NpgsqlConnection connection, string own, Filling tables, CancellationToken stopping)
    {
        await using var transaction = await connection.BeginTransactionAsync(stopping);
        // Marten moves the progress first and then writes the rows. For a page that does it the other way round, we go back.
        await connection.ExecuteAsync($"select from {events.Schema}.mt_event_progression where name = @own for update", new { own }, transaction);
        // Shorter than PostgreSQL waits before it ends a deadlock by ending a page, and than anybody minds who waits behind us.
        await connection.ExecuteAsync($"set local lock_timeout = '{PatienceForLocks.TotalMilliseconds} ms'", transaction: transaction);
        var made = await Tables(filling);
        foreach (var table in made.Intersect(await Tables(events.Schema), StringComparer.Ordinal))
            await connection.ExecuteAsync($"lock table {events.Schema}.{table} in exclusive mode", transaction: transaction);

        var begun = await Begun(own, connection, transaction);
        var position = begun ?? await Last(connection, transaction);
        if (!await tables.FillUpTo(position, stopping))
            return null;

        await connection.ExecuteAsync($"drop schema if exists {replaced} cascade; create schema {replaced}", transaction: transaction);
        // What another version made may be lacking, or otherwise.
        foreach (var table in made)
        {
            await connection.ExecuteAsync(
                $"alter table if exists {events.Schema}.{table} set schema {replaced}; alter table {filling}.{table} set schema {events.Schema}", transaction: transaction);
        }

        await connection.ExecuteAsync($"drop schema {replaced} cascade; drop schema {filling}", transaction: transaction);
        await tables.Forget(connection, transaction);
        if (begun is null && position > 0)
            await connection.ExecuteAsync(
                $"insert into {events.Schema}.mt_event_progression (name, last_seq_id) values (@own, @position)", new { own, position }, transaction);
        await transaction.CommitAsync(stopping);
        return position;

        async Task<List<string>> Tables(string schema) =>
            (await connection.QueryAsync<string>("select tablename from pg_tables where schemaname = @schema", new { schema }, transaction)).AsList();
    }

    /// <summary>How far the service's own daemon has saved; null when it has never begun.</summary>
    Task<long?> Begun(string own, NpgsqlConnection connection, NpgsqlTransaction? transaction = null) => connection.ExecuteScalarAsync<long?>(
        $"select last_seq_id from {events.Schema}.mt_event_progression where name = @own", new { own }, transaction);

    Task<long> Last(NpgsqlConnection connection, NpgsqlTransaction? transaction = null) =>
        connection.ExecuteScalarAsync<long>($"select coalesce(max(seq_id), 0) from {events.Schema}.mt_events", transaction: transaction);
}
