using MassTransit;
using MassTransit.Middleware.Rescue;
using MassTransit.Transports;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// The queues that services take messages from, each with an error queue for its dead letters: durable and quorum as the
/// inbox itself, and declared with it before anything is sent. MassTransit publishes what cannot be handled there with its
/// cause, confirmed and mandatory, before it takes the message off the inbox; what it cannot move stays and is tried again.
/// </summary>
public static class Inboxes
{
    /// <summary>Every one of them, because a broker asked over AMQP lists no queues.</summary>
    public static IReadOnlyList<string> All { get; } = ["roster", "tam", "surveys", "pir", "portal", "portal-answers"];

    /// <summary>
    /// How often the broker gives a message out again that came back without an answer, because the service died of it or
    /// lost its connection. Then the message is a dead letter too; RabbitMQ 4 would drop it after 20 times. A database that
    /// is away keeps messages unanswered, and the broker takes those back every half hour: this lasts two days.
    /// </summary>
    public const int MostDeliveries = 100;

    /// <summary>
    /// Dead letters are looked at without being taken, which counts as a delivery each time. So their queue has a limit too
    /// large to be met: no limit would be RabbitMQ 4's own, and version 3 takes the -1 that means none for a limit.
    /// </summary>
    public const int AnyDeliveries = int.MaxValue;

    /// <summary>The queue, and the exchange in front of it, that takes what an inbox could not handle.</summary>
    public static string ErrorQueue(string inbox) => $"{inbox}_error";

    /// <summary>How many messages and consumers a queue has; null when there is no such queue.</summary>
    public static async Task<QueueDeclareOk?> Find(IConnection broker, string queue, CancellationToken stopping)
    {
        await using var channel = await broker.CreateChannelAsync(cancellationToken: stopping);
        try
        {
            return await channel.QueueDeclarePassiveAsync(queue, stopping);
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return null;
        }
    }

    internal static void Configure(string inbox, IReceiveEndpointConfigurator endpoint)
    {
        // A message that nobody there consumes is a dead letter as any other, not one of a third kind in a third queue.
        endpoint.ConfigureDeadLetter(pipe => pipe.UseFilter(new NobodyConsumes()));
        if (endpoint is not IRabbitMqReceiveEndpointConfigurator queue)
            return;
        queue.SetQuorumQueue();
        queue.BindDeadLetterQueue(ErrorQueue(inbox), ErrorQueue(inbox), ConfigureErrorQueue);
        queue.SetQueueArgument("x-delivery-limit", MostDeliveries);
        // The broker, too, moves a message only when the error queue has it; it asks for this overflow then.
        queue.SetQueueArgument("x-dead-letter-strategy", "at-least-once");
        queue.SetQueueArgument("x-overflow", "reject-publish");
    }

    /// <summary>MassTransit makes an error queue in the image of its inbox; what only an inbox needs is taken off again.</summary>
    internal static void ConfigureErrorQueue(IRabbitMqQueueBindingConfigurator queue)
    {
        queue.SetQueueArgument("x-queue-type", "quorum");
        queue.SetQueueArgument("x-delivery-limit", AnyDeliveries);
        foreach (var argument in new[] { "x-dead-letter-exchange", "x-dead-letter-strategy", "x-overflow" })
            queue.SetQueueArgument(argument, (object?)null);
    }

    sealed class NobodyConsumes : IFilter<ReceiveContext>
    {
        public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
        {
            var cause = new MessageNotConsumedException(context.InputAddress, "No consumer here takes messages of this type.");
            await context.GetPayload<IErrorTransport>().Send(new RescueExceptionReceiveContext(context, cause));
            await next.Send(context);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("nobody-consumes");
    }
}

/// <summary>A queue that the service takes messages from, and its error queue.</summary>
sealed record Inbox(string Queue)
{
    public IReadOnlyList<string> Queues => [Queue, Inboxes.ErrorQueue(Queue)];
}
