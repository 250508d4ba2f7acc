using System.Globalization;
using MassTransit;
using Microsoft.Extensions.Configuration;
using RabbitMQ.Client;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// Makes the service's queues anew and leaves in them what is in them. A queue keeps the arguments, and its exchange the bindings,
/// that they were first declared with, and another version may want others. A message is confirmed where it goes before it is
/// taken from where it was, so an end at any moment loses nothing and the next run goes on. Nobody may send or take meanwhile.
/// </summary>
sealed class RenewingTopology(IBusControl bus, IEnumerable<Inbox> inboxes, IConfiguration configuration)
{
    /// <summary>Goes with <see cref="Bus.DeclareTopology"/>.</summary>
    public const string Argument = "--anew";

    const int AtOnce = 200;
    const int MostLooks = 50;
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);
    static readonly CreateChannelOptions Confirming = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    public async Task Renew(TextWriter news, CancellationToken stopping)
    {
        await using var broker = await new ConnectionFactory { Uri = Bus.Address(configuration) }.CreateConnectionAsync(stopping);
        string[] queues = [.. inboxes.SelectMany(inbox => inbox.Queues)];
        foreach (var queue in queues)
            await SetAside(broker, queue, stopping);
        await Defaults.DeclareTopology(bus);
        foreach (var queue in queues)
        {
            if (await PutBack(broker, queue, stopping) is > 0 and var kept)
                await news.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{queue}: made anew with {kept} messages"));
        }
    }

    static string Aside(string queue) => $"{queue}_aside";

    static async Task SetAside(IConnection broker, string queue, CancellationToken stopping)
    {
        if (await Inboxes.Find(broker, queue, stopping) is not { } found)
            return;
        if (found.ConsumerCount > 0)
            throw new InvalidOperationException($"A service still takes messages from {queue}. Stop the services first (deploy/down.sh).");
        await using var channel = await broker.CreateChannelAsync(cancellationToken: stopping);
        if (found.MessageCount > 0)
        {
            if (await Inboxes.Find(broker, Aside(queue), stopping) is null)
            {
                await channel.QueueDeclareAsync(Aside(queue), durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["x-queue-type"] = "quorum", ["x-delivery-limit"] = Inboxes.AnyDeliveries,
                }, cancellationToken: stopping);
            }

            await Move(broker, queue, Aside(queue), stopping);
        }

        await channel.QueueDeleteAsync(queue, cancellationToken: stopping);
        await channel.ExchangeDeleteAsync(queue, cancellationToken: stopping);
    }

    static async Task<int> PutBack(IConnection broker, string queue, CancellationToken stopping)
    {
        if (await Inboxes.Find(broker, Aside(queue), stopping) is null)
            return 0;
        var moved = await Move(broker, Aside(queue), queue, stopping);
        await using var channel = await broker.CreateChannelAsync(cancellationToken: stopping);
        await channel.QueueDeleteAsync(Aside(queue), cancellationToken: stopping);
        return moved;
    }

    /// <summary>Moves everything that is in a queue, and fails when something stays.</summary>
    static async Task<int> Move(IConnection broker, string from, string to, CancellationToken stopping)
    {
        await using var holding = await broker.CreateChannelAsync(cancellationToken: stopping);
        await using var confirming = await broker.CreateChannelAsync(Confirming, stopping);
        var moved = 0;
        for (var looks = 0; looks < MostLooks;)
        {
            var page = new List<BasicGetResult>();
            while (page.Count < AtOnce && await holding.BasicGetAsync(from, autoAck: false, stopping) is { } got)
                page.Add(got);
            if (page.Count > 0)
            {
                await Task.WhenAll(page.Select(got => confirming.BasicPublishAsync(
                    "", to, mandatory: true, new BasicProperties(got.BasicProperties), got.Body, stopping).AsTask()));
                await holding.BasicAckAsync(page[^1].DeliveryTag, multiple: true, stopping);
                moved += page.Count;
                continue;
            }

            // A quorum queue may give nothing for a moment and have something.
            if (await Inboxes.Find(broker, from, stopping) is { MessageCount: 0 })
                return moved;
            looks++;
            await Task.Delay(BetweenLooks, stopping);
        }

        throw new InvalidOperationException($"Somebody holds messages of {from}. Stop the services first (deploy/down.sh). Nothing is lost.");
    }
}
