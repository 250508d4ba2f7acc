using System.Diagnostics.Metrics;
using Fidelity.Contracts;
using Fidelity.Portal.DeadLetters;
using Fidelity.ServiceDefaults;
using Npgsql;
using Gauged = System.Diagnostics.Metrics.Measurement<double>;

namespace Fidelity.Portal.Operations;

/// <summary>
/// Counts every few seconds what does not go on by itself, for whoever asks: health, metrics and the page. Counting is one
/// question a queue; the messages themselves are looked at only when their number has changed, and now and then.
/// </summary>
sealed class HeldUpWatch : BackgroundService
{
    const int LookedAt = 100;
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(5);
    static readonly HashSet<string> OurMessages = [.. typeof(Command).Assembly.GetExportedTypes().Select(type => type.Name)];

    readonly Uri broker;
    readonly WaitingReader waiting;
    readonly TimeProvider clock;
    readonly ILogger<HeldUpWatch> log;
    readonly Dictionary<string, Known> known = new(StringComparer.Ordinal);
    ErrorQueues? queues;

    public HeldUpWatch(IConfiguration configuration, WaitingReader waiting, IMeterFactory meters, TimeProvider clock, ILogger<HeldUpWatch> log)
    {
        (broker, this.waiting, this.clock, this.log) = (Bus.Address(configuration), waiting, clock, log);
        Latest = new(clock.GetUtcNow(), null, null);
        var meter = meters.Create(Defaults.Meter);
        meter.CreateObservableGauge("fidelity.dead_letters", () => OfQueues(queue => queue.Number), "{message}", "Messages that could not be handled.");
        meter.CreateObservableGauge("fidelity.dead_letters.oldest_age", () => OfQueues(queue => Age(queue.Oldest)), "s", "Age of the oldest of them.");
        meter.CreateObservableGauge("fidelity.waiting_submissions", () => OfFacts(fact => fact.Number), "{submission}", "Submissions that wait for a missing fact.");
        meter.CreateObservableGauge("fidelity.waiting_submissions.oldest_age", () => OfFacts(fact => Age(fact.Oldest)), "s", "How long the first of them has waited.");
    }

    /// <summary>What was found last.</summary>
    public HeldUp Latest { get; private set; }

    /// <summary>Seconds since then.</summary>
    public double Age(DateTimeOffset? since) => since is { } at ? Math.Max(0, (clock.GetUtcNow() - at).TotalSeconds) : 0;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        do
        {
            Latest = new(clock.GetUtcNow(), await DeadLetters(stoppingToken), await Waiting(stoppingToken));
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Disconnect();
    }

    async Task<IReadOnlyList<DeadLettersOf>?> DeadLetters(CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(Patience);
        try
        {
            queues ??= await ErrorQueues.Open(broker, patience.Token);
            var found = new List<DeadLettersOf>();
            foreach (var inbox in Inboxes.All)
                found.Add(await Of(inbox, queues, patience.Token));
            return found;
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            log.LogDebug(failure, "The broker does not answer; dead letters are counted again in {Pause}", Pause);
            await Disconnect();
            return null;
        }
    }

    async Task<DeadLettersOf> Of(string inbox, ErrorQueues open, CancellationToken stopping)
    {
        var queue = Inboxes.ErrorQueue(inbox);
        var number = await open.Count(queue, stopping) ?? 0;
        var before = known.GetValueOrDefault(inbox, new Known(0, default, new(inbox, 0, null, [])));
        // Whoever looks into a queue holds its messages for a moment, so a smaller number is believed when it is found twice.
        if (number < before.Counted)
        {
            known[inbox] = before with { Counted = number };
            return before.Shown;
        }

        var now = clock.GetUtcNow();
        if (number == before.Shown.Number && now - before.At < LookAgain)
        {
            known[inbox] = before with { Counted = number };
            return before.Shown;
        }

        var letters = number == 0 ? [] : await open.Look(queue, LookedAt, stopping);
        var shown = new DeadLettersOf(inbox, number, letters.Min(letter => letter.FailedAt),
        [
            .. letters.GroupBy(letter => (Message: letter.Message is { } message && OurMessages.Contains(message) ? message : null, letter.Cause))
                .Select(kind => new KindOfDeadLetter(kind.Key.Message, kind.Key.Cause, kind.Count())).OrderByDescending(kind => kind.Number),
        ]);
        known[inbox] = new(number, now, shown);
        if (number > before.Shown.Number)
            log.LogWarning("{Number} dead letters of {Inbox}; deploy/deadletters.sh list shows their causes", number, inbox);
        return shown;
    }

    async Task<WaitingSubmissions?> Waiting(CancellationToken stopping)
    {
        try
        {
            return await waiting.Read(clock.GetUtcNow(), stopping);
        }
        catch (NpgsqlException failure)
        {
            log.LogDebug(failure, "The database does not answer; waiting submissions are counted again in {Pause}", Pause);
            return null;
        }
    }

    async Task Disconnect()
    {
        if (queues is not null)
            await queues.DisposeAsync();
        queues = null;
    }

    IEnumerable<Gauged> OfQueues(Func<DeadLettersOf, double> value) =>
        Latest.DeadLetters?.Select(queue => new Gauged(value(queue), new KeyValuePair<string, object?>("queue", queue.Inbox))) ?? [];

    IEnumerable<Gauged> OfFacts(Func<MissingFact, double> value) =>
        Latest.Waiting?.For.Select(fact => new Gauged(
            value(fact), new KeyValuePair<string, object?>("cause", fact.Code), new KeyValuePair<string, object?>("field", fact.Field))) ?? [];

    /// <param name="Counted">The number at the last count, when it may be smaller than what is shown.</param>
    /// <param name="At">When the messages were looked at.</param>
    sealed record Known(int Counted, DateTimeOffset At, DeadLettersOf Shown);
}
