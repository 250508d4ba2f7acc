using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten.Daemon;
using Marten.Events.Projections;
using Marten.Subscriptions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marten;

/// <summary>Makes the tables before anything else starts. If the database is away for a moment, its first use makes them.</summary>
sealed class TablesAtStartup(IDocumentStore store, ILogger<TablesAtStartup> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var own = (DocumentStore)store;
        try
        {
            await own.Database.CreateTablesAsync(cancellationToken);
        }
        catch (NpgsqlException e) when (e is not PostgresException)
        {
            logger.LogWarning(e, "The database of {Schema} is away; its tables are made when it is back", own.Tables.Schema);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

sealed class DaemonHost(IDocumentStore store, ILogger<ProjectionDaemon> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var own = (DocumentStore)store;
        using var daemon = own.BuildDaemon(logger);
        if (own.Options.Projections.AsyncMode == DaemonMode.HotCold)
        {
            await new Leadership(own, daemon, logger).RunAsync(stoppingToken);
            return;
        }

        await daemon.StartAllAsync();
        await Task.Delay(Timeout.Infinite, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await daemon.StopAllAsync();
    }
}

/// <summary>Each page gets the projection from a scope of its own.</summary>
sealed class ScopedProjection<T>(IServiceProvider provider) : IProjection where T : class, IProjection
{
    public async Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        await using var scope = provider.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<T>().ApplyAsync(operations, events, cancellation);
    }
}

sealed class ScopedSubscription<T> : SubscriptionBase where T : class, ISubscription
{
    readonly IServiceProvider provider;

    public ScopedSubscription(IServiceProvider provider)
    {
        this.provider = provider;
        Name = typeof(T).Name;
        using var scope = provider.CreateScope();
        if (scope.ServiceProvider.GetRequiredService<T>() is not SubscriptionBase inner) return;
        Name = inner.Name;
        Version = inner.Version;
        Options = inner.Options;
        IncludedEventTypes.AddRange(inner.IncludedEventTypes);
    }

    public override async Task<IChangeListener> ProcessEventsAsync(
        EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken)
    {
        await using var scope = provider.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<T>().ProcessEventsAsync(page, controller, operations, cancellationToken);
    }
}
