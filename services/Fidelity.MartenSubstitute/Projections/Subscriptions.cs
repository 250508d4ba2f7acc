using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using JasperFx.Events.Subscriptions;
using Marten.Services;

namespace JasperFx.Events.Subscriptions
{
    public interface ISubscriptionOptions : IEventFilterable
    {
        string Name { get; set; }
        uint Version { get; set; }
        AsyncOptions Options { get; }
    }
}

namespace JasperFx.Events.Daemon
{
    public interface ISubscriptionController
    {
        ShardName Name { get; }
        AsyncOptions Options { get; }
        ValueTask MarkSuccessAsync(long processedCeiling);
        Task ReportCriticalFailureAsync(Exception ex);
        Task ReportCriticalFailureAsync(Exception ex, long lastProcessed);
        Task RecordDeadLetterEventAsync(IEvent @event, Exception ex);
    }
}

namespace Marten.Services
{
    /// <summary>What a session committed, as its listener gets to see it.</summary>
    public interface IChangeSet
    {
        IEnumerable<IEvent> GetEvents();
        IEnumerable<StreamAction> GetStreams();
    }
}

namespace Marten
{
    public interface IChangeListener
    {
        Task AfterCommitAsync(IDocumentSession session, IChangeSet commit, CancellationToken token);
        Task BeforeCommitAsync(IDocumentSession session, IChangeSet commit, CancellationToken token);
    }

    public class NullChangeListener : IChangeListener
    {
        NullChangeListener() { }
        public static IChangeListener Instance { get; } = new NullChangeListener();
        public Task AfterCommitAsync(IDocumentSession session, IChangeSet commit, CancellationToken token) => Task.CompletedTask;
        public Task BeforeCommitAsync(IDocumentSession session, IChangeSet commit, CancellationToken token) => Task.CompletedTask;
    }
}

namespace Marten.Subscriptions
{
    public interface ISubscription
    {
        Task<IChangeListener> ProcessEventsAsync(
            EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken);
    }

    public abstract class SubscriptionBase : EventFilterable, ISubscription, ISubscriptionOptions
    {
        protected SubscriptionBase() => Name = GetType().Name;

        public string Name { get; set; }
        public uint Version { get; set; } = 1;
        public AsyncOptions Options { get; protected set; } = new();

        public abstract Task<IChangeListener> ProcessEventsAsync(
            EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken);
    }
}
