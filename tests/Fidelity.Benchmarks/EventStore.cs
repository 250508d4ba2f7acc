using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Marten.Subscriptions;
using Npgsql;
using NpgsqlTypes;
using Weasel.Core;

namespace Fidelity.Benchmarks;

/// <summary>An event about as large as the services' own.</summary>
public sealed record Measured28(string Case, DateOnly Date, IReadOnlyList<int> Answers, string Instrument);

/// <summary>An aggregate that looks at every event.</summary>
public sealed class Answered
{
    public string Id { get; set; } = "";

    public int Fives { get; set; }

    public void Apply(Measured28 happened) => Fives += happened.Answers.Count(answer => answer == 5);
}

/// <summary>The event store itself: appending, bulk insert, aggregation, the daemon and its lag, against what Npgsql alone does.</summary>
static class EventStore
{
    const string Schema = "bench_store";
    const int Streams = 5000;
    const int EventsPerStream = 5;
    const int StreamsAtOnce = 20;
    const int Runs = 3;
    const int LongStream = 200;

    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static async Task Run(Installation installation)
    {
        foreach (var sessions in new[] { 1, 4 })
            await Append(installation, sessions);
        await Bulk(installation);
        await Aggregate(installation);
        await CatchUp(installation);
        await Lag(installation);
        await Execute(installation, $"drop schema if exists {Schema} cascade");
    }

    static async Task Append(Installation installation, int sessions)
    {
        var (own, bare) = (new List<double>(), new List<double>());
        for (var run = 0; run <= Runs; run++)
        {
            await using var store = await Store(installation);
            var (taken, inserted) = (await Spread(sessions, save => Append(store, save)), TimeSpan.Zero);
            await Execute(installation, $"truncate {Schema}.mt_streams cascade");
            await using (var connections = NpgsqlDataSource.Create(installation.Database))
                inserted = await Spread(sessions, save => Insert(connections, save));
            if (run == 0)
                continue;
            own.Add(Streams * EventsPerStream / taken.TotalSeconds);
            bare.Add(Streams * EventsPerStream / inserted.TotalSeconds);
        }

        Measured.Ratio(
            $"appends with versions checked to {Streams} streams, {StreamsAtOnce} streams of {EventsPerStream} events a save, {sessions} session{(sessions > 1 ? "s" : "")}", "events/s", own,
            $"Npgsql INSERT … SELECT unnest of the same rows into the same tables, batch size {StreamsAtOnce * EventsPerStream}, {sessions} session{(sessions > 1 ? "s" : "")}, synchronous_commit={await installation.Setting("synchronous_commit")}",
            bare, aim: 0.8);
    }

    static async Task<TimeSpan> Spread(int sessions, Func<int, Task> save)
    {
        var next = -1;
        var started = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, sessions).Select(_ => Task.Run(async () =>
        {
            for (var place = Interlocked.Increment(ref next); place < Streams / StreamsAtOnce; place = Interlocked.Increment(ref next))
                await save(place);
        })));
        return started.Elapsed;
    }

    static async Task Append(DocumentStore store, int save)
    {
        await using var session = store.LightweightSession();
        foreach (var key in Keys(save))
            session.Events.Append(key, EventsPerStream, Events(key, EventsPerStream));
        await session.SaveChangesAsync();
    }

    static async Task Insert(NpgsqlDataSource connections, int save)
    {
        string[] keys = [.. Keys(save)];
        var rows = keys.SelectMany(key => Events(key, EventsPerStream).Select((happened, place) => (Key: key, Version: place + 1L, Data: JsonSerializer.SerializeToUtf8Bytes((Measured28)happened, Json)))).ToList();
        await using var connection = await connections.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new($"insert into {Schema}.mt_streams (id, type, version) select id, null, {EventsPerStream} from unnest($1) as s (id)")
        {
            Parameters = { new NpgsqlParameter<string[]> { TypedValue = keys, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar } },
        });
        batch.BatchCommands.Add(new(
            $"""
            insert into {Schema}.mt_events (seq_id, id, stream_id, version, data, type, mt_dotnet_type, timestamp)
            select nextval('{Schema}.mt_events_sequence'), e.* from unnest($1, $2, $3, $4, $5, $6, $7) as e
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid[]> { TypedValue = [.. rows.Select(_ => Guid.CreateVersion7())] },
                Texts(rows.Select(row => row.Key)),
                new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(row => row.Version)] },
                new NpgsqlParameter<byte[][]> { TypedValue = [.. rows.Select(row => row.Data)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
                Texts(rows.Select(_ => "measured_28")),
                Texts(rows.Select(_ => "Fidelity.Benchmarks.Measured28, Fidelity.Benchmarks")),
                new NpgsqlParameter<DateTime[]> { TypedValue = [.. rows.Select(_ => TimeProvider.System.GetUtcNow().UtcDateTime)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
            },
        });
        await batch.PrepareAsync();
        await batch.ExecuteNonQueryAsync();
    }

    static NpgsqlParameter<string[]> Texts(IEnumerable<string> values) => new() { TypedValue = [.. values], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar };

    static async Task Bulk(Installation installation)
    {
        const int Together = 1000;
        var (own, bare) = (new List<double>(), new List<double>());
        for (var run = 0; run <= Runs; run++)
        {
            await using var store = await Store(installation);
            var streams = Enumerable.Range(0, Streams / StreamsAtOnce).SelectMany(Keys)
                .Select(key => StreamAction.Start(key, [.. Events(key, EventsPerStream).Cast<Measured28>().Select(Event.For)])).ToList();
            var started = Stopwatch.StartNew();
            await store.BulkInsertEventsAsync(streams, Together);
            var taken = started.Elapsed;
            await Execute(installation, $"truncate {Schema}.mt_streams cascade");
            await using var connections = NpgsqlDataSource.Create(installation.Database);
            var inserted = await Spread(1, save => Insert(connections, save));
            if (run == 0)
                continue;
            own.Add(Streams * EventsPerStream / taken.TotalSeconds);
            bare.Add(Streams * EventsPerStream / inserted.TotalSeconds);
        }

        Measured.Ratio($"bulk insert of {Streams} new streams", "events/s", own, $"Npgsql INSERT … SELECT unnest of the same rows, batch size {StreamsAtOnce * EventsPerStream}, one session", bare, aim: 0.9);
    }

    static async Task Aggregate(Installation installation)
    {
        const int Times = 300;
        const string Key = "long";
        await using var store = await Store(installation);
        await using (var session = store.LightweightSession())
        {
            session.Events.StartStream<Answered>(Key, Events(Key, LongStream));
            await session.SaveChangesAsync();
        }

        var (own, bare) = (new List<double>(), new List<double>());
        await using var connections = NpgsqlDataSource.Create(installation.Database);
        for (var run = 0; run <= Runs; run++)
        {
            var started = Stopwatch.StartNew();
            for (var i = 0; i < Times; i++)
            {
                await using var session = store.QuerySession();
                await session.Events.AggregateStreamAsync<Answered>(Key);
            }

            var taken = started.Elapsed;
            started.Restart();
            for (var i = 0; i < Times; i++)
                await ReadAll(connections, Key);
            if (run == 0)
                continue;
            own.Add(Times / taken.TotalSeconds);
            bare.Add(Times / started.Elapsed.TotalSeconds);
        }

        Measured.Ratio($"live aggregation of a stream of {LongStream} events", "streams/s", own, $"Npgsql reading every column of those {LongStream} rows and System.Text.Json deserialising the data", bare, aim: 0.7);
    }

    static async Task ReadAll(NpgsqlDataSource connections, string key)
    {
        await using var connection = await connections.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            $"select type, mt_dotnet_type, data, id, seq_id, version, stream_id, timestamp, tenant_id, is_archived from {Schema}.mt_events where stream_id = $1 order by version", connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = key, NpgsqlDbType = NpgsqlDbType.Varchar } },
        };
        await command.PrepareAsync();
        await using var rows = await command.ExecuteReaderAsync();
        var fives = 0;
        while (await rows.ReadAsync())
        {
            _ = (rows.GetString(0), rows.GetString(1), rows.GetGuid(3), rows.GetInt64(4), rows.GetInt64(5), rows.GetString(6), rows.GetFieldValue<DateTimeOffset>(7), rows.GetString(8), rows.GetBoolean(9));
            fives += JsonSerializer.Deserialize<Measured28>(rows.GetFieldValue<byte[]>(2), Json)!.Answers.Count(answer => answer == 5);
        }
    }

    sealed class Nothing : IProjection
    {
        public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation) => Task.CompletedTask;
    }

    static async Task CatchUp(Installation installation)
    {
        const int Page = 500;
        const int Times = 4;
        var (own, bare) = (new List<double>(), new List<double>());
        await using var store = await Store(installation, options => options.Projections.Add(new Nothing(), ProjectionLifecycle.Async, "Nothing"));
        for (var part = 0; part < Times; part++)
        {
            await store.BulkInsertEventsAsync([.. Enumerable.Range(0, Streams / StreamsAtOnce).SelectMany(Keys)
                .Select(key => StreamAction.Start($"{part}-{key}", [.. Events(key, EventsPerStream).Cast<Measured28>().Select(Event.For)]))]);
        }

        const int Count = Times * Streams * EventsPerStream;
        for (var run = 0; run <= Runs; run++)
        {
            await Execute(installation, $"delete from {Schema}.mt_event_progression where name = 'Nothing:All'");
            using var daemon = await store.BuildProjectionDaemonAsync();
            var started = Stopwatch.StartNew();
            await daemon.StartAllAsync();
            await daemon.WaitForNonStaleData(TimeSpan.FromMinutes(5));
            var taken = started.Elapsed;
            await daemon.StopAllAsync();
            started.Restart();
            await ReadPages(installation, Page);
            if (run == 0)
                continue;
            own.Add(Count / taken.TotalSeconds);
            bare.Add(Count / started.Elapsed.TotalSeconds);
        }

        Measured.Ratio("daemon with an empty projection", "events/s", own, $"Npgsql reading every column of the same pages of {Page}", bare, aim: 0.5);
    }

    static async Task ReadPages(Installation installation, int page)
    {
        await using var connection = new NpgsqlConnection(installation.Database);
        await connection.OpenAsync();
        for (var floor = 0L; ;)
        {
            await using var command = new NpgsqlCommand(
                $"select type, mt_dotnet_type, data, id, seq_id, version, stream_id, timestamp, tenant_id, is_archived from {Schema}.mt_events where seq_id > $1 order by seq_id limit $2", connection)
            {
                Parameters = { new NpgsqlParameter<long> { TypedValue = floor }, new NpgsqlParameter<int> { TypedValue = page } },
            };
            await command.PrepareAsync();
            await using var rows = await command.ExecuteReaderAsync();
            var before = floor;
            while (await rows.ReadAsync())
            {
                _ = (rows.GetString(0), rows.GetString(1), rows.GetFieldValue<byte[]>(2), rows.GetGuid(3), rows.GetInt64(5), rows.GetString(6), rows.GetFieldValue<DateTimeOffset>(7), rows.GetString(8), rows.GetBoolean(9));
                floor = rows.GetInt64(4);
            }

            if (floor == before)
                return;
        }
    }

    sealed class Clock : SubscriptionBase
    {
        public ConcurrentDictionary<long, long> Saved { get; } = [];

        public ConcurrentQueue<double> Lags { get; } = [];

        public override Task<IChangeListener> ProcessEventsAsync(
            EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken)
        {
            var now = Stopwatch.GetTimestamp();
            foreach (var recorded in page.Events.Where(recorded => recorded.Data is Measured28))
            {
                if (Saved.TryRemove(long.Parse(((Measured28)recorded.Data).Case, System.Globalization.CultureInfo.InvariantCulture), out var saved))
                    Lags.Enqueue(Stopwatch.GetElapsedTime(saved, now).TotalMilliseconds);
            }

            return Task.FromResult<IChangeListener>(NullChangeListener.Instance);
        }
    }

    /// <summary>From just before an append is sent until the subscription has it in its hands.</summary>
    static async Task Lag(Installation installation)
    {
        const int PerSecond = 200;
        const int Seconds = 20;
        var clock = new Clock();
        await using var store = await Store(installation, options => options.Projections.Subscribe(clock));
        using var daemon = await store.BuildProjectionDaemonAsync();
        await daemon.StartAllAsync();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PerSecond));
        var appends = new List<Task>();
        for (var number = 0L; number < PerSecond * Seconds && await timer.WaitForNextTickAsync(); number++)
        {
            var current = number;
            appends.Add(Task.Run(async () =>
            {
                clock.Saved[current] = Stopwatch.GetTimestamp();
                await using var session = store.LightweightSession();
                session.Events.StartStream($"lag-{current}", new Measured28($"{current}", new(2026, 1, 1), [5, 4], "tam-r@1"));
                await session.SaveChangesAsync();
            }));
        }

        await Task.WhenAll(appends);
        await daemon.WaitForNonStaleData(TimeSpan.FromMinutes(1));
        await daemon.StopAllAsync();
        Measured.Bound($"lag of a subscription under {PerSecond} appends/s, p99", "ms", Measured.Percentile(clock.Lags, 0.99), aim: 250, new
        {
            events = clock.Lags.Count, median = Math.Round(Measured.Median(clock.Lags), 1),
        });
    }

    static async Task<DocumentStore> Store(Installation installation, Action<StoreOptions>? configure = null)
    {
        await Execute(installation, $"drop schema if exists {Schema} cascade");
        var store = DocumentStore.For(options =>
        {
            options.Connection(installation.Database);
            options.DatabaseSchemaName = Schema;
            options.UseSystemTextJsonForSerialization(casing: Casing.CamelCase);
            options.Events.StreamIdentity = StreamIdentity.AsString;
            options.Events.AppendMode = EventAppendMode.Quick;
            configure?.Invoke(options);
        });
        await using var session = store.LightweightSession();
        session.Events.StartStream("first", new Measured28("0", new(2026, 1, 1), [], "tam-r@1"));
        await session.SaveChangesAsync();
        return store;
    }

    static IEnumerable<string> Keys(int save) => Enumerable.Range(save * StreamsAtOnce, StreamsAtOnce).Select(number => $"case:{number:x32}");

    static object[] Events(string key, int count) =>
        [.. Enumerable.Range(0, count).Select(place => new Measured28(key, new DateOnly(2026, 1, 1).AddDays(place), [.. Enumerable.Range(0, 28).Select(item => 1 + (item + place) % 5)], "tam-r@1"))];

    static async Task Execute(Installation installation, string sql)
    {
        await using var connection = new NpgsqlConnection(installation.Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
