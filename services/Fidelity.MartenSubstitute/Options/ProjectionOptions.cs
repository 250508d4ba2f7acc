using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using JasperFx.Events.Subscriptions;
using Marten.Subscriptions;

namespace Marten.Events.Projections;

public class ProjectionOptions
{
    readonly EventGraph graph;
    readonly List<Registration> registrations = [];
    readonly List<string> live = [];

    internal ProjectionOptions(EventGraph graph) => this.graph = graph;

    public ErrorHandlingOptions Errors { get; } = new();
    public DaemonMode AsyncMode { get; set; } = DaemonMode.Disabled;

    /// <summary>How long a gap in the sequence is given to fill before it counts as abandoned.</summary>
    public TimeSpan StaleSequenceThreshold { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often a daemon looks for events while some are on their way, and when all is quiet.</summary>
    public TimeSpan FastPollingTime { get; set; } = TimeSpan.FromMilliseconds(250);
    public TimeSpan SlowPollingTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often, in milliseconds, a daemon that does not lead tries to.</summary>
    public int LeadershipPollingTime { get; set; } = 5000;

    internal IEnumerable<Registration> Inline => registrations.Where(r => r.Lifecycle == ProjectionLifecycle.Inline);
    internal IReadOnlyList<Registration> Async => [.. registrations.Where(r => r.Lifecycle == ProjectionLifecycle.Async)];

    public void Add(
        IProjection projection, ProjectionLifecycle lifecycle, string? projectionName = null,
        Action<AsyncOptions>? asyncConfiguration = null) =>
        Add(new ProjectionRegistration(() => projection, lifecycle) { Name = projectionName ?? projection.GetType().Name },
            settings => asyncConfiguration?.Invoke(settings.Options));

    public void Subscribe(ISubscription subscription, Action<ISubscriptionOptions>? configure = null)
    {
        var source = subscription as SubscriptionBase ?? new PlainSubscription(subscription);
        configure?.Invoke(source);
        registrations.Add(new Registration(source, source.Name, source.Version, source.Options, ProjectionLifecycle.Async, null, source));
    }

    /// <summary>Names an aggregate that is always folded from its stream; any other may be folded as well.</summary>
    public void LiveStreamAggregation<T>(Action<AsyncOptions>? asyncConfiguration = null) where T : class
    {
        graph.AliasFor(typeof(T));
        live.Add(typeof(T).Name);
    }

    /// <summary>An aggregate has the name of its type, among the names of projections and subscriptions.</summary>
    internal void RefuseSharedNames()
    {
        var shared = registrations.Select(r => r.Name).Concat(live).GroupBy(name => name, StringComparer.Ordinal)
            .Where(group => group.Skip(1).Any()).Select(group => $"'{group.Key}'").ToList();
        if (shared.Count > 0)
            throw new DuplicateSubscriptionNamesException($"More than one projection, subscription or aggregate is named {string.Join(", ", shared)}");
    }

    internal void Add(ProjectionRegistration settings, Action<ProjectionRegistration>? configure)
    {
        configure?.Invoke(settings);
        registrations.Add(new Registration(
            settings, settings.Name, settings.Version, settings.Options, settings.Lifecycle, settings.Resolve, null));
    }
}

/// <summary>One projection or subscription as the store runs it.</summary>
sealed record Registration(
    EventFilterable Filter, string Name, uint Version, AsyncOptions Options, ProjectionLifecycle Lifecycle,
    Func<IProjection>? Projection, ISubscription? Subscription)
{
    public ShardName Shard { get; } = new(Name, ShardName.All, Version);
}

sealed class ProjectionRegistration : ProjectionBase
{
    public ProjectionRegistration(Func<IProjection> resolve, ProjectionLifecycle lifecycle)
    {
        Resolve = resolve;
        Lifecycle = lifecycle;
    }

    public Func<IProjection> Resolve { get; }
}

sealed class PlainSubscription : SubscriptionBase
{
    readonly ISubscription inner;

    public PlainSubscription(ISubscription inner)
    {
        this.inner = inner;
        Name = inner.GetType().Name;
    }

    public override Task<IChangeListener> ProcessEventsAsync(
        EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken) =>
        inner.ProcessEventsAsync(page, controller, operations, cancellationToken);
}
