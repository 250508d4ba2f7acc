using Fidelity.Contracts.Pir;
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

/// <summary>The months from one change of the baseline to the next.</summary>
/// <param name="Mean">Null while the phase has too few months for limits.</param>
/// <param name="Limits">Null with the mean, and of a share, whose limits are each month's own.</param>
public sealed record ChartPhase(
    DateOnly First, DateOnly Last, double? Mean, (double Low, double High)? Limits, bool IsTrial, Assurance? Assurance);

/// <summary>A month of a chart; without a value it is a gap.</summary>
/// <param name="Counts">What the value rests on, as written beside it.</param>
/// <param name="Interval">Of the value, 95 %.</param>
/// <param name="Rules">The keys of the signal rules that mark it.</param>
public sealed record ChartMonth(
    DateOnly Month, double? Value, string Counts, Interval? Interval, double? Low, double? High, Side Side, IReadOnlyList<string> Rules, ChartPhase Phase);

/// <summary>A pattern found in a chart: a rule's key, its side, and the stretches of months it marks.</summary>
public sealed record ChartSignal(string Rule, Side Side, IReadOnlyList<(DateOnly First, DateOnly Last)> Stretches);

/// <summary>A control chart made ready to be drawn, worded and listed. Its numbers are not clipped: only the drawing is.</summary>
/// <param name="Phases">At least one; what the last says holds now.</param>
public sealed record ChartSeries(
    string Measure, Unit Unit, TargetLines? Target, IReadOnlyList<ChartPhase> Phases, IReadOnlyList<ChartMonth> Months, IReadOnlyList<ChartSignal> Signals)
{
    public ChartPhase Latest => Phases[^1];

    /// <summary>A chart of a team's trend; null when there are too few months for limits anywhere.</summary>
    public static ChartSeries? Of(TrendComputed trend, TrendSeries series)
    {
        ArgumentNullException.ThrowIfNull(trend);
        var target = Profiles.Find(trend.Profile)?.TargetOf(Codes.Of(series));
        DateOnly[] firstMonths = [.. trend.Phases.Where(phase => phase.Series == series).Select(phase => phase.Month)];
        return series switch
        {
            TrendSeries.Adherence => OfAdherence(trend.Adherence, firstMonths, target),
            TrendSeries.AdherenceAbove => OfShare(series, trend.AdherenceAbove, firstMonths, target),
            _ => OfShare(series, trend.TamCompleted, firstMonths, target),
        };
    }

    /// <summary>The XmR charts of a mean, one for each phase.</summary>
    public static ChartSeries? OfAdherence(IReadOnlyList<MonthlyMean> trend, IReadOnlyList<DateOnly> firstMonths, Target? target)
    {
        var phases = ControlChart.XmR(trend, firstMonths, target);
        return phases.All(phase => phase.Chart is null)
            ? null
            : Joined(Codes.Of(TrendSeries.Adherence), Unit.Score, target, [.. phases.Select(Of)]);

        static (ChartPhase, IEnumerable<ChartMonth>, IReadOnlyList<ChartSignal>) Of(XmRPhase phase)
        {
            var chart = phase.Chart;
            (double Low, double High)? limits = chart is null ? null : (chart.Lower.ToDouble(), chart.Upper.ToDouble());
            var sides = chart is null ? null : new SignalSides(phase.Months, chart);
            var shown = new ChartPhase(
                phase.Months[0].Month, phase.Months[^1].Month, chart?.Mean.ToDouble(), limits, chart?.IsTrial ?? false, chart?.Assurance);
            return (
                shown,
                phase.Months.Select(month => new ChartMonth(
                    month.Month, month.Value?.ToDouble(), $"n\u00a0=\u00a0{month.Cases}", month.Interval, limits?.Low, limits?.High,
                    sides?.Of(month.Month) ?? Side.None,
                    [.. (sides?.Signals ?? []).Where(signal => Covers(signal, month.Month)).Select(signal => signal.Rule)], shown)),
                sides?.Signals ?? []);
        }
    }

    /// <summary>The p-charts of a share, one for each phase. A month outside its limits is a signal.</summary>
    static ChartSeries? OfShare(TrendSeries series, IReadOnlyList<MonthlyShare> trend, IReadOnlyList<DateOnly> firstMonths, Target? target)
    {
        var phases = ControlChart.PChart(Whole(trend), firstMonths, target);
        return phases.All(phase => phase.Chart is null) ? null : Joined(Codes.Of(series), Unit.Share, target, [.. phases.Select(Of)]);

        static (ChartPhase, IEnumerable<ChartMonth>, IReadOnlyList<ChartSignal>) Of(PChartPhase phase)
        {
            var shown = new ChartPhase(phase.Months[0].Month, phase.Months[^1].Month, phase.Chart?.PBar.ToDouble(), null, IsTrial: false, phase.Chart?.Assurance);
            ChartMonth[] months = [.. (phase.Chart?.Months ?? []).Select(month => new ChartMonth(
                month.Month, month.Value, $"{month.Numerator}/{month.Denominator}",
                month.Denominator == 0 ? null : Intervals.Wilson(month.Numerator, month.Denominator), month.Low, month.High, SideOf(month),
                SideOf(month) == Side.None ? [] : [BeyondLimit], shown))];
            if (months is [])
                months = [.. phase.Months.Select(month => new ChartMonth(month.Month, null, "0/0", null, null, null, Side.None, [], shown))];
            return (
                shown, months,
                [.. months.Where(month => month.Side != Side.None)
                    .GroupBy(month => month.Side, (side, marked) => new ChartSignal(BeyondLimit, side, [.. marked.Select(month => (month.Month, month.Month))]))]);
        }
    }

    const string BeyondLimit = "beyond_limit";

    /// <summary>A series of months without a break: what was not counted is a month of nothing.</summary>
    static IEnumerable<MonthlyShare> Whole(IReadOnlyList<MonthlyShare> trend)
    {
        if (trend is [])
            return [];
        var known = trend.ToDictionary(month => month.Month);
        return Calendar.Months(trend[0].Month, trend[^1].Month).Select(month => known.GetValueOrDefault(month) ?? new(month, 0, 0));
    }

    static ChartSeries Joined(
        string measure, Unit unit, Target? target, IReadOnlyList<(ChartPhase Phase, IEnumerable<ChartMonth> Months, IReadOnlyList<ChartSignal> Signals)> phases) => new(
        measure, unit, TargetLines.Of(target), [.. phases.Select(phase => phase.Phase)], [.. phases.SelectMany(phase => phase.Months)],
        // In the order in which they were found; a rule that marks months of several phases is said once.
        [.. phases.SelectMany(phase => phase.Signals).GroupBy(
            signal => (signal.Rule, signal.Side), (found, signals) => new ChartSignal(found.Rule, found.Side, [.. signals.SelectMany(signal => signal.Stretches)]))]);

    /// <summary>The part of the chart from one month to another. Limits and signals are those of the whole.</summary>
    public ChartSeries Within(DateOnly from, DateOnly to) => this with
    {
        Months = [.. Months.Where(month => month.Month >= from && month.Month <= to)],
        Signals =
        [
            .. Signals.Select(signal => signal with { Stretches = [.. signal.Stretches.Where(stretch => stretch.First <= to && stretch.Last >= from)] })
                .Where(signal => signal.Stretches is not []),
        ],
    };

    static bool Covers(ChartSignal signal, DateOnly month) => signal.Stretches.Any(stretch => stretch.First <= month && month <= stretch.Last);

    static Side SideOf(PChartMonth month) => month.Value > month.High ? Side.Better : month.Value < month.Low ? Side.Worse : Side.None;
}
