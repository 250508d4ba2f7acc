using Fidelity.Contracts.Pir;
using Fidelity.ServiceDefaults;
using JasperFx.Events;
using Marten;
using MassTransit;

namespace Fidelity.Pir.Publishing;

/// <summary>What Pir's events are to the others.</summary>
sealed class PirPublisher(IBus bus) : EventPublisher(bus), IReadSomeEvents
{
    public static IReadOnlyList<Type> Events => [typeof(ReviewCalculated), typeof(TrendCalculated)];

    protected override object About(IEvent recorded) => recorded.Data switch
    {
        ReviewCalculated calculated => calculated.Period,
        TrendCalculated => nameof(TeamTrend),
        var other => throw Private(other),
    };

    protected override ValueTask<object?> Message(IEvent recorded, IDocumentOperations store) => ValueTask.FromResult<object?>(recorded.Data switch
    {
        ReviewCalculated review => new ReviewComputed(
            recorded.Version, review.Programme, review.TeamId, review.Period, review.From, review.To, review.State, review.Profile,
            review.Position, review.AsOf, review.DataTo, review.Closed, review.FullCourse, RaterProtection.MayLeave(review)),
        TrendCalculated trend => new TrendComputed(
            recorded.Version, trend.Programme, trend.TeamId, trend.Profile, trend.Position, trend.AsOf, trend.Adherence,
            trend.AdherenceAbove, trend.TamCompleted),
        var other => throw Private(other),
    });
}
