using System.Diagnostics;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Subscriptions;
using MassTransit;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// Publishes what was appended: at least once, with the event's id as message id, in stream order. Messages carry whole
/// states, so of several events about one thing in a page only the last goes out.
/// </summary>
public abstract class EventPublisher(IBus bus) : ISubscription
{
    const int AtOnce = 32;

    /// <summary>What an event is about, within its stream.</summary>
    protected abstract object About(IEvent recorded);

    /// <summary>The message that tells the others of an event; null when there is nothing yet to tell.</summary>
    protected abstract ValueTask<object?> Message(IEvent recorded, IDocumentOperations store);

    public async Task<IChangeListener> ProcessEventsAsync(
        EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken)
    {
        var streams = new Dictionary<string, List<(IEvent Recorded, object Message)>>(StringComparer.Ordinal);
        foreach (var thing in page.Events.GroupBy(recorded => (recorded.StreamKey, About(recorded))))
        {
            var last = thing.Last();
            if (await Message(last, operations) is not { } message)
                continue;
            if (!streams.TryGetValue(last.StreamKey!, out var messages))
                streams.Add(last.StreamKey!, messages = []);
            messages.Add((last, message));
        }

        await Parallel.ForEachAsync(streams.Values, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (messages, stopping) =>
            {
                foreach (var (recorded, message) in messages.OrderBy(message => message.Recorded.Version))
                    await Publish(recorded, message, stopping);
            });
        return NullChangeListener.Instance;
    }

    /// <summary>An event that the others are told nothing of came here all the same.</summary>
    protected static UnreachableException Private(object happened) => new($"{happened.GetType().Name} is not published.");

    async Task Publish(IEvent recorded, object message, CancellationToken stopping)
    {
        using var trace = Telemetry.Continue(recorded);
        try
        {
            await bus.Publish(message, message.GetType(), context => context.MessageId = recorded.Id, stopping);
        }
        catch (OperationCanceledException timeout) when (!stopping.IsCancellationRequested)
        {
            // The daemon takes a cancellation for its own and would not try the page again.
            throw new TimeoutException("The broker did not confirm a message.", timeout);
        }
    }
}
