using System.Data;
using System.Globalization;
using System.Threading.Channels;
using Dapper;
using Fidelity.Portal.Access;
using Fidelity.ServiceDefaults;
using Npgsql;
using NpgsqlTypes;

namespace Fidelity.Portal.LoggingAccess;

/// <summary>
/// The log of who saw what (loggkontroll). Entries are written in batches, and whoever waits for one goes on when it is stored. Each
/// holds the hash of the one before, so that none can be altered, taken out or put in unseen.
/// </summary>
sealed class AccessLog(NpgsqlDataSource database, ServiceSchema schema, TimeProvider clock, IConfiguration configuration, ILogger<AccessLog> log) : BackgroundService
{
    /// <summary>How many entries a page shows.</summary>
    public const int Page = 100;

    const int MostAtOnce = 500;
    const int UsualMonths = 60;
    static readonly TimeSpan BetweenRemovals = TimeSpan.FromHours(24);

    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.access_log (
            number bigint primary key,
            at timestamptz not null,
            who text not null,
            what text not null,
            purpose text,
            route text not null,
            programme text,
            team_id text,
            subject text,
            status int not null,
            trace text,
            previous bytea not null,
            hash bytea not null);
        create index if not exists access_log_by_subject on {schema}.access_log (subject) where subject is not null;
        create index if not exists access_log_by_person on {schema}.access_log (lower(who), number);
        create table if not exists {schema}.access_log_removed (only_one boolean primary key default true check (only_one), number bigint not null, hash bytea not null);
        """);

    readonly Channel<(AccessEntry Entry, TaskCompletionSource Stored)> waiting =
        Channel.CreateBounded<(AccessEntry, TaskCompletionSource)>(new BoundedChannelOptions(10_000) { SingleReader = true });

    /// <summary>Ends when the entry is stored, with a number of its own and this moment; fails when it cannot be.</summary>
    public async Task Add(AccessEntry entry)
    {
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var now = clock.GetUtcNow().UtcDateTime;
        await waiting.Writer.WriteAsync((entry with { At = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)) }, stored));
        await stored.Task;
    }

    /// <summary>The newest entries that are open to somebody; of what was done in no programme, only to who sees all of them.</summary>
    /// <param name="before">Only those with a smaller number.</param>
    public async Task<IReadOnlyList<AccessEntry>> Newest(Reach reach, string? who, string? unit, DateOnly? day, long? before, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return
        [
            .. await connection.QueryAsync<AccessEntry>(
                $"""
                select number, at, who, what, purpose, route, programme, team_id as TeamId, subject, status, trace from {schema.Name}.access_log log
                where {Reach.Sql("log.programme", "log.team_id")}
                    and (nullif(@who, '') is null or lower(who) = lower(@who)) and (nullif(@unit, '') is null or @unit in (team_id, programme, subject))
                    and (@day::date is null or (at at time zone 'UTC')::date = @day) and (@before::bigint is null or number < @before)
                order by number desc limit {Page}
                """, new { reach.Programmes, reach.Teams, reach.Therapists, who = who?.Trim(), unit = unit?.Trim(), day, before }),
        ];
    }

    /// <summary>Those of some entries that have not left the log, in its order.</summary>
    public async Task<IReadOnlyList<AccessEntry>> Entries(IReadOnlyList<long> numbers, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return
        [
            .. await connection.QueryAsync<AccessEntry>(
                $"""
                select number, at, who, what, purpose, route, programme, team_id as TeamId, subject, status, trace from {schema.Name}.access_log
                where number = any(@numbers) order by number
                """, new { numbers = numbers.ToArray() }),
        ];
    }

    /// <summary>All that is logged of a case, oldest first.</summary>
    public async Task<IReadOnlyList<AccessEntry>> Of(string programme, string caseKey, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return
        [
            .. await connection.QueryAsync<AccessEntry>(
                $"""
                select number, at, who, what, purpose, route, programme, team_id as TeamId, subject, status, trace from {schema.Name}.access_log
                where subject = @caseKey and programme = @programme order by number
                """, new { programme, caseKey }),
        ];
    }

    /// <summary>Checks the whole chain, and says what was found; the first fault ends it.</summary>
    public async Task<(AccessChain Chain, string? Fault)> Check(CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        // What is added or removed meanwhile is of another moment.
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stopping);
        var removed = await connection.QuerySingleOrDefaultAsync<(long Number, byte[] Hash)>($"select number, hash from {schema.Name}.access_log_removed");
        var chain = new AccessChain(removed.Number, removed.Hash ?? AccessEntry.Beginning);
        await using var read = await connection.ExecuteReaderAsync(
            $"select number, at, who, what, purpose, route, programme, team_id, subject, status, trace, previous, hash from {schema.Name}.access_log order by number");
        while (await read.ReadAsync(stopping))
        {
            var entry = new AccessEntry(
                read.GetInt64(0), read.GetDateTime(1), read.GetString(2), read.GetString(3), Text(4), read.GetString(5), Text(6), Text(7), Text(8), read.GetInt32(9), Text(10));
            if (chain.Fault(entry, (byte[])read.GetValue(11), (byte[])read.GetValue(12)) is { } fault)
                return (chain, fault);
        }

        return (chain, null);

        string? Text(int column) => read.IsDBNull(column) ? null : read.GetString(column);
    }

    /// <summary>Whether a hash that was kept elsewhere is that of an entry.</summary>
    public async Task<bool> Has(string hash, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteScalarAsync<bool>($"select exists (select from {schema.Name}.access_log where encode(hash, 'hex') = lower(@hash))", new { hash });
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Write(stoppingToken), Remove(stoppingToken));

    /// <summary>All that has come while one batch was stored is the next.</summary>
    async Task Write(CancellationToken stopping)
    {
        List<(AccessEntry Entry, TaskCompletionSource Stored)> batch = [];
        while (await waiting.Reader.WaitToReadAsync(stopping))
        {
            batch.Clear();
            while (batch.Count < MostAtOnce && waiting.Reader.TryRead(out var next))
                batch.Add(next);
            try
            {
                await Store([.. batch.Select(one => one.Entry)], stopping);
                batch.ForEach(one => one.Stored.SetResult());
            }
            // Whatever it was: were the writer to end with it, all who come later would wait for ever.
            catch (Exception failure) when (failure is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                log.LogError(failure, "{Entries} entries of the access log could not be stored; what they tell of is not answered", batch.Count);
                batch.ForEach(one => one.Stored.SetException(new NotLogged(failure)));
            }
        }
    }

    async Task Store(IReadOnlyList<AccessEntry> entries, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await using var transaction = await connection.BeginTransactionAsync(stopping);
        // Several portals write one chain.
        await connection.ExecuteAsync("select pg_advisory_xact_lock(hashtext(@name))", new { name = $"{schema.Name}.access_log" });
        var (number, previous) = await connection.QuerySingleOrDefaultAsync<(long, byte[]?)>(
            $"""
            select number, hash from (
                select number, hash from {schema.Name}.access_log union all select number, hash from {schema.Name}.access_log_removed) as entries
            order by number desc limit 1
            """);
        var last = previous ?? AccessEntry.Beginning;
        await using var copy = await connection.BeginBinaryImportAsync(
            $"copy {schema.Name}.access_log (number, at, who, what, purpose, route, programme, team_id, subject, trace, status, previous, hash) from stdin (format binary)", stopping);
        foreach (var entry in entries.Select(entry => entry with { Number = ++number }))
        {
            var hash = entry.Hash(last);
            await copy.StartRowAsync(stopping);
            await copy.WriteAsync(entry.Number, NpgsqlDbType.Bigint, stopping);
            await copy.WriteAsync(entry.At, NpgsqlDbType.TimestampTz, stopping);
            foreach (var text in new[] { entry.Who, entry.What, entry.Purpose, entry.Route, entry.Programme, entry.TeamId, entry.Subject, entry.Trace })
                await (text is null ? copy.WriteNullAsync(stopping) : copy.WriteAsync(text, NpgsqlDbType.Text, stopping));
            await copy.WriteAsync(entry.Status, NpgsqlDbType.Integer, stopping);
            await copy.WriteAsync(last, NpgsqlDbType.Bytea, stopping);
            await copy.WriteAsync(hash, NpgsqlDbType.Bytea, stopping);
            last = hash;
        }

        await copy.CompleteAsync(stopping);
        await copy.DisposeAsync();
        await transaction.CommitAsync(stopping);
    }

    /// <summary>
    /// Entries are kept for a set time. Of what is removed at the beginning, the last hash stays, and the chain holds. It ends before the
    /// first that is young, so that one entry with the time of a wrong clock takes none with it.
    /// </summary>
    async Task Remove(CancellationToken stopping)
    {
        var months = int.TryParse(configuration["FIDELITY_ACCESS_LOG_MONTHS"], CultureInfo.InvariantCulture, out var given) && given > 0 ? given : UsualMonths;
        while (true)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stopping);
                await connection.ExecuteAsync(
                    $"""
                    with old as (delete from {schema.Name}.access_log where number < coalesce(
                            (select min(number) from {schema.Name}.access_log where at >= @before),
                            (select max(number) + 1 from {schema.Name}.access_log)) returning number, hash)
                    insert into {schema.Name}.access_log_removed (number, hash) select number, hash from old order by number desc limit 1
                    on conflict (only_one) do update set number = excluded.number, hash = excluded.hash
                    """, new { before = clock.GetUtcNow().AddMonths(-months).UtcDateTime });
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException)
            {
                log.LogWarning(failure, "Old entries of the access log could not be removed; they are tomorrow");
            }

            await Task.Delay(BetweenRemovals, clock, stopping);
        }
    }
}

/// <summary>What could not be logged is not answered.</summary>
sealed class NotLogged(Exception cause) : Exception("The access log could not be written, and nothing is read unlogged.", cause);
