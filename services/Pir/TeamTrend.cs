using Fidelity.Measurement;
using Marten;

namespace Fidelity.Pir;

public sealed record TrendCalculated(
    string Programme, string TeamId, string Profile, long Position, DateOnly AsOf, IReadOnlyList<MonthlyMean> Adherence,
    IReadOnlyList<MonthlyShare> AdherenceAbove, IReadOnlyList<MonthlyShare> TamCompleted)
{
    public bool Agrees(TrendCalculated other) =>
        Profile == other.Profile && Adherence.SequenceEqual(other.Adherence)
        && AdherenceAbove.SequenceEqual(other.AdherenceAbove) && TamCompleted.SequenceEqual(other.TamCompleted);
}

/// <summary>One team's monthly figures (measurement.md §5).</summary>
public sealed record TeamTrend
{
    public string Id { get; set; } = "";

    public TrendCalculated? Latest { get; init; }

    public TeamTrend Apply(TrendCalculated happened) => this with { Latest = happened };

    public static TeamTrend? Of(TrendCalculated? newest) => newest is null ? null : new() { Latest = newest };

    /// <summary>The trend after a computation; an event only when a figure changed, and not by what was known less far.</summary>
    /// <param name="frozen">The day up to which figures stand as they are (<see cref="FrozenFigures"/>).</param>
    public static (TeamTrend State, IReadOnlyList<object> Events) Calculate(TeamTrend? known, TrendCalculated calculated, DateOnly? frozen = null)
    {
        var trend = known ?? new TeamTrend();
        if (frozen is not null && trend.Latest is { } before)
        {
            calculated = calculated with
            {
                Adherence = Standing(before.Adherence, calculated.Adherence, month => month.Month),
                AdherenceAbove = Standing(before.AdherenceAbove, calculated.AdherenceAbove, month => month.Month),
                TamCompleted = Standing(before.TamCompleted, calculated.TamCompleted, month => month.Month),
            };
        }

        return trend.Latest?.Agrees(calculated) == true || trend.Latest?.Position > calculated.Position
            ? (trend, [])
            : (trend.Apply(calculated), [calculated]);

        IReadOnlyList<T> Standing<T>(IReadOnlyList<T> before, IReadOnlyList<T> now, Func<T, DateOnly> month) =>
            [.. before.Where(one => month(one) <= frozen), .. now.Where(one => !(month(one) <= frozen))];
    }

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<TrendCalculated>("trend_calculated");
        options.Projections.LiveStreamAggregation<TeamTrend>();
    }
}
