using Fidelity.ServiceDefaults;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Subscriptions;

namespace Fidelity.Portal.Submitting;

/// <summary>
/// Sends the accepted rows of imports to their owners, in the order in which they were accepted and at least once. (A
/// single submission is sent by the request that accepted it, since somebody waits for the answer.)
/// </summary>
sealed class CommandSender(Owners owners) : ISubscription, IReadSomeEvents
{
    public static IReadOnlyList<Type> Events => [typeof(SubmissionAccepted)];

    const int AtOnce = 50;

    public async Task<IChangeListener> ProcessEventsAsync(
        EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken)
    {
        try
        {
            await Parallel.ForEachAsync(
                page.Events.Where(recorded => recorded.Data is SubmissionAccepted { Row: not null }),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (recorded, stopping) => await owners.Send(((SubmissionAccepted)recorded.Data).Command, recorded.Id, stopping));
        }
        catch (OperationCanceledException timeout) when (!cancellationToken.IsCancellationRequested)
        {
            // The daemon takes a cancellation for its own and would not try the page again.
            throw new TimeoutException("The broker did not confirm a command.", timeout);
        }

        return NullChangeListener.Instance;
    }
}
