using System.Data;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using JasperFx.Events.Protected;
using Marten.Events.Projections;
using Marten.Subscriptions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Marten
{
    public class AdvancedOperations
    {
        internal AdvancedOperations() { }
        public Task ApplyEventDataMasking(Action<IEventDataMasking> configure, CancellationToken token = default) => throw new NotSupportedException();
        public Task<IReadOnlyList<ShardState>> AllProjectionProgress(string? tenantId = null, CancellationToken token = default) => throw new NotSupportedException();
    }

    public class DocumentStore : IDocumentStore
    {
        internal DocumentStore(StoreOptions options, ILoggerFactory? loggers) { _ = options; _ = loggers; }
        public static DocumentStore For(Action<StoreOptions> configure) { var o = new StoreOptions(); configure(o); return new DocumentStore(o, null); }
        public AdvancedOperations Advanced => throw new NotSupportedException();
        public IDocumentSession LightweightSession(IsolationLevel isolationLevel = IsolationLevel.ReadCommitted) => throw new NotSupportedException();
        public IQuerySession QuerySession() => throw new NotSupportedException();
        public ValueTask<IProjectionDaemon> BuildProjectionDaemonAsync(string? tenantIdOrDatabaseIdentifier = null, ILogger? logger = null) => throw new NotSupportedException();
        public Task BulkInsertEventsAsync(IReadOnlyList<StreamAction> streams, int batchSize = 1000, CancellationToken cancellation = default) => throw new NotSupportedException();
        public void Dispose() => GC.SuppressFinalize(this);
        public ValueTask DisposeAsync() { GC.SuppressFinalize(this); return default; }
    }

    sealed class LightweightSessionFactory(IDocumentStore store) : ISessionFactory
    {
        public IQuerySession QuerySession() => store.QuerySession();
        public IDocumentSession OpenSession() => store.LightweightSession();
    }

    sealed class TablesAtStartup : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => throw new NotSupportedException();
    }

    sealed class DaemonHost : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => throw new NotSupportedException();
    }

    sealed class ScopedProjection<T>(IServiceProvider provider) : IProjection where T : class, IProjection
    {
        public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation) => throw new NotSupportedException(provider.ToString());
    }

    sealed class ScopedSubscription<T>(IServiceProvider provider) : ISubscription where T : class, ISubscription
    {
        public Task<IChangeListener> ProcessEventsAsync(EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken) => throw new NotSupportedException(provider.ToString());
    }
}

namespace Marten.Events
{
    public static class TestingExtensions
    {
        public static Task WaitForNonStaleProjectionDataAsync(this IHost host, TimeSpan timeout) => throw new NotSupportedException();
        public static Task WaitForNonStaleProjectionDataAsync(this IDocumentStore store, TimeSpan timeout) => throw new NotSupportedException();
    }
}
