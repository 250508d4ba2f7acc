using Fidelity.Contracts.Pir;
using Fidelity.ServiceDefaults;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Subscriptions;

namespace Fidelity.Pir.Restating;

/// <summary>
/// Whenever a review that was presented would be computed otherwise today, says so beside it, with the causes (measurement.md §7). What
/// was presented never moves. (The store makes its subscriptions, so what needs the store is asked for when it is there.)
/// </summary>
sealed class RestatingReviews(IServiceProvider services, InstallationKeys keys) : ISubscription, IReadSomeEvents
{
    public static IReadOnlyList<Type> Events => [typeof(ReviewCalculated), typeof(Presented)];

    public async Task<IChangeListener> ProcessEventsAsync(
        EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken)
    {
        // Figures may have changed between the two signatures: what was presented is looked at then, too.
        foreach (var signOff in page.Events.Select(recorded => recorded.Data is ReviewCalculated review ? Key(review) : recorded.StreamKey!)
            .Distinct(StringComparer.Ordinal))
        {
            await Restate(signOff, cancellationToken);
        }

        return NullChangeListener.Instance;
    }

    async Task Restate(string key, CancellationToken stopping)
    {
        var (writer, examination) = (services.GetRequiredService<EventWriter>(), services.GetRequiredService<ReviewExamination>());
        if (await writer.Read<ReviewSignOff>(key, stopping) is not { PresentedAt: not null, Pinned.Figures: var presented })
            return;
        var (today, differences) = await examination.Compare(presented, stopping);
        var restated = new Restated(today.Position, today.AsOf,
        [
            .. differences.Select(difference => new RestatedMeasure(
                difference.Presented.Measure, difference.Presented, difference.Now,
                [.. difference.Changes.CountBy(change => change.Cause).OrderBy(cause => cause.Key).Select(cause => new CountedCause(cause.Key, cause.Value))])),
        ]);
        await writer.Write(async streams =>
        {
            var stream = await streams.Open<ReviewSignOff>(key);
            var (state, events) = ReviewSignOff.Restate(stream.State!, restated);
            stream.Append(state, events);
            return true;
        }, stopping, Wanted.Whole<ReviewSignOff>(key));
    }

    string Key(ReviewCalculated review) => ReviewSignOff.StreamKey(keys, review.Programme, review.TeamId, review.Period);
}
