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
        typeof(ReviewCalculated), typeof(SignatureGiven), typeof(SignatureEnded), typeof(Presented), typeof(Restated),
        typeof(TrendCalculated), typeof(BaselineSet), typeof(BaselineWithdrawn), typeof(ThreadBegun), typeof(ThreadContinued),
    ];

    protected override object About(IEvent recorded) => recorded.Data switch
    {
        ReviewCalculated calculated => calculated.Period,
        TrendCalculated => nameof(TeamTrend),
        SignatureGiven or SignatureEnded or Presented or Restated => nameof(ReviewSignOff),
        BaselineSet or BaselineWithdrawn => nameof(Baseline),
        ThreadBegun or ThreadContinued => nameof(TrendThread),
        var other => throw Private(other),
    };

    protected override async ValueTask<object?> Message(IEvent recorded, IDocumentOperations store) => recorded.Data switch
    {
        ReviewCalculated review => review.Told(recorded.Version),
        TrendCalculated trend => new TrendComputed(
            recorded.Version, trend.Programme, trend.TeamId, trend.Profile, trend.Position, trend.AsOf, trend.Adherence,
            trend.AdherenceAbove, trend.TamCompleted) { Phases = trend.Phases },
        SignatureGiven or SignatureEnded or Presented or Restated => Of(
            await store.Events.AggregateStreamAsync<ReviewSignOff>(recorded.StreamKey!, recorded.Version), recorded),
        BaselineSet or BaselineWithdrawn => Changed(
            await store.Events.AggregateStreamAsync<Baseline>(recorded.StreamKey!, recorded.Version), recorded.Version),
        ThreadBegun or ThreadContinued => Changed(
            await store.Events.AggregateStreamAsync<TrendThread>(recorded.StreamKey!, recorded.Version), recorded.Version),
        var other => throw Private(other),
    };

    static ReviewSignOffFact? Of(ReviewSignOff? signOff, IEvent recorded) => signOff?.Of is not var (programme, team, period) ? null : recorded.Data switch
    {
        Presented => new ReviewPresented(recorded.Version, programme, team, period, signOff.Told()),
        Restated => new ReviewRestated(recorded.Version, programme, team, period, signOff.Told()),
        _ => new ReviewSigned(recorded.Version, programme, team, period, signOff.Told()),
    };

    static BaselineChanged? Changed(Baseline? baseline, long version) =>
        baseline is null ? null : new(version, baseline.Programme, baseline.TeamId, baseline.Changes);

    static ThreadChanged? Changed(TrendThread? thread, long version) => thread?.Begun is not { } begun ? null : new(
        version, begun.Programme, begun.TeamId, begun.ThreadId, begun.Series, begun.Month, thread.Entries);
}
