using Fidelity.Contracts.Pir;
using Fidelity.ServiceDefaults;
using JasperFx.Events;
using Marten;
using MassTransit;

namespace Fidelity.Pir.Publishing;

/// <summary>What Pir's events are to the others.</summary>
sealed class PirPublisher(IBus bus) : EventPublisher(bus), IReadSomeEvents
{
    public static IReadOnlyList<Type> Events => 
    [
        typeof(ReviewCalculated), typeof(TrendCalculated), typeof(SignatureGiven), typeof(SignatureEnded), typeof(Presented), typeof(Restated),
    ];

    protected override object About(IEvent recorded) => recorded.Data switch
    {
        ReviewCalculated calculated => calculated.Period,
        TrendCalculated => nameof(TeamTrend),
        SignatureGiven or SignatureEnded or Presented or Restated => nameof(ReviewSignOff),
        var other => throw Private(other),
    };

    protected override async ValueTask<object?> Message(IEvent recorded, IDocumentOperations store) => recorded.Data switch
    {
        ReviewCalculated review => review.Told(recorded.Version),
        TrendCalculated trend => new TrendComputed(
            recorded.Version, trend.Programme, trend.TeamId, trend.Profile, trend.Position, trend.AsOf, trend.Adherence,
            trend.AdherenceAbove, trend.TamCompleted),
        var signing => SignOffFact(recorded, signing, (await store.Events.AggregateStreamAsync<ReviewSignOff>(recorded.StreamKey!, recorded.Version))!),
    };

    static ReviewSignOffFact SignOffFact(IEvent recorded, object happened, ReviewSignOff signOff)
    {
        var (programme, team, period) = signOff.Of!.Value;
        return happened switch
        {
            SignatureGiven or SignatureEnded => new ReviewSigned(recorded.Version, programme, team, period, signOff.Told()),
            Presented => new ReviewPresented(recorded.Version, programme, team, period, signOff.Told()),
            Restated => new ReviewRestated(recorded.Version, programme, team, period, signOff.Told()),
            var other => throw Private(other),
        };
    }
}
