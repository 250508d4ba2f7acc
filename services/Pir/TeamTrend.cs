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
    public static (TeamTrend State, IReadOnlyList<object> Events) Calculate(TeamTrend? known, TrendCalculated calculated)
    {
        var trend = known ?? new TeamTrend();
        return trend.Latest?.Agrees(calculated) == true || trend.Latest?.Position > calculated.Position
            ? (trend, [])
            : (trend.Apply(calculated), [calculated]);
    }

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<TrendCalculated>("trend_calculated");
        options.Projections.LiveStreamAggregation<TeamTrend>();
    }
}
