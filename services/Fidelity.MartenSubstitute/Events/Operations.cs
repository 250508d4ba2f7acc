namespace JasperFx.Events
{
    public interface IQueryEventStore
    {
        Task<IReadOnlyList<IEvent>> FetchStreamAsync(
            string streamKey, long version = 0, DateTimeOffset? timestamp = null, long fromVersion = 0, CancellationToken token = default);

        Task<T?> AggregateStreamAsync<T>(
            string streamKey, long version = 0, DateTimeOffset? timestamp = null, T? state = null, long fromVersion = 0,
            CancellationToken token = default) where T : class;

        Task<StreamState?> FetchStreamStateAsync(string streamKey, CancellationToken token = default);
    }

    public interface IEventOperations
    {
        StreamAction Append(string stream, params object[] events);
        StreamAction Append(string stream, IEnumerable<object> events);
        StreamAction Append(string stream, long expectedVersion, params object[] events);
        StreamAction Append(string stream, long expectedVersion, IEnumerable<object> events);
        StreamAction StartStream<TAggregate>(string streamKey, params object[] events) where TAggregate : class;
        StreamAction StartStream<TAggregate>(string streamKey, IEnumerable<object> events) where TAggregate : class;
        StreamAction StartStream(string streamKey, params object[] events);
        StreamAction StartStream(string streamKey, IEnumerable<object> events);
    }

    public interface IEventStoreOperations : IEventOperations, IQueryEventStore
    {
        /// <summary>Wraps data for appending, to give it a time or headers of its own.</summary>
        IEvent BuildEvent(object data);
        Task AppendOptimistic(string streamKey, CancellationToken token, params object[] events);
        Task AppendOptimistic(string streamKey, params object[] events);
        Task<IEventStream<T>> FetchForWriting<T>(string key, CancellationToken cancellation = default) where T : class;
        Task<IEventStream<T>> FetchForWriting<T>(string key, long expectedVersion, CancellationToken cancellation = default)
            where T : class;
        ValueTask<T?> FetchLatest<T>(string id, CancellationToken cancellation = default) where T : class;
        void ArchiveStream(string streamKey);
    }
}

namespace Marten.Events
{
    public interface IQueryEventStore : JasperFx.Events.IQueryEventStore;

    public interface IEventOperations : JasperFx.Events.IEventOperations;

    public interface IEventStoreOperations : JasperFx.Events.IEventStoreOperations, IEventOperations, IQueryEventStore;
}
