using System.Text.Json.Serialization;
using Fidelity.Contracts.Pir;
using Fidelity.Measurement;

namespace Fidelity.Portal.Trends;

/// <summary>The last two years of a team's adherence, as much of it as a small picture shows.</summary>
/// <param name="First">The first month; the others follow without a break.</param>
/// <param name="Values">One for each month; null is a gap.</param>
/// <param name="Sides">Which way a signal in the month points.</param>
/// <param name="Target">As the profile states it.</param>
/// <param name="Standings">What each chart of the team says now, by measure; none of a series that is too short for one.</param>
public sealed record TrendPicture(
    DateOnly First, IReadOnlyList<double?> Values, IReadOnlyList<Side> Sides, string? Target, IReadOnlyDictionary<string, ChartStanding> Standings)
{
    const int MostMonths = 24;

    /// <summary>Finer than any screen.</summary>
    const int Decimals = 4;

    /// <summary>A picture without months when there are too few for a chart.</summary>
    public static TrendPicture Of(TrendComputed trend)
    {
        ArgumentNullException.ThrowIfNull(trend);
        var target = Profiles.Find(trend.Profile)?.TargetOf("adherence");
        var charts = Enum.GetValues<TrendSeries>().Select(series => ChartSeries.Of(trend, series)).OfType<ChartSeries>().ToDictionary(chart => chart.Measure, StringComparer.Ordinal);
        var months = charts.GetValueOrDefault("adherence")?.Months.TakeLast(MostMonths).ToList() ?? [];
        return new(
            months.Count == 0 ? default : months[0].Month,
            [.. months.Select(month => month.Value is { } value ? Math.Round(value, Decimals) : (double?)null)],
            [.. months.Select(month => month.Side)], target?.ToString(),
            charts.ToDictionary(chart => chart.Key, chart => ChartStanding.Of(chart.Value), StringComparer.Ordinal));
    }

    public int Count(Side side) => Sides.Count(one => one == side);
}

/// <summary>What a control chart says now: whether something has changed, and whether the process meets its target.</summary>
/// <param name="Variation">Which way a signal in the newest month that has a value points; none without a signal there.</param>
/// <param name="Assurance">Of the last phase.</param>
/// <param name="Missing">Why there is no assurance; null when there is, or the profile sets no target.</param>
public sealed record ChartStanding(Side Variation, Assurance? Assurance, NoAssurance? Missing)
{
    public static ChartStanding Of(ChartSeries chart)
    {
        ArgumentNullException.ThrowIfNull(chart);
        var latest = chart.Latest;
        return new(
            chart.Months.LastOrDefault(month => month.Value is not null)?.Side ?? Side.None, latest.Assurance,
            chart.Target is null || latest.Assurance is not null ? null : latest.IsTrial ? NoAssurance.TrialLimits : NoAssurance.FewMonths);
    }
}

/// <summary>Why a chart says nothing of its target.</summary>
[JsonConverter(typeof(CodeJsonConverter<NoAssurance>))]
public enum NoAssurance
{
    /// <summary>The limits are trial limits.</summary>
    TrialLimits,

    /// <summary>Fewer than 13 months, or none with limits, in the last phase.</summary>
    FewMonths,
}
