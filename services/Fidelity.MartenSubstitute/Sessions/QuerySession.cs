using JasperFx.Events;
using Marten.Aggregation;
using Marten.Tables;
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

    public Task<IReadOnlyList<IEvent>> FetchStreamAsync(
        string streamKey, long version = 0, DateTimeOffset? timestamp = null, long fromVersion = 0, CancellationToken token = default)
    {
        var sql = $"select {Store.Rows.Columns} from {Store.Tables.Events} e where e.stream_id = $1 and not e.is_archived"
            + $" and e.version between $2 and $3{(timestamp is null ? "" : " and e.timestamp <= $4")} order by e.version";
        return Store.Database.RunAsync<IReadOnlyList<IEvent>>(
            async open =>
            {
                await using var command = new NpgsqlCommand(sql, open);
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = streamKey, NpgsqlDbType = NpgsqlDbType.Varchar });
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = fromVersion });
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version > 0 ? version : long.MaxValue });
                if (timestamp is { } until) command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = until.ToUniversalTime() });
                await command.PrepareAsync(token);
                await using var rows = await command.ExecuteReaderAsync(token);
                return await Store.Rows.ReadAllAsync(rows, token);
            },
            token);
    }

    public async Task<T?> AggregateStreamAsync<T>(
        string streamKey, long version = 0, DateTimeOffset? timestamp = null, T? state = null, long fromVersion = 0,
        CancellationToken token = default) where T : class
    {
        var events = await FetchStreamAsync(streamKey, version, timestamp, fromVersion, token);
        return Fold(state, events, streamKey);
    }

    public Task<StreamState?> FetchStreamStateAsync(string streamKey, CancellationToken token = default) =>
        Store.Database.RunAsync(
            async open =>
            {
                await using var command = new NpgsqlCommand(
                    $"select version, type, timestamp, created, is_archived from {Store.Tables.Streams} where id = $1", open)
                {
                    Parameters = { new NpgsqlParameter<string> { TypedValue = streamKey, NpgsqlDbType = NpgsqlDbType.Varchar } },
                };
                await command.PrepareAsync(token);
                await using var row = await command.ExecuteReaderAsync(token);
                return await row.ReadAsync(token)
                    ? new StreamState
                    {
                        Key = streamKey,
                        Version = row.GetInt64(0),
                        AggregateType = Store.Graph.AggregateNamed(row.IsDBNull(1) ? null : row.GetString(1)),
                        LastTimestamp = row.GetFieldValue<DateTimeOffset>(2),
                        Created = row.GetFieldValue<DateTimeOffset>(3),
                        IsArchived = row.GetBoolean(4),
                    }
                    : null;
            },
            token);

    /// <summary>Folds, and remembers the type behind the name in mt_streams.</summary>
    protected T? Fold<T>(T? state, IReadOnlyList<IEvent> events, string key) where T : class
    {
        Store.Graph.AliasFor(typeof(T));
        return Aggregator<T>.Fold(state, events, key);
    }

    /// <summary>The stream's version and its events, as of one moment.</summary>
    protected Task<(long Version, List<IEvent> Events)> FetchVersionAndEventsAsync(string key, CancellationToken token) =>
        Store.Database.RunAsync(
            async open =>
            {
                await using var command = new NpgsqlCommand(
                    $"""
                    select {Store.Rows.Columns}, s.version from {Store.Tables.Streams} s
                    left join {Store.Tables.Events} e on e.stream_id = s.id and not e.is_archived where s.id = $1 order by e.version
                    """,
                    open)
                {
                    Parameters = { new NpgsqlParameter<string> { TypedValue = key, NpgsqlDbType = NpgsqlDbType.Varchar } },
                };
                await command.PrepareAsync(token);
                await using var rows = await command.ExecuteReaderAsync(token);
                var version = 0L;
                var events = new List<IEvent>();
                while (await rows.ReadAsync(token))
                {
                    version = rows.GetInt64(rows.FieldCount - 1);
                    if (!rows.IsDBNull(0)) events.Add(Store.Rows.Read(rows));
                }

                return (version, events);
            },
            token);

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
