using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using JasperFx.Events.Subscriptions;
using Marten.Events.Projections;
using Marten.Subscriptions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marten;

public static class MartenServiceCollectionExtensions
{
    public static MartenConfigurationExpression AddMarten(this IServiceCollection services, Action<StoreOptions> configure)
    {
        var options = new StoreOptions();
        configure(options);
        services.AddSingleton(provider =>
        {
            foreach (var late in provider.GetServices<LateConfiguration>()) late.Configure(provider, options);
            return options;
        });
        services.AddSingleton<IDocumentStore>(provider =>
            new DocumentStore(provider.GetRequiredService<StoreOptions>(), provider.GetService<ILoggerFactory>()));
        services.AddSingleton<ISessionFactory, LightweightSessionFactory>();
        services.AddScoped(provider => provider.GetRequiredService<ISessionFactory>().QuerySession());
        services.AddScoped(provider => provider.GetRequiredService<ISessionFactory>().OpenSession());
        return new MartenConfigurationExpression(services);
    }

    sealed record LateConfiguration(Action<IServiceProvider, StoreOptions> Configure);

    public class MartenConfigurationExpression
    {
        internal MartenConfigurationExpression(IServiceCollection services) => Services = services;

        public IServiceCollection Services { get; }

        /// <summary>The substitute has no other kind.</summary>
        public MartenConfigurationExpression UseLightweightSessions() => this;

        public MartenConfigurationExpression UseNpgsqlDataSource() =>
            Late((provider, options) => options.Connection(provider.GetRequiredService<NpgsqlDataSource>()));

        public MartenConfigurationExpression ApplyAllDatabaseChangesOnStartup()
        {
            // First of the hosted services: what starts after it finds the tables.
            Services.Insert(0, ServiceDescriptor.Singleton<IHostedService, TablesAtStartup>());
            return this;
        }

        public MartenConfigurationExpression AddAsyncDaemon(DaemonMode mode)
        {
            if (mode is DaemonMode.Solo or DaemonMode.HotCold)
                Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DaemonHost>());
            return Late((_, options) => options.Projections.AsyncMode = mode);
        }

        public MartenConfigurationExpression AddProjectionWithServices<T>(
            ProjectionLifecycle lifecycle, ServiceLifetime lifetime, Action<ProjectionBase>? configure = null) where T : class, IProjection
        {
            Register<T>(lifetime);
            return Late((provider, options) => options.Projections.Add(
                lifetime == ServiceLifetime.Singleton
                    ? new ProjectionRegistration(provider.GetRequiredService<T>, lifecycle) { Name = typeof(T).Name }
                    : new ProjectionRegistration(() => new ScopedProjection<T>(provider), lifecycle) { Name = typeof(T).Name },
                configure));
        }

        public MartenConfigurationExpression AddSubscriptionWithServices<T>(
            ServiceLifetime lifetime, Action<ISubscriptionOptions>? configure = null) where T : class, ISubscription
        {
            Register<T>(lifetime);
            return Late((provider, options) => options.Projections.Subscribe(
                lifetime == ServiceLifetime.Singleton ? provider.GetRequiredService<T>() : new ScopedSubscription<T>(provider), configure));
        }

        MartenConfigurationExpression Late(Action<IServiceProvider, StoreOptions> configure)
        {
            Services.AddSingleton(new LateConfiguration(configure));
            return this;
        }

        void Register<T>(ServiceLifetime lifetime) where T : class
        {
            if (lifetime == ServiceLifetime.Singleton) Services.AddSingleton<T>();
            else Services.AddScoped<T>();
        }
    }
}
