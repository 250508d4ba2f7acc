using JasperFx.Events;
using Marten.Services.BatchQuerying;
using Marten.Tables;

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
    /// <summary>Reads of many streams, sent together; each task completes when the batch has been executed.</summary>
    sealed class BatchedQuery(QuerySession session, Database database) : IBatchedQuery, IBatchEvents
    {
        readonly List<Query> queries = [];

        public IBatchEvents Events => this;

        public async Task<StreamState?> FetchStreamState(string streamKey) => (await Add(session.State(streamKey)).Result).FirstOrDefault();

        public async Task<IReadOnlyList<IEvent>> FetchStream(
            string streamKey, long version = 0, DateTimeOffset? timestamp = null, long fromVersion = 0) =>
            await Add(session.Stream(streamKey, version, timestamp, fromVersion)).Result;

        public async Task<IEventStream<T>> FetchForWriting<T>(string key) where T : class =>
            ((DocumentSession)session).Open<T>(key, await Add(session.VersionAndEvents(key)).Result, CancellationToken.None);

        public async Task Execute(CancellationToken token = default)
        {
            if (queries.Count > 0) await database.ReadAsync(queries, token);
            queries.Clear();
        }

        Query<T> Add<T>(Query<T> query)
        {
            queries.Add(query);
            return query;
        }
    }
}
