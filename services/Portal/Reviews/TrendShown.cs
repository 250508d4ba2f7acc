using System.Globalization;
using Fidelity.Contracts.Pir;
using Fidelity.Measurement;

namespace Fidelity.Portal.Reviews;

/// <summary>A team's monthly figures with limits and signals, as the API gives them (measurement.md §5).</summary>
sealed record TrendShown(
    string Programme, string Team, string Profile, DateOnly AsOf, long Position, IReadOnlyList<TrendShown.Month> Months, TrendShown.XmR? Xmr,
    TrendShown.Shares? PChartAdherenceAbove, TrendShown.Shares? PChartTamCompleted)
{
    public sealed record Month(string Name, double? Value, int N, IReadOnlyList<string> Signals);

    public sealed record XmR(
        int Points, double Mean, double MeanMovingRange, double Lower, double Upper, bool Trial,
        IReadOnlyDictionary<string, IReadOnlyList<string>> Signals, Assurance? Assurance);

    public sealed record Shares(double PBar, IReadOnlyList<ShareMonth> Months);

    public sealed record ShareMonth(string Month, int Numerator, int Denominator, double? Value, double? Low, double? High);

    public static TrendShown Of(TrendComputed trend)
    {
        var chart = ControlChart.XmR(trend.Adherence, Profiles.Find(trend.Profile)?.TargetOf("adherence"));
        return new(
            trend.Programme, trend.TeamId, trend.Profile, trend.AsOf, trend.Position,
            [
                .. trend.Adherence.Select(month => new Month(
                    Name(month.Month), month.Value?.ToDouble(), month.Cases,
                    [.. (chart?.Signals ?? []).Where(signal => signal.Months.Contains(month.Month)).Select(signal => Rule(signal))])),
            ],
            chart is null ? null : new(
                chart.Points, chart.Mean.ToDouble(), chart.MeanMovingRange.ToDouble(), chart.Lower.ToDouble(), chart.Upper.ToDouble(), chart.IsTrial,
                chart.Signals.ToDictionary(Rule, signal => (IReadOnlyList<string>)[.. signal.Months.Select(Name)], StringComparer.Ordinal),
                chart.Assurance),
            Of(trend.AdherenceAbove), Of(trend.TamCompleted));
    }

    static Shares? Of(IReadOnlyList<MonthlyShare> months) => ControlChart.PChart(months) is not { } chart ? null : new(
        chart.PBar.ToDouble(),
        [.. chart.Months.Select(month => new ShareMonth(Name(month.Month), month.Numerator, month.Denominator, month.Value, month.Low, month.High))]);

    static string Name(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>A rule's name without its version, <c>run_of_seven</c> for <c>run_of_seven@1</c>.</summary>
    static string Rule(Signal signal) => signal.Rule[..signal.Rule.IndexOf('@', StringComparison.Ordinal)];
}
