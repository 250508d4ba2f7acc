using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Marten.Subscriptions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
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
        builder.Services.AddSingleton(new EventStore(schema, events));
        builder.Services.AddHostedService<ReadTables>();
        // Of a statement that fails Marten logs every value, and so what families said. Whoever wanted it gets the exception.
        builder.Logging.AddFilter("Marten.IDocumentStore", LogLevel.None);
        var marten = builder.Services.AddEventStore(schema, events).AddAsyncDaemon(DaemonMode.HotCold);
        builder.Services.AddSingleton<EventWriter>();
        builder.Services.AddSingleton<ErasedStreams>();
        builder.Services.AddHostedService(services => services.GetRequiredService<EventWriter>());
        return new EventStreamsBuilder(builder.Services, marten);
    }

    /// <summary>The store itself, as the service and a rebuild of its tables have it.</summary>
    internal static MartenServiceCollectionExtensions.MartenConfigurationExpression AddEventStore(
        this IServiceCollection services, string schema, Action<StoreOptions> events) => services.AddMarten(options =>
        {
            options.DatabaseSchemaName = schema;
            // Every service makes its tables when it starts, and all start at once: under one lock for all, Marten gives up.
            options.ApplyChangesLockId = BinaryPrimitives.ReadInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(schema)));
            // jsonb does not keep the order of properties, so the kind of a stored command may come anywhere.
            options.UseSystemTextJsonForSerialization(casing: Casing.CamelCase, configure: json => json.AllowOutOfOrderMetadataProperties = true);
            options.Events.StreamIdentity = StreamIdentity.AsString;
            options.Events.AppendMode = EventAppendMode.Quick;
            options.Events.UseListenNotifyForEventAppends = true;
            // At a gap in the sequence Marten waits for every transaction in the database that is older than the gap. The locks by
            // which daemons lead must not be such transactions, nor be watched by queries that are: the services would wait for
            // each other for ever. What the watching is for stays harmless: of two daemons that both believe they lead, after the
            // database was away, only one can save a page.
            options.Events.UseAdvisoryLockTransaction = false;
            options.Events.UseMonitoredAdvisoryLock = false;
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
        .ApplyAllDatabaseChangesOnStartup();
}

/// <summary>The schema that holds a service's streams and read tables.</summary>
public sealed record ServiceSchema(string Name);

/// <summary>The store of a service: its schema, and the names of its events.</summary>
sealed record EventStore(string Schema, Action<StoreOptions> Events);

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

/// <summary>A read table that is filled from the events and from nothing else, so that it can be made anew.</summary>
public interface IReadModel : IProjection, IReadSomeEvents
{
    static abstract ReadTable Table { get; }
}

/// <summary>A read model by name, and how a store is told of it: as the service has it, and as new tables of it are filled.</summary>
sealed record ReadModel(
    string Name, ReadTable Table, Action<MartenServiceCollectionExtensions.MartenConfigurationExpression> Register,
    Action<MartenServiceCollectionExtensions.MartenConfigurationExpression, uint> RegisterUpTo)
{
    public static ReadModel Of<T>(string name) where T : class, IReadModel
    {
        return new(name, T.Table, marten => Add<T>(marten, 1), Add<UpTo<T>>);

        void Add<TProjection>(MartenServiceCollectionExtensions.MartenConfigurationExpression marten, uint version) where TProjection : class, IProjection =>
            marten.AddProjectionWithServices<TProjection>(ProjectionLifecycle.Async, ServiceLifetime.Singleton, projection =>
            {
                projection.Name = name;
                projection.Version = version;
                foreach (var type in T.Events)
                    projection.IncludeType(type);
            });
    }
}

public sealed class EventStreamsBuilder(IServiceCollection services, MartenServiceCollectionExtensions.MartenConfigurationExpression marten)
{
    /// <summary>Makes a table at start that the service itself keeps.</summary>
    public EventStreamsBuilder Table(ReadTable table)
    {
        services.AddSingleton(table);
        return this;
    }

    /// <summary>Feeds a read table from the events, apart from the transaction that appended them.</summary>
    public EventStreamsBuilder Project<T>(string name) where T : class, IReadModel
    {
        var model = ReadModel.Of<T>(name);
        model.Register(marten);
        services.AddSingleton(model);
        services.AddSingleton(new Shard(name));
        return Table(model.Table);
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
