using System.Diagnostics;
using System.Globalization;

namespace Fidelity.Benchmarks;

/// <summary>The broker is killed, events are appended to Tam's store, the broker is started again: what that takes, and of Tam's memory.</summary>
static class BrokerAway
{
    /// <summary>Long enough that what grows with time, and not with events, would show.</summary>
    static readonly TimeSpan Away = TimeSpan.FromSeconds(60);

    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    static readonly int Events = int.Parse(Environment.GetEnvironmentVariable("FIDELITY_BENCH_EVENTS") ?? "200000", CultureInfo.InvariantCulture);

    public static async Task Run(Installation installation)
    {
        await EventsWhileAway.Bind(installation.Broker);
        using var folder = new TemporaryFolder();
        new SyntheticNetwork(Teams: 2, Interviews: 200, "away").Write(folder.Path);
        await installation.Accept(await installation.Upload(folder.Path, "before-away"));
        var before = installation.PeakMemory("tam");

        installation.ForgetPeak("tam");
        installation.Kill("rabbitmq");
        var away = Stopwatch.StartNew();
        var events = new EventsWhileAway(installation.Database);
        await events.Append(Events / EventsWhileAway.OfAStream);
        var appending = away.Elapsed;
        while (away.Elapsed < appending + Away)
            await Task.Delay(BetweenLooks);
        var behind = await Behind(installation);
        var meanwhile = installation.PeakMemory("tam");

        installation.ForgetPeak("tam");
        var back = Stopwatch.StartNew();
        await Installation.Up();
        var started = back.Elapsed;
        var published = await events.Hear(installation.Broker);
        var heard = back.Elapsed;
        while (await Behind(installation) > 0)
            await Task.Delay(BetweenLooks);
        var afterwards = installation.PeakMemory("tam");

        Measured.Bound($"peak memory of tam, {Events} events appended while the broker was away, and published", "MB", Math.Max(meanwhile, afterwards), aim: 200, new
        {
            events = published.Events, lost = published.Lost, repeated = published.Repeated, out_of_order = published.OutOfOrder, strangers = published.Strangers,
            lag_shown_while_away = behind, appended_in_s = Seconds(appending), broker_back_after_s = Seconds(started),
            all_published_after_s = Seconds(heard), peak_before_mb = Math.Round(before), peak_while_away_mb = Math.Round(meanwhile),
            peak_while_publishing_mb = Math.Round(afterwards), memory_at_the_end_mb = Math.Round(installation.Memory("tam")),
        });
    }

    static Task<long> Behind(Installation installation) => EventsWhileAway.Behind(installation.Portal, installation.Health("tam"));

    static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 1);
}
