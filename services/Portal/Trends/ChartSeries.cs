using Fidelity.Measurement;
using Fidelity.Portal.Figures;

namespace Fidelity.Portal.Trends;

/// <summary>Which way a signal points. In every chart here, higher is better.</summary>
public enum Side
{
    None,
    Better,
    Worse,
}

/// <summary>A month of a chart; without a value it is a gap.</summary>
/// <param name="Counts">What the value rests on, as written beside it.</param>
public sealed record ChartMonth(DateOnly Month, double? Value, string Counts, double? Low, double? High, Side Side);

/// <summary>A pattern found in a chart: a rule's key, its side, and the stretches of months it marks.</summary>
public sealed record ChartSignal(string Rule, Side Side, IReadOnlyList<(DateOnly First, DateOnly Last)> Stretches);

/// <summary>A control chart made ready to be drawn, worded and listed. Its numbers are not clipped: only the drawing is.</summary>
public sealed record ChartSeries(
    string Measure, Unit Unit, double Mean, (double Low, double High)? Limits, bool IsTrial, TargetLines? Target, Assurance? Assurance,
    IReadOnlyList<ChartMonth> Months, IReadOnlyList<ChartSignal> Signals)
{
    /// <summary>The XmR chart of adherence; null when there are too few months for limits.</summary>
    public static ChartSeries? OfAdherence(IReadOnlyList<MonthlyMean> trend, Target? target)
    {
        if (ControlChart.XmR(trend, target) is not { } chart)
            return null;
        var limits = (Low: chart.Lower.ToDouble(), High: chart.Upper.ToDouble());
        var sides = new SignalSides(trend, chart);
        return new(
            "adherence", Unit.Score, chart.Mean.ToDouble(), limits, chart.IsTrial, TargetLines.Of(target), chart.Assurance,
            [.. trend.Select(month => new ChartMonth(
                month.Month, month.Value?.ToDouble(), $"n\u00a0=\u00a0{month.Cases}", limits.Low, limits.High, sides.Of(month.Month)))],
            sides.Signals);
    }

    /// <summary>The p-chart of a share; null when nothing was counted. A month outside its limits is a signal.</summary>
    public static ChartSeries? OfShare(string measure, IReadOnlyList<MonthlyShare> trend, Target? target)
    {
        if (ControlChart.PChart(trend) is not { } chart)
            return null;
        var known = chart.Months.ToDictionary(month => month.Month);
        ChartMonth[] months = [.. Calendar.Months(chart.Months[0].Month, chart.Months[^1].Month).Select(month =>
            known.TryGetValue(month, out var its)
                ? new ChartMonth(month, its.Value, $"{its.Numerator}/{its.Denominator}", its.Low, its.High, SideOf(its))
                : new ChartMonth(month, null, "0/0", null, null, Side.None))];
        return new(
            measure, Unit.Share, chart.PBar.ToDouble(), null, IsTrial: false, TargetLines.Of(target), null, months,
            [.. months.Where(month => month.Side != Side.None)
                .GroupBy(month => month.Side, (side, marked) =>
                    new ChartSignal("beyond_limit", side, [.. marked.Select(month => (month.Month, month.Month))]))]);
    }

    static Side SideOf(PChartMonth month) => month.Value > month.High ? Side.Better : month.Value < month.Low ? Side.Worse : Side.None;
}
