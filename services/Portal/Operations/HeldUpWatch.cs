using System.Diagnostics.Metrics;
using Fidelity.Contracts;
using Fidelity.Portal.DeadLetters;
using Fidelity.ServiceDefaults;
using Gauged = System.Diagnostics.Metrics.Measurement<double>;

namespace Fidelity.Portal.Operations;

/// <summary>
/// Counts what does not go on by itself. Counting is one question a queue; the messages themselves, for their ages and kinds, are
/// looked at seldom and some hundred at most.
/// </summary>
sealed class HeldUpWatch : Watch
{
    const int MostLookedAt = 500;
    static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(5);
    static readonly TimeSpan LookAgainAtOthers = TimeSpan.FromSeconds(30);
    static readonly HashSet<string> OurMessages = [.. typeof(Command).Assembly.GetExportedTypes().Select(type => type.Name)];

    readonly Uri broker;
    readonly WaitingReader waiting;
    readonly ILogger<HeldUpWatch> log;
    readonly Dictionary<string, Known> known = new(StringComparer.Ordinal);
    ErrorQueues? queues;

    public HeldUpWatch(IConfiguration configuration, WaitingReader waiting, IMeterFactory meters, TimeProvider clock, ILogger<HeldUpWatch> log)
        : base(clock, log)
    {
        (broker, this.waiting, this.log) = (Bus.Address(configuration), waiting, log);
        Latest = new(Now, null, null);
        var meter = meters.Create(Defaults.Meter);
        meter.CreateObservableGauge("fidelity.dead_letters", () => OfQueues(queue => queue.Number), "{message}", "Messages that could not be handled.");
        meter.CreateObservableGauge("fidelity.dead_letters.oldest_age", () => OfQueues(queue => Age(queue.Oldest)), "s", "Age of the oldest of them.");
        meter.CreateObservableGauge("fidelity.waiting_submissions", () => OfFacts(fact => fact.Number), "{submission}", "Submissions that wait for a missing fact.");
        meter.CreateObservableGauge("fidelity.waiting_submissions.oldest_age", () => OfFacts(fact => Age(fact.Oldest)), "s", "How long the first of them has waited.");
    }

    /// <summary>What was found last.</summary>
    public HeldUp Latest { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await base.ExecuteAsync(stoppingToken);
        }
        finally
        {
            await Disconnect();
        }
    }

    protected override async Task Look(CancellationToken stopping) => Latest = new(
        Now,
        await Ask("RabbitMQ", Latest.DeadLetters, DeadLetters, stopping),
        await Ask("PostgreSQL", Latest.Waiting, patience => waiting.Read(Now, patience), stopping));

    async Task<IReadOnlyList<DeadLettersOf>> DeadLetters(CancellationToken stopping)
    {
        try
        {
            queues ??= await ErrorQueues.Open(broker, stopping);
            var found = new List<DeadLettersOf>();
            foreach (var inbox in Inboxes.All)
                found.Add(await Of(inbox, queues, stopping));
            return found;
        }
        catch
        {
            await Disconnect();
            throw;
        }
    }

    async Task<DeadLettersOf> Of(string inbox, ErrorQueues open, CancellationToken stopping)
    {
        var number = await open.Count(Inboxes.ErrorQueue(inbox), stopping) ?? 0;
        var before = known.GetValueOrDefault(inbox, new(0, 0, default, new(inbox, 0, null, [])));
        // Whoever looks into a queue holds its messages for a moment, so a smaller number is believed when it is found twice.
        var now = number < before.Counted ? before
            : number == 0 ? new Known(0, 0, default, new(inbox, 0, null, []))
            : Now - before.LookedAt < (number == before.Looked ? LookAgain : LookAgainAtOthers) ? before with { Shown = before.Shown with { Number = number } }
            : await Look(inbox, number, open, stopping);
        if (now.Shown.Number > before.Shown.Number)
            log.LogWarning("{Number} dead letters of {Inbox}; deploy/deadletters.sh list shows their causes", number, inbox);
        known[inbox] = now with { Counted = number };
        return now.Shown;
    }

    async Task<Known> Look(string inbox, int number, ErrorQueues open, CancellationToken stopping)
    {
        var letters = await open.Glance(Inboxes.ErrorQueue(inbox), MostLookedAt, stopping);
        return new(number, number, Now, new(inbox, number, letters.Min(letter => letter.FailedAt),
        [
            .. letters.GroupBy(letter => (Message: letter.Message is { } message && OurMessages.Contains(message) ? message : null, letter.Cause))
                .Select(kind => new KindOfDeadLetter(kind.Key.Message, kind.Key.Cause, kind.Count())).OrderByDescending(kind => kind.Number),
        ]));
    }

    async Task Disconnect()
    {
        if (queues is not { } open)
            return;
        queues = null;
        await open.DisposeAsync();
    }

    IEnumerable<Gauged> OfQueues(Func<DeadLettersOf, double> value) =>
        Latest.DeadLetters?.Select(queue => new Gauged(value(queue), new KeyValuePair<string, object?>("queue", queue.Inbox))) ?? [];

    IEnumerable<Gauged> OfFacts(Func<MissingFact, double> value) =>
        Latest.Waiting?.For.Select(fact => new Gauged(
            value(fact), new KeyValuePair<string, object?>("cause", fact.Code), new KeyValuePair<string, object?>("field", fact.Field))) ?? [];

    /// <param name="Counted">The number at the last count, which may be smaller than what is shown.</param>
    /// <param name="Looked">The number when the messages were last looked at.</param>
    sealed record Known(int Counted, int Looked, DateTimeOffset LookedAt, DeadLettersOf Shown);
}
