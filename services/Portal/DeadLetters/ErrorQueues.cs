using System.Globalization;
using Fidelity.ServiceDefaults;
using RabbitMQ.Client;

namespace Fidelity.Portal.DeadLetters;

/// <summary>
/// The error queues, looked at and taken from over a connection of its own. Nothing is lost whenever this ends: what is
/// looked at is held, not taken, and is in its queue again when the channel closes (RabbitMQ 3.10 gives it back in an order
/// of its own, which here means nothing); what moves is confirmed where it goes before it is taken from where it was, so an
/// end in between leaves it in both.
/// </summary>
sealed class ErrorQueues(IConnection connection) : IAsyncDisposable
{
    /// <summary>Where discarded messages are kept for a while; the broker then deletes them, since they are about families.</summary>
    public const string Discarded = "discarded";
    public static readonly TimeSpan DiscardedKept = TimeSpan.FromDays(30);

    /// <summary>Others hold a message for as long as they look at it.</summary>
    const int WaitsForHolders = 10;
    static readonly TimeSpan HoldersWait = TimeSpan.FromMilliseconds(300);

    static readonly CreateChannelOptions Confirming = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    public static async Task<ErrorQueues> Open(Uri broker, CancellationToken stopping) => new(await new ConnectionFactory
    {
        Uri = broker, ClientProvidedName = "fidelity dead letters", AutomaticRecoveryEnabled = false,
    }.CreateConnectionAsync(stopping));

    /// <summary>The messages that nobody holds at the moment; null when there is no such queue.</summary>
    public async Task<int?> Count(string queue, CancellationToken stopping) => (int?)(await Inboxes.Find(connection, queue, stopping))?.MessageCount;

    /// <summary>The messages of a queue, those too that somebody else looks at just now.</summary>
    public Task<IReadOnlyList<DeadLetter>> Look(string queue, CancellationToken stopping) => Look(queue, int.MaxValue, HoldersWait, stopping);

    /// <summary>As many of the messages as are asked for, or all that nobody holds.</summary>
    public Task<IReadOnlyList<DeadLetter>> Glance(string queue, int most, CancellationToken stopping) => Look(queue, most, TimeSpan.Zero, stopping);

    async Task<IReadOnlyList<DeadLetter>> Look(string queue, int most, TimeSpan patience, CancellationToken stopping)
    {
        await using var holding = await connection.CreateChannelAsync(cancellationToken: stopping);
        var letters = new List<DeadLetter>();
        while (letters.Count < most)
        {
            if (await holding.BasicGetAsync(queue, autoAck: false, stopping) is { } got)
            {
                letters.Add(new DeadLetter(got));
                continue;
            }

            if (patience == TimeSpan.Zero)
                break;
            await Task.Delay(patience, stopping);
            patience = TimeSpan.Zero;
        }

        return letters;
    }

    /// <summary>Puts messages back on the inbox they came from: those with this id, or all that are there now.</summary>
    public Task<int> Return(string queue, string? id, Action<int, int> moved, CancellationToken stopping) =>
        Move(queue, id, letter => (Inbox(queue, letter), letter.Original()), moved, stopping);

    /// <summary>Puts a message away, with who did so and why.</summary>
    public async Task<int> Discard(string queue, string id, string reason, DateTimeOffset now, CancellationToken stopping)
    {
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: stopping))
        {
            await channel.QueueDeclareAsync(Discarded, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["x-queue-type"] = "quorum", ["x-delivery-limit"] = Inboxes.AnyDeliveries, ["x-message-ttl"] = (long)DiscardedKept.TotalMilliseconds,
            }, cancellationToken: stopping);
        }

        return await Move(queue, id, letter => (Discarded, new BasicProperties(letter.Properties)
        {
            DeliveryMode = DeliveryModes.Persistent,
            Headers = new Dictionary<string, object?>(letter.Properties.Headers ?? new Dictionary<string, object?>(StringComparer.Ordinal), StringComparer.Ordinal)
            {
                [DeadLetter.DiscardedFrom] = Inbox(queue, letter), [DeadLetter.DiscardedReason] = reason, [DeadLetter.DiscardedBy] = Environment.UserName,
                [DeadLetter.DiscardedAt] = now.ToString("O", CultureInfo.InvariantCulture),
            },
        }), (_, _) => { }, stopping);
    }

    /// <summary>Takes messages away for good, those too that somebody else looks at just now. What fails later is left for another time.</summary>
    public async Task<int> Erase(string queue, Func<DeadLetter, bool> which, CancellationToken stopping)
    {
        if (await Count(queue, stopping) is null)
            return 0;
        await using var holding = await connection.CreateChannelAsync(cancellationToken: stopping);
        var erased = 0;
        for (var patience = HoldersWait; ;)
        {
            if (await holding.BasicGetAsync(queue, autoAck: false, stopping) is not { } got)
            {
                if (patience == TimeSpan.Zero)
                    return erased;
                await Task.Delay(patience, stopping);
                patience = TimeSpan.Zero;
                continue;
            }

            if (!which(new DeadLetter(got)))
                continue;
            await holding.BasicAckAsync(got.DeliveryTag, multiple: false, stopping);
            erased++;
        }
    }

    async Task<int> Move(
        string queue, string? id, Func<DeadLetter, (string Queue, BasicProperties Properties)> target, Action<int, int> moved, CancellationToken stopping)
    {
        // What fails again meanwhile is left for another time.
        var number = await Count(queue, stopping) ?? 0;
        await using var holding = await connection.CreateChannelAsync(cancellationToken: stopping);
        await using var confirming = await connection.CreateChannelAsync(Confirming, stopping);
        var done = 0;
        for (int seen = 0, waits = 0; seen < number && waits < WaitsForHolders;)
        {
            if (await holding.BasicGetAsync(queue, autoAck: false, stopping) is not { } got)
            {
                if (id is not null && done > 0)
                    break;
                waits++;
                await Task.Delay(HoldersWait, stopping);
                continue;
            }

            seen++;
            var letter = new DeadLetter(got);
            if (id is not null && letter.Id != id)
                continue;
            var (to, properties) = target(letter);
            await confirming.BasicPublishAsync("", to, mandatory: true, properties, letter.Body, stopping);
            await holding.BasicAckAsync(letter.DeliveryTag, multiple: false, stopping);
            moved(++done, number);
        }

        return done;
    }

    static string Inbox(string queue, DeadLetter letter) => queue == Discarded
        ? letter.Header(DeadLetter.DiscardedFrom) ?? throw new InvalidOperationException($"Message {letter.Id} does not say which inbox it came from.")
        : Inboxes.All.Single(inbox => Inboxes.ErrorQueue(inbox) == queue);

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
