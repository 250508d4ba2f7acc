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

public interface IConfigureMarten
{
    void Configure(IServiceProvider services, StoreOptions options);
}

public static class MartenServiceCollectionExtensions
{
    public static MartenConfigurationExpression AddMarten(this IServiceCollection services, Action<StoreOptions> configure)
    {
        var options = new StoreOptions();
        configure(options);
        services.AddSingleton(provider =>
        {
            foreach (var late in provider.GetServices<IConfigureMarten>()) late.Configure(provider, options);
            return options;
        });
        services.AddSingleton<IDocumentStore>(provider =>
            new DocumentStore(provider.GetRequiredService<StoreOptions>(), provider.GetService<ILoggerFactory>()));
        services.AddSingleton<ISessionFactory, LightweightSessionFactory>();
        services.AddScoped(provider => provider.GetRequiredService<ISessionFactory>().QuerySession());
        services.AddScoped(provider => provider.GetRequiredService<ISessionFactory>().OpenSession());
        return new MartenConfigurationExpression(services);
    }

    public static MartenConfigurationExpression AddMarten(this IServiceCollection services, string connectionString) =>
        services.AddMarten(options => options.Connection(connectionString));

    public static IServiceCollection ConfigureMarten(this IServiceCollection services, Action<StoreOptions> configure) =>
        services.ConfigureMarten((_, options) => configure(options));

    public static IServiceCollection ConfigureMarten(this IServiceCollection services, Action<IServiceProvider, StoreOptions> configure) =>
        services.AddSingleton<IConfigureMarten>(new LateConfiguration(configure));

    sealed class LateConfiguration(Action<IServiceProvider, StoreOptions> configure) : IConfigureMarten
    {
        public void Configure(IServiceProvider services, StoreOptions options) => configure(services, options);
    }

    public class MartenConfigurationExpression
    {
        internal MartenConfigurationExpression(IServiceCollection services) => Services = services;

        public IServiceCollection Services { get; }

        /// <summary>The substitute has no other kind.</summary>
        public MartenConfigurationExpression UseLightweightSessions() => this;

        public MartenConfigurationExpression UseNpgsqlDataSource(object? serviceKey = null)
        {
            Services.ConfigureMarten((provider, options) => options.Connection(serviceKey is null
                ? provider.GetRequiredService<NpgsqlDataSource>()
                : provider.GetRequiredKeyedService<NpgsqlDataSource>(serviceKey)));
            return this;
        }

        public MartenConfigurationExpression ApplyAllDatabaseChangesOnStartup()
        {
            Services.ConfigureMarten(options => options.ShouldApplyChangesOnStartup = true);
            // First of the hosted services: what starts after it finds the tables.
            Services.Insert(0, ServiceDescriptor.Singleton<IHostedService, TablesAtStartup>());
            return this;
        }

        public MartenConfigurationExpression AddAsyncDaemon(DaemonMode mode)
        {
            Services.ConfigureMarten(options => options.Projections.AsyncMode = mode);
            if (mode is DaemonMode.Solo or DaemonMode.HotCold)
                Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DaemonHost>());
            return this;
        }

        public MartenConfigurationExpression AddProjectionWithServices<T>(
            ProjectionLifecycle lifecycle, ServiceLifetime lifetime, Action<ProjectionBase>? configure = null) where T : class, IProjection
        {
            Register<T>(lifetime);
            Services.ConfigureMarten((provider, options) => options.Projections.Add(
                lifetime == ServiceLifetime.Singleton
                    ? new ProjectionRegistration(provider.GetRequiredService<T>, lifecycle) { Name = typeof(T).Name }
                    : new ProjectionRegistration(() => new ScopedProjection<T>(provider), lifecycle) { Name = typeof(T).Name },
                configure));
            return this;
        }

        public MartenConfigurationExpression AddProjectionWithServices<T>(
            ProjectionLifecycle lifecycle, ServiceLifetime lifetime, string projectionName) where T : class, IProjection =>
            AddProjectionWithServices<T>(lifecycle, lifetime, settings => settings.Name = projectionName);

        public MartenConfigurationExpression AddSubscriptionWithServices<T>(
            ServiceLifetime lifetime, Action<ISubscriptionOptions>? configure = null) where T : class, ISubscription
        {
            Register<T>(lifetime);
            Services.ConfigureMarten((provider, options) => options.Projections.Subscribe(
                lifetime == ServiceLifetime.Singleton ? provider.GetRequiredService<T>() : new ScopedSubscription<T>(provider), configure));
            return this;
        }

        void Register<T>(ServiceLifetime lifetime) where T : class
        {
            if (lifetime == ServiceLifetime.Singleton) Services.AddSingleton<T>();
            else Services.AddScoped<T>();
        }
    }
}
