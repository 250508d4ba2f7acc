using System.Globalization;
using Fidelity.Contracts.Pir;
using Fidelity.Measurement;

namespace Fidelity.Portal.Reviews;

/// <summary>A team's monthly figures with limits and signals, as the API gives them (measurement.md §5).</summary>
/// <param name="Programme">The programme.</param>
/// <param name="Team">The id of the team.</param>
/// <param name="Profile">The programme profile that they were computed with.</param>
/// <param name="AsOf">The day on which they were computed.</param>
/// <param name="Position">Up to which of the stored facts they were computed.</param>
/// <param name="Months">Adherence by month of interview, from the first month with a valid interview on.</param>
/// <param name="Xmr">
/// The control chart of adherence; where its baseline was changed, of the last phase. Null with fewer than two months that have a value.
/// </param>
/// <param name="XmrBefore">Of the phases before, oldest first; those that have two months with a value.</param>
/// <param name="PChartAdherenceAbove">The p-chart of cases at or above the threshold; null when there is no threshold, or nothing was counted.</param>
/// <param name="PChartTamCompleted">The p-chart of completed opportunities, by month of due date; null when nothing was due.</param>
sealed record TrendShown(
    string Programme, string Team, string Profile, DateOnly AsOf, long Position, IReadOnlyList<TrendShown.Month> Months, TrendShown.XmR? Xmr,
    IReadOnlyList<TrendShown.XmR> XmrBefore, TrendShown.Shares? PChartAdherenceAbove, TrendShown.Shares? PChartTamCompleted)
{
    /// <summary>One month of adherence.</summary>
    /// <param name="Name">The month, such as `2026-03`.</param>
    /// <param name="Value">The mean over cases; null when no case had a valid interview: a gap, never a zero.</param>
    /// <param name="N">How many cases it rests on.</param>
    /// <param name="Signals">The rules that mark the month.</param>
    public sealed record Month(string Name, double? Value, int N, IReadOnlyList<string> Signals);

    /// <summary>A chart of individual values and moving ranges. Its limits are exact, and not clipped.</summary>
    /// <param name="From">The first month of the phase, such as `2026-03`.</param>
    /// <param name="Points">The months that have a value.</param>
    /// <param name="Mean">The mean of those.</param>
    /// <param name="MeanMovingRange">The mean distance between consecutive values.</param>
    /// <param name="Lower">The mean less 2.66 mean moving ranges.</param>
    /// <param name="Upper">The mean and 2.66 mean moving ranges.</param>
    /// <param name="Trial">Whether there are fewer than 13 points.</param>
    /// <param name="Signals">The months that each rule marks, by rule.</param>
    /// <param name="Assurance">What the chart says about the target; null with trial limits or without a target.</param>
    public sealed record XmR(
        string From, int Points, double Mean, double MeanMovingRange, double Lower, double Upper, bool Trial,
        IReadOnlyDictionary<string, IReadOnlyList<string>> Signals, Assurance? Assurance);

    /// <summary>A p-chart.</summary>
    /// <param name="PBar">The share over all months of the last phase; null while nothing was counted in it.</param>
    /// <param name="Months">The months in which anything was counted.</param>
    /// <param name="Phases">The first month of each phase, such as `2026-03`, with its share over all its months.</param>
    public sealed record Shares(double? PBar, IReadOnlyList<ShareMonth> Months, IReadOnlyList<SharePhase> Phases);

    /// <summary>The months from one change of the baseline to the next.</summary>
    /// <param name="From">The first of them, such as `2026-03`.</param>
    /// <param name="PBar">The share over all of them; null when nothing was counted.</param>
    public sealed record SharePhase(string From, double? PBar);

    /// <summary>One month of a share.</summary>
    /// <param name="Month">The month, such as `2026-03`.</param>
    /// <param name="Numerator">The numerator.</param>
    /// <param name="Denominator">The denominator.</param>
    /// <param name="Value">The share; null when nothing was counted.</param>
    /// <param name="Low">The lower limit of three sigmas; null with the share.</param>
    /// <param name="High">The upper limit of three sigmas; null with the share.</param>
    public sealed record ShareMonth(string Month, int Numerator, int Denominator, double? Value, double? Low, double? High);

    public static TrendShown Example => Of(new TrendComputed(
        1, "main", "nord", "mst@1", 4711, new(2026, 3, 31),
        [new(new(2026, 1, 1), new(2, 3), 4), new(new(2026, 2, 1), null, 0), new(new(2026, 3, 1), new(5, 7), 5)],
        [new(new(2026, 1, 1), 3, 4), new(new(2026, 3, 1), 4, 5)],
        [new(new(2026, 1, 1), 3, 4), new(new(2026, 2, 1), 0, 5), new(new(2026, 3, 1), 4, 5)]));

    public static TrendShown Of(TrendComputed trend)
    {
        var phases = ControlChart.XmR(trend.Adherence, Starts(trend, TrendSeries.Adherence), Profiles.Find(trend.Profile)?.TargetOf("adherence"));
        var signals = phases.SelectMany(phase => phase.Chart?.Signals ?? []).ToList();
        return new(
            trend.Programme, trend.TeamId, trend.Profile, trend.AsOf, trend.Position,
            [
                .. trend.Adherence.Select(month => new Month(
                    Name(month.Month), month.Value?.ToDouble(), month.Cases,
                    [.. signals.Where(signal => signal.Months.Contains(month.Month)).Select(Rule)])),
            ],
            phases is [.., var last] ? Of(last) : null, [.. phases.SkipLast(1).Select(Of).OfType<XmR>()],
            Of(trend, TrendSeries.AdherenceAbove, trend.AdherenceAbove), Of(trend, TrendSeries.TamCompleted, trend.TamCompleted));
    }

    static XmR? Of(XmRPhase phase) => phase.Chart is not { } chart ? null : new(
        Name(phase.Months[0].Month), chart.Points, chart.Mean.ToDouble(), chart.MeanMovingRange.ToDouble(), chart.Lower.ToDouble(), chart.Upper.ToDouble(),
        chart.IsTrial, chart.Signals.ToDictionary(Rule, signal => (IReadOnlyList<string>)[.. signal.Months.Select(Name)], StringComparer.Ordinal),
        chart.Assurance);

    static Shares? Of(TrendComputed trend, TrendSeries series, IReadOnlyList<MonthlyShare> months)
    {
        var phases = ControlChart.PChart(months, Starts(trend, series));
        return phases.All(phase => phase.Chart is null) ? null : new(
            phases[^1].Chart?.PBar.ToDouble(),
            [
                .. phases.SelectMany(phase => phase.Chart?.Months ?? [.. phase.Months.Select(month => new PChartMonth(month.Month, 0, 0, null, null, null))])
                    .Select(month => new ShareMonth(Name(month.Month), month.Numerator, month.Denominator, month.Value, month.Low, month.High)),
            ],
            [.. phases.Select(phase => new SharePhase(Name(phase.Months[0].Month), phase.Chart?.PBar.ToDouble()))]);
    }

    static IEnumerable<DateOnly> Starts(TrendComputed trend, TrendSeries series) =>
        trend.Phases.Where(phase => phase.Series == series).Select(phase => phase.Month);

    static string Name(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>A rule's name without its version, <c>run_of_seven</c> for <c>run_of_seven@1</c>.</summary>
    static string Rule(Signal signal) => signal.Rule[..signal.Rule.IndexOf('@', StringComparison.Ordinal)];
}
