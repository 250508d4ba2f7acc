using Fidelity.Contracts.Pir;
using Fidelity.Measurement;

namespace Fidelity.Portal.Trends;

/// <summary>The last two years of a team's adherence, as much of it as a small picture shows.</summary>
/// <param name="First">The first month; the others follow without a break.</param>
/// <param name="Values">One for each month; null is a gap.</param>
/// <param name="Sides">Which way a signal in the month points.</param>
/// <param name="Target">As the profile states it.</param>
public sealed record TrendPicture(DateOnly First, IReadOnlyList<double?> Values, IReadOnlyList<Side> Sides, string? Target)
{
    const int MostMonths = 24;

    /// <summary>Finer than any screen.</summary>
    const int Decimals = 4;

    /// <summary>A picture without months when there are too few for a chart.</summary>
    public static TrendPicture Of(TrendComputed trend)
    {
        ArgumentNullException.ThrowIfNull(trend);
        var target = Profiles.Find(trend.Profile)?.TargetOf("adherence");
        var months = ChartSeries.Of(trend, TrendSeries.Adherence)?.Months.TakeLast(MostMonths).ToList() ?? [];
        return new(
            months.Count == 0 ? default : months[0].Month,
            [.. months.Select(month => month.Value is { } value ? Math.Round(value, Decimals) : (double?)null)],
            [.. months.Select(month => month.Side)], target?.ToString());
    }

    public int Count(Side side) => Sides.Count(one => one == side);
}
