using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events;
using Marten.Events.Projections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Fidelity.EventStore;

public sealed class HostingTests : IAsyncLifetime
{
    readonly Installation installation = new();
    IHost? host;

    public ValueTask InitializeAsync() => installation.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
        {
            await host.StopAsync();
            host.Dispose();
        }

        await installation.DisposeAsync();
    }

    [Theory]
    [InlineData(ServiceLifetime.Singleton)]
    [InlineData(ServiceLifetime.Scoped)]
    public async Task A_projection_gets_its_services_and_the_name_and_version_it_is_given(ServiceLifetime lifetime)
    {
        await StartAsync(marten => marten.AddProjectionWithServices<CountingProjection>(ProjectionLifecycle.Async, lifetime, options =>
        {
            options.Name = "Counting";
            options.Version = 2;
        }));
        await using var scope = host!.Services.CreateAsyncScope();
        var session = scope.ServiceProvider.GetRequiredService<IDocumentSession>();
        session.Events.Append("account:1", new Deposited(1), new Deposited(2));
        await session.SaveChangesAsync();

        await host.WaitForNonStaleProjectionDataAsync(Eventually.Soon);

        host.Services.GetRequiredService<Counter>().Count.ShouldBe(2);
        var progress = await host.Services.GetRequiredService<IDocumentStore>().Advanced.AllProjectionProgress();
        progress.ShouldContain(state => state.ShardName == "Counting:V2:All" && state.Sequence == 2);
    }

    [Fact]
    public async Task A_subscription_may_begin_at_the_present()
    {
        await Installation.WithTablesAsync(installation.Store());
        var recorder = new Recorder();
        await StartAsync(
            marten => marten.AddSubscriptionWithServices<Recorder>(ServiceLifetime.Singleton, options =>
            {
                options.Name = "Recorder";
                options.Options.SubscribeFromPresent();
            }),
            recorder);
        await Eventually.Becomes(
            async () => (await installation.Store().Advanced.AllProjectionProgress()).Any(state => state.ShardName == "Recorder:All" && state.Sequence == 1), true);

        await using var session = installation.Store().LightweightSession();
        session.Events.Append("account:1", new Deposited(1));
        await session.SaveChangesAsync();

        await Eventually.Becomes(() => recorder.Events.Count, 1);
        recorder.Events[0].StreamKey.ShouldBe("account:1");
    }

    [Fact]
    public async Task An_event_given_up_is_kept_as_a_dead_letter()
    {
        var recorder = new Recorder((page, controller, _, _) =>
            controller.RecordDeadLetterEventAsync(page.Events[0], new InvalidOperationException("cannot be published")));
        await StartAsync(marten => marten.AddSubscriptionWithServices<Recorder>(ServiceLifetime.Singleton, options => options.Name = "Recorder"), recorder);
        await using var session = installation.Store().LightweightSession();
        session.Events.Append("account:1", new Deposited(1));
        await session.SaveChangesAsync();

        await Eventually.Becomes(() => recorder.Events.Count, 1);
        await Eventually.Becomes(
            () => installation.ScalarAsync<long>($"select count(*) from {installation.Schema}.mt_doc_deadletterevent where data ->> 'ExceptionMessage' is not null or data ->> 'exceptionMessage' is not null"), 1L);
    }

    async Task StartAsync(Action<MartenServiceCollectionExtensions.MartenConfigurationExpression> configure, Recorder? recorder = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<Counter>();
        configure(builder.Services
            .AddMarten(options => Installation.Configure(options, installation.Schema))
            .UseLightweightSessions()
            .ApplyAllDatabaseChangesOnStartup()
            .AddAsyncDaemon(DaemonMode.Solo));
        if (recorder is not null) builder.Services.AddSingleton(recorder);
        host = builder.Build();
        await host.StartAsync();
    }

    public sealed class Counter
    {
        int count;
        public int Count => count;
        public void Add(int number) => Interlocked.Add(ref count, number);
    }

    public sealed class CountingProjection(Counter counter) : IProjection
    {
        public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
        {
            counter.Add(events.Count);
            return Task.CompletedTask;
        }
    }
}
