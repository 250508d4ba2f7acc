using JasperFx.Events;
using Marten.Services.BatchQuerying;
using Npgsql;

namespace Marten.Services.BatchQuerying
{
    public interface IBatchedQuery
    {
        IBatchEvents Events { get; }
        Task Execute(CancellationToken token = default);
    }

    public interface IBatchEvents
    {
        Task<StreamState?> FetchStreamState(string streamKey);
        Task<IReadOnlyList<IEvent>> FetchStream(string streamKey, long version = 0, DateTimeOffset? timestamp = null, long fromVersion = 0);
        Task<IEventStream<T>> FetchForWriting<T>(string key) where T : class;
    }
}

namespace Marten.Sessions
{
    /// <summary>Something to read of one stream, and what came of it.</summary>
    abstract class StreamQuery(NpgsqlBatchCommand command)
    {
        public NpgsqlBatchCommand Command => command;
        public abstract Task ReadAsync(NpgsqlDataReader rows, CancellationToken token);
    }

    sealed class StreamQuery<T>(NpgsqlBatchCommand command, Func<NpgsqlDataReader, CancellationToken, Task<T>> read) : StreamQuery(command)
    {
        readonly TaskCompletionSource<T> result = new();

        public Task<T> Result => result.Task;

        public override async Task ReadAsync(NpgsqlDataReader rows, CancellationToken token) => result.SetResult(await read(rows, token));
    }

    /// <summary>Reads of many streams, sent together; each task completes when the batch has been executed.</summary>
    sealed class BatchedQuery(QuerySession session) : IBatchedQuery, IBatchEvents
    {
        readonly List<StreamQuery> queries = [];

        public IBatchEvents Events => this;

        public Task<StreamState?> FetchStreamState(string streamKey) => Add(session.State(streamKey)).Result;

        public async Task<IReadOnlyList<IEvent>> FetchStream(
            string streamKey, long version = 0, DateTimeOffset? timestamp = null, long fromVersion = 0) =>
            await Add(session.Stream(streamKey, version, timestamp, fromVersion)).Result;

        public async Task<IEventStream<T>> FetchForWriting<T>(string key) where T : class =>
            ((DocumentSession)session).Open<T>(key, await Add(session.VersionAndEvents(key)).Result, CancellationToken.None);

        public async Task Execute(CancellationToken token = default)
        {
            if (queries.Count > 0) await session.RunAsync(queries, token);
            queries.Clear();
        }

        StreamQuery<T> Add<T>(StreamQuery<T> query)
        {
            queries.Add(query);
            return query;
        }
    }
}
