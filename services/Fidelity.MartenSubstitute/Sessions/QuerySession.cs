using JasperFx.Events;
using Marten.Aggregation;
using Marten.Services.BatchQuerying;
using Marten.Tables;
using Npgsql;

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

    public IBatchedQuery CreateBatchQuery() => new BatchedQuery(this, Store.Database);

    public async Task<IReadOnlyList<IEvent>> FetchStreamAsync(
        string streamKey, long version = 0, DateTimeOffset? timestamp = null, long fromVersion = 0, CancellationToken token = default) =>
        await Store.Database.ReadAsync(Stream(streamKey, version, timestamp, fromVersion), token);

    public async Task<StreamState?> FetchStreamStateAsync(string streamKey, CancellationToken token = default) =>
        (await Store.Database.ReadAsync(State(streamKey), token)).FirstOrDefault();

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

    internal Query<IEvent> Stream(string key, long version, DateTimeOffset? timestamp, long fromVersion)
    {
        var command = Statement.Of(
            $"select {Store.Rows.Columns} from {Store.Tables.Events} e where e.stream_id = $1 and not e.is_archived"
            + $" and e.version between $2 and $3{(timestamp is null ? "" : " and e.timestamp <= $4")} order by e.version",
            key, fromVersion, version > 0 ? version : long.MaxValue);
        if (timestamp is { } until) command.Parameters.Add(new NpgsqlParameter { Value = until.ToUniversalTime() });
        return new(command, Store.Rows.Read);
    }

    internal Query<StreamState> State(string key) => new(
        Statement.Of($"select version, type, timestamp, created, is_archived from {Store.Tables.Streams} where id = $1", key),
        row => new StreamState
        {
            Key = key,
            Version = row.GetInt64(0),
            AggregateType = Store.Graph.AggregateNamed(row.IsDBNull(1) ? null : row.GetString(1)),
            LastTimestamp = row.GetFieldValue<DateTimeOffset>(2),
            Created = row.GetFieldValue<DateTimeOffset>(3),
            IsArchived = row.GetBoolean(4),
        });

    /// <summary>The stream's version and its events, as of one moment; of an archived stream one row without an event.</summary>
    internal Query<(long Version, IEvent? Event)> VersionAndEvents(string key) => new(
        Statement.Of(
            $"""
            select {Store.Rows.Columns}, s.version from {Store.Tables.Streams} s
            left join {Store.Tables.Events} e on e.stream_id = s.id and not e.is_archived where s.id = $1 order by e.version
            """,
            key),
        row => (row.GetInt64(row.FieldCount - 1), row.IsDBNull(0) ? null : Store.Rows.Read(row)));

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
