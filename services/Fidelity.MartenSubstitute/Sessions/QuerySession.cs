using JasperFx.Events;
using Marten.Aggregation;
using Marten.Services.BatchQuerying;
using Npgsql;
using NpgsqlTypes;

namespace Marten.Sessions;

class QuerySession(DocumentStore store) : IQuerySession, Events.IQueryEventStore
{
    NpgsqlConnection? connection;

    protected DocumentStore Store { get; } = store;

    public NpgsqlConnection Connection => connection ??= Store.Database.Open();
    public IDocumentStore DocumentStore => Store;
    public Events.IQueryEventStore Events => this;
    public string? CausationId { get; set; }
    public string? CorrelationId { get; set; }
    public string TenantId => Event.DefaultTenant;

    public IBatchedQuery CreateBatchQuery() => new BatchedQuery(this);

    public async Task<IReadOnlyList<IEvent>> FetchStreamAsync(
        string streamKey, long version = 0, DateTimeOffset? timestamp = null, long fromVersion = 0, CancellationToken token = default) =>
        await RunAsync(Stream(streamKey, version, timestamp, fromVersion), token);

    public Task<StreamState?> FetchStreamStateAsync(string streamKey, CancellationToken token = default) => RunAsync(State(streamKey), token);

    public async Task<T?> AggregateStreamAsync<T>(
        string streamKey, long version = 0, DateTimeOffset? timestamp = null, T? state = null, long fromVersion = 0,
        CancellationToken token = default) where T : class
    {
        var events = await FetchStreamAsync(streamKey, version, timestamp, fromVersion, token);
        return version > 0 && events.Count > 0 && events[^1].Version < version ? null : Fold(state, events, streamKey);
    }

    /// <summary>Folds, and remembers the type behind the name in mt_streams.</summary>
    protected T? Fold<T>(T? state, IReadOnlyList<IEvent> events, string key) where T : class
    {
        Store.Graph.AliasFor(typeof(T));
        return Aggregator<T>.Fold(state, events, key);
    }

    protected async Task<T> RunAsync<T>(StreamQuery<T> query, CancellationToken token)
    {
        await RunAsync([query], token);
        return await query.Result;
    }

    /// <summary>Runs the queries in one round trip.</summary>
    internal Task<bool> RunAsync(IReadOnlyList<StreamQuery> queries, CancellationToken token) => Store.Database.RunAsync(
        async open =>
        {
            await using var batch = new NpgsqlBatch(open);
            foreach (var query in queries) batch.BatchCommands.Add(query.Command);
            await batch.PrepareAsync(token);
            await using var rows = await batch.ExecuteReaderAsync(token);
            foreach (var query in queries)
            {
                await query.ReadAsync(rows, token);
                await rows.NextResultAsync(token);
            }

            return true;
        },
        token);

    internal StreamQuery<List<IEvent>> Stream(string key, long version, DateTimeOffset? timestamp, long fromVersion)
    {
        var command = new NpgsqlBatchCommand(
            $"select {Store.Rows.Columns} from {Store.Tables.Events} e where e.stream_id = $1 and not e.is_archived"
            + $" and e.version between $2 and $3{(timestamp is null ? "" : " and e.timestamp <= $4")} order by e.version")
        {
            Parameters = { Key(key), Number(fromVersion), Number(version > 0 ? version : long.MaxValue) },
        };
        if (timestamp is { } until) command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = until.ToUniversalTime() });
        return new(command, Store.Rows.ReadAllAsync);
    }

    internal StreamQuery<StreamState?> State(string key) => new(
        new NpgsqlBatchCommand($"select version, type, timestamp, created, is_archived from {Store.Tables.Streams} where id = $1")
        {
            Parameters = { Key(key) },
        },
        async (row, token) => await row.ReadAsync(token)
            ? new StreamState
            {
                Key = key,
                Version = row.GetInt64(0),
                AggregateType = Store.Graph.AggregateNamed(row.IsDBNull(1) ? null : row.GetString(1)),
                LastTimestamp = row.GetFieldValue<DateTimeOffset>(2),
                Created = row.GetFieldValue<DateTimeOffset>(3),
                IsArchived = row.GetBoolean(4),
            }
            : null);

    /// <summary>The stream's version and its events, as of one moment.</summary>
    internal StreamQuery<(long Version, List<IEvent> Events)> VersionAndEvents(string key) => new(
        new NpgsqlBatchCommand(
            $"""
            select {Store.Rows.Columns}, s.version from {Store.Tables.Streams} s
            left join {Store.Tables.Events} e on e.stream_id = s.id and not e.is_archived where s.id = $1 order by e.version
            """)
        {
            Parameters = { Key(key) },
        },
        async (rows, token) =>
        {
            var version = 0L;
            var events = new List<IEvent>();
            while (await rows.ReadAsync(token))
            {
                version = rows.GetInt64(rows.FieldCount - 1);
                if (!rows.IsDBNull(0)) events.Add(Store.Rows.Read(rows));
            }

            return (version, events);
        });

    static NpgsqlParameter<string> Key(string key) => new() { TypedValue = key, NpgsqlDbType = NpgsqlDbType.Varchar };

    static NpgsqlParameter<long> Number(long number) => new() { TypedValue = number };

    public void Dispose()
    {
        connection?.Dispose();
        GC.SuppressFinalize(this);
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null) await connection.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
