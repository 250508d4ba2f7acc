using Fidelity.Contracts;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Marten.Subscriptions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Weasel.Core;

namespace Fidelity.ServiceDefaults;

/// <summary>One event store per service, used the same way everywhere.</summary>
public static class EventStreams
{
    /// <summary>
    /// Opens the service's event store in its own schema. Unknown events and failed applies stop a subscription
    /// instead of being skipped: a record that is passed over in silence is worse than one that waits.
    /// </summary>
    public static EventStreamsBuilder AddEventStreams(this WebApplicationBuilder builder, string schema, Action<StoreOptions> events)
    {
        var connection = builder.Configuration["FIDELITY_POSTGRES"]
            ?? throw new InvalidOperationException("FIDELITY_POSTGRES must hold the PostgreSQL connection string.");
        builder.Services.AddSingleton(NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection)
        {
            ApplicationName = $"fidelity-{schema}", MaxPoolSize = 20,
            // Nothing here leaves settings behind on a connection, and locks are given back by who took them.
            NoResetOnClose = true,
        }));
        builder.Services.AddSingleton(new ServiceSchema(schema));
        builder.Services.AddHostedService<ReadTables>();
        var marten = builder.Services.AddMarten(options =>
            {
                options.DatabaseSchemaName = schema;
                // jsonb does not keep the order of properties, so the kind of a stored command may come anywhere.
                options.UseSystemTextJsonForSerialization(casing: Casing.CamelCase, configure: json => json.AllowOutOfOrderMetadataProperties = true);
                options.Events.StreamIdentity = StreamIdentity.AsString;
                options.Events.AppendMode = EventAppendMode.Quick;
                options.Events.UseListenNotifyForEventAppends = true;
                options.Events.MetadataConfig.CorrelationIdEnabled = true;
                options.Events.MetadataConfig.CausationIdEnabled = true;
                options.Events.MetadataConfig.HeadersEnabled = true;
                options.Projections.Errors.SkipApplyErrors = false;
                options.Projections.Errors.SkipUnknownEvents = false;
                options.Projections.Errors.SkipSerializationErrors = false;
                events(options);
            })
            .UseLightweightSessions()
            .UseNpgsqlDataSource()
            .ApplyAllDatabaseChangesOnStartup()
            .AddAsyncDaemon(DaemonMode.HotCold);
        builder.Services.AddSingleton<EventWriter>();
        builder.Services.AddHostedService(services => services.GetRequiredService<EventWriter>());
        return new EventStreamsBuilder(builder.Services, marten);
    }
}

/// <summary>The schema that holds a service's streams and read tables.</summary>
public sealed record ServiceSchema(string Name);

/// <summary>The names under which a service's daemon keeps its progress.</summary>
public sealed record Shard(string Name)
{
    public string ProgressName => $"{Name}:All";
}

/// <summary>Names the events that a projection or subscription is given; all others are passed over unread.</summary>
public interface IReadSomeEvents
{
    static abstract IReadOnlyList<Type> Events { get; }
}

public sealed class EventStreamsBuilder(IServiceCollection services, MartenServiceCollectionExtensions.MartenConfigurationExpression marten)
{
    /// <summary>Makes a read table at start.</summary>
    public EventStreamsBuilder Table(ReadTable table)
    {
        services.AddSingleton(table);
        return this;
    }

    /// <summary>Feeds a read table from the events, apart from the transaction that appended them.</summary>
    public EventStreamsBuilder Project<T>(string name) where T : class, IProjection, IReadSomeEvents
    {
        marten.AddProjectionWithServices<T>(ProjectionLifecycle.Async, ServiceLifetime.Singleton, projection =>
        {
            projection.Name = name;
            foreach (var type in T.Events)
                projection.IncludeType(type);
        });
        services.AddSingleton(new Shard(name));
        return this;
    }

    /// <summary>Publishes what was appended, at least once and in stream order.</summary>
    public EventStreamsBuilder Publish<T>(string name) where T : class, ISubscription, IReadSomeEvents
    {
        marten.AddSubscriptionWithServices<T>(ServiceLifetime.Singleton, subscription =>
        {
            subscription.Name = name;
            foreach (var type in T.Events)
                subscription.IncludeType(type);
        });
        services.AddSingleton(new Shard(name));
        return this;
    }
}
