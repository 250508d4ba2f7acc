using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fidelity.ServiceDefaults.Tests;

/// <summary>How far subscriptions are behind, as operators see it.</summary>
public sealed class LagTests : IAsyncLifetime
{
    readonly Installation installation = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => installation.InitializeAsync();

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Fact]
    public async Task A_subscription_that_stands_is_behind_by_what_is_appended_and_catches_up_when_it_goes_on()
    {
        using var watch = installation.Watch(new Hurried());
        await Append("before", 3);
        (await Until(watch, lag => lag is { Position: 3, Events: 0 })).Oldest.ShouldBeNull();
        await installation.WhileTheProjectionStands(async () =>
        {
            var first = TimeProvider.System.GetUtcNow();
            await Append("meanwhile", 4);
            var then = TimeProvider.System.GetUtcNow();
            await Append("meanwhile, later", 1);
            var lag = await Until(watch, lag => lag.Events == 5);
            lag.Subscription.ShouldBe("Tally");
            lag.Oldest!.Value.ShouldBeInRange(first - Imprecision, then + Imprecision);
        });
        await Until(watch, lag => lag is { Position: 8, Events: 0, Oldest: null });
    }

    [Fact]
    public async Task A_service_is_degraded_only_when_an_event_has_waited_for_long()
    {
        using var now = installation.Watch(new Hurried());
        using var soon = installation.Watch(new Hurried(LagWatch.LongestWait - TimeSpan.FromMinutes(1)));
        using var later = installation.Watch(new Hurried(LagWatch.LongestWait + TimeSpan.FromMinutes(1)));
        (await Check(now)).Status.ShouldBe(HealthStatus.Degraded, "nothing is known yet");
        await Append("before", 1);
        await Until(later, lag => lag is { Position: 1, Events: 0 });
        (await Check(later)).Status.ShouldBe(HealthStatus.Healthy, "nothing waits, however late it is");
        await installation.WhileTheProjectionStands(async () =>
        {
            await Append("meanwhile", 2);
            foreach (var watch in new[] { now, soon, later })
                await Until(watch, lag => lag.Events == 2);
            (await Check(now)).Status.ShouldBe(HealthStatus.Healthy);
            (await Check(soon)).Status.ShouldBe(HealthStatus.Healthy);
            var late = await Check(later);
            late.Status.ShouldBe(HealthStatus.Degraded);
            late.Description!.ShouldContain("Tally");
        });
    }

    [Fact]
    public async Task Events_and_age_are_metrics_of_each_subscription()
    {
        using var watch = installation.Watch(new Hurried(TimeSpan.FromHours(1)));
        await Append("before", 1);
        await Until(watch, lag => lag is { Position: 1 });
        await installation.WhileTheProjectionStands(async () =>
        {
            await Append("meanwhile", 2);
            await Until(watch, lag => lag.Events == 2);
            var measured = new Dictionary<string, double>();
            using var listener = new MeterListener
            {
                InstrumentPublished = (instrument, listener) =>
                {
                    if (instrument.Meter.Name == "Fidelity" && instrument.Meter.Scope == installation.Meters)
                        listener.EnableMeasurementEvents(instrument);
                },
            };
            listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
                measured[$"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}"] = value);
            listener.Start();
            listener.RecordObservableInstruments();
            measured["fidelity.lag subscription=Tally"].ShouldBe(2);
            measured["fidelity.lag.oldest_age subscription=Tally"].ShouldBeInRange(3600 - Imprecision.TotalSeconds, 3600 + 300);
        });
    }

    /// <summary>Marten takes the database's time for some events; it is the same machine's.</summary>
    static readonly TimeSpan Imprecision = TimeSpan.FromSeconds(1);

    Task<bool> Append(string key, int number) => installation.Writer.Write(async streams =>
    {
        var stream = await streams.Open<Counter>(key);
        for (var count = 1; count <= number; count++)
        {
            var added = new Added(key, count);
            stream.Append((stream.State ?? new Counter()).Apply(added), [added]);
        }

        return true;
    }, Cancelled);

    static async Task<Lag> Until(LagWatch watch, Predicate<Lag> wished)
    {
        if (watch.ExecuteTask is null)
            await watch.StartAsync(Cancelled);
        while (watch.Latest is not [var lag] || !wished(lag))
            await Task.Delay(20, Cancelled);
        return watch.Latest[0];
    }

    static Task<HealthCheckResult> Check(LagWatch watch) => new LagHealth(watch).CheckHealthAsync(new(), Cancelled);

    /// <summary>Looks often, so that nobody waits for it, and may be ahead.</summary>
    sealed class Hurried(TimeSpan ahead = default) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime / 100, period / 100);
    }
}
