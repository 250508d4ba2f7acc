using JasperFx;
using JasperFx.Events;
using Marten.Exceptions;
using Marten.Services;
using Marten.Tables;
using Npgsql;

namespace Marten.Sessions;

/// <summary>A unit of work: streams and statements collected, then saved in one transaction and as a rule one round trip.</summary>
sealed class DocumentSession(DocumentStore store) : QuerySession(store), IDocumentSession, Events.IEventStoreOperations
{
    readonly Dictionary<string, StreamAction> streams = new(StringComparer.Ordinal);
    readonly List<NpgsqlBatchCommand> commands = [];
    readonly Dictionary<string, object> headers = new(StringComparer.Ordinal);

    public new Events.IEventStoreOperations Events => this;
    public string? LastModifiedBy { get; set; }

    public void SetHeader(string key, object value) => headers[key] = value;
    public object? GetHeader(string key) => headers.GetValueOrDefault(key);

    public IEvent BuildEvent(object data) => Store.Graph.Wrap(data);

    public StreamAction Append(string stream, params object[] events) => Collect(stream, StreamActionType.Append, null, events);
    public StreamAction Append(string stream, IEnumerable<object> events) => Append(stream, events.ToArray());

    public StreamAction Append(string stream, long expectedVersion, params object[] events)
    {
        var action = Append(stream, events);
        action.ExpectedVersionOnServer = expectedVersion - action.Events.Count;
        return action;
    }

    public StreamAction Append(string stream, long expectedVersion, IEnumerable<object> events) =>
        Append(stream, expectedVersion, events.ToArray());

    public StreamAction StartStream<TAggregate>(string streamKey, params object[] events) where TAggregate : class =>
        Start(streamKey, typeof(TAggregate), events);

    public StreamAction StartStream<TAggregate>(string streamKey, IEnumerable<object> events) where TAggregate : class =>
        Start(streamKey, typeof(TAggregate), [.. events]);

    public StreamAction StartStream(string streamKey, params object[] events) => Start(streamKey, null, events);
    public StreamAction StartStream(string streamKey, IEnumerable<object> events) => Start(streamKey, null, [.. events]);

    public Task AppendOptimistic(string streamKey, params object[] events) => AppendOptimistic(streamKey, CancellationToken.None, events);

    public async Task AppendOptimistic(string streamKey, CancellationToken token, params object[] events)
    {
        var state = await FetchStreamStateAsync(streamKey, token) ?? throw new NonExistentStreamException(streamKey);
        Append(streamKey, events).ExpectedVersionOnServer = state.Version;
    }

    public async Task<IEventStream<T>> FetchForWriting<T>(string key, CancellationToken cancellation = default) where T : class =>
        Open<T>(key, await Store.Database.ReadAsync(VersionAndEvents(key), cancellation), cancellation);

    public async Task<IEventStream<T>> FetchForWriting<T>(string key, long expectedVersion, CancellationToken cancellation = default)
        where T : class
    {
        var stream = await FetchForWriting<T>(key, cancellation);
        return stream.StartingVersion == expectedVersion ? stream : throw new ConcurrencyException(typeof(T), key);
    }

    public async ValueTask<T?> FetchLatest<T>(string id, CancellationToken cancellation = default) where T : class =>
        await AggregateStreamAsync<T>(id, token: cancellation);

    public void ArchiveStream(string streamKey)
    {
        foreach (var (table, column) in new[] { (Store.Tables.Streams, "id"), (Store.Tables.Events, "stream_id") })
            QueueSqlCommand($"update {table} set is_archived = true where {column} = ?", streamKey);
    }

    public void QueueSqlCommand(string sql, params object[] parameterValues) => QueueSqlCommand('?', sql, parameterValues);

    public void QueueSqlCommand(char placeholder, string sql, params object[] parameterValues) =>
        commands.Add(Statement.Of(placeholder, sql, parameterValues));

    public void EjectAllPendingChanges()
    {
        streams.Clear();
        commands.Clear();
    }

    public Task SaveChangesAsync(CancellationToken token = default) => SaveAsync(NullChangeListener.Instance, null, token);

    /// <summary>Saves with a last statement that must change a row, such as the progress of the page being saved.</summary>
    internal async Task SaveAsync(IChangeListener listener, NpgsqlBatchCommand? guard, CancellationToken token)
    {
        var changed = streams.Values.Where(stream => stream.Events.Count > 0).ToList();
        if (changed.Count == 0 && commands.Count == 0 && guard is null) return;

        foreach (var stream in changed) Prepare(stream);
        if (Store.Graph.AppendMode == EventAppendMode.Rich && changed.Count > 0) await ReserveAsync(changed, token);
        var events = changed.SelectMany(stream => stream.Events).ToList();
        foreach (var projection in Store.Options.Projections.Inline)
        {
            if (events.Count > 0) await projection.Projection!().ApplyAsync(this, events, token);
        }

        var commit = new ChangeSet(changed);
        await listener.BeforeCommitAsync(this, commit, token);
        await Store.Database.RunAsync(connection => ExecuteAsync(connection, changed, guard, token), token);
        EjectAllPendingChanges();
        if (changed.Count > 0) Store.Doorbell.Ring();
        await listener.AfterCommitAsync(this, commit, token);
    }

    async Task<bool> ExecuteAsync(
        NpgsqlConnection connection, List<StreamAction> changed, NpgsqlBatchCommand? guard, CancellationToken token)
    {
        try
        {
            await using var batch = Database.Batch(connection, changed.Count > 0 ? [Store.Appending.For(changed), .. commands] : commands);
            if (guard is not null) batch.BatchCommands.Add(guard);
            // Appends and progress are always the same statements; planning them costs more than running them. Queued ones may be anything.
            if (commands.Count == 0) await batch.PrepareAsync(token);

            // Without a transaction of its own a batch is one: it commits as a whole, in the same round trip.
            await using var rows = await batch.ExecuteReaderAsync(token);
            if (changed.Count > 0) await AppendCommand.ReadAsync(rows, changed, token);
            while (await rows.NextResultAsync(token)) { }
            return true;
        }
        catch (PostgresException failure)
        {
            if (AppendCommand.Translate(failure, changed) is not { } refusal) throw;
            throw refusal;
        }
    }

    StreamAction Start(string key, Type? aggregate, object[] events) =>
        events is { Length: > 0 } ? Collect(key, StreamActionType.Start, aggregate, events) : throw new EmptyEventStreamException(key);

    StreamAction Collect(string key, StreamActionType kind, Type? aggregate, object[] events)
    {
        if (string.IsNullOrEmpty(key)) throw new ArgumentOutOfRangeException(nameof(key), "A stream needs a key");
        if (!streams.TryGetValue(key, out var action)) streams[key] = action = new StreamAction(key, kind);
        else if (kind == StreamActionType.Start) throw new ExistingStreamIdCollisionException(key, aggregate);
        action.AggregateType ??= aggregate;
        foreach (var e in events) action.AddEvent(Store.Graph.Wrap(e));
        return action;
    }

    internal OpenStream<T> Open<T>(string key, List<(long Version, IEvent? Event)> found, CancellationToken cancellation) where T : class
    {
        var kind = found.Count == 0 ? StreamActionType.Start : StreamActionType.Append;
        if (!streams.TryGetValue(key, out var action)) streams[key] = action = new StreamAction(key, kind);
        action.AggregateType = typeof(T);
        action.ExpectedVersionOnServer = found.FirstOrDefault().Version;
        return new OpenStream<T>(action, Fold<T>(null, [.. found.Select(row => row.Event).OfType<IEvent>()], key), Store.Graph, cancellation);
    }

    void Prepare(StreamAction stream)
    {
        var metadata = Store.Graph.MetadataConfig;
        var now = Store.Graph.TimeProvider.GetUtcNow();
        if (stream.ActionType == StreamActionType.Start) stream.ExpectedVersionOnServer = 0;
        var version = stream.ExpectedVersionOnServer;
        foreach (var e in stream.Events)
        {
            if (e.Timestamp == default) e.Timestamp = now;
            if (version is not null) e.Version = (++version).Value;
            if (metadata.CorrelationIdEnabled) e.CorrelationId ??= CorrelationId;
            if (metadata.CausationIdEnabled) e.CausationId ??= CausationId;
            if (metadata.UserNameEnabled) e.UserName ??= LastModifiedBy;
            if (!metadata.HeadersEnabled) continue;
            foreach (var (name, value) in headers) e.SetHeader(name, value);
        }
    }

    /// <summary>Rich appends know sequence and version beforehand, so that inline projections do too.</summary>
    async Task ReserveAsync(List<StreamAction> changed, CancellationToken token)
    {
        var versions = new Query<(string Key, long Version)>(
            Statement.Of($"select id, version from {Store.Tables.Streams} where id = any ($1)", (object)changed.Select(stream => stream.Key!).ToArray()),
            row => (row.GetString(0), row.GetInt64(1)));
        var numbers = new Query<long>(
            Statement.Of($"select nextval('{Store.Tables.Sequence}') from generate_series(1, $1)", changed.Sum(stream => stream.Events.Count)),
            row => row.GetInt64(0));
        await Store.Database.ReadAsync([versions, numbers], token);
        foreach (var (key, version) in await versions.Result) streams[key].ExpectedVersionOnServer ??= version;
        var sequence = (await numbers.Result).GetEnumerator();
        foreach (var stream in changed)
        {
            var version = stream.ExpectedVersionOnServer ??= 0;
            foreach (var e in stream.Events)
            {
                sequence.MoveNext();
                e.Sequence = sequence.Current;
                e.Version = ++version;
            }
        }
    }

    sealed record ChangeSet(IReadOnlyList<StreamAction> Streams) : IChangeSet
    {
        public IEnumerable<IEvent> GetEvents() => Streams.SelectMany(stream => stream.Events);
        public IEnumerable<StreamAction> GetStreams() => Streams;
    }
}
