using System.Text.Json.Serialization;

namespace Fidelity.Measurement;

/// <summary>What a chart says about a target (measurement.md §5).</summary>
[JsonConverter(typeof(CodeJsonConverter<Assurance>))]
public enum Assurance
{
    /// <summary>The whole band from limit to limit is on the good side.</summary>
    ConsistentlyMeets,

    /// <summary>The target lies within the band.</summary>
    HitAndMiss,

    /// <summary>The whole band is on the bad side.</summary>
    ConsistentlyFails,
}

/// <summary>The months that a signal rule marked.</summary>
/// <param name="Rule">The rule's id and version.</param>
/// <param name="Months">First days of the months of the pattern, in order.</param>
public sealed record Signal(string Rule, IReadOnlyList<DateOnly> Months);

/// <summary>Limits and signals of a trend; exact, and never clipped to 0–1: only a drawing is.</summary>
/// <param name="Points">The months that have a value.</param>
/// <param name="Mean">The mean of those.</param>
/// <param name="MeanMovingRange">The mean distance between consecutive values, bridging empty months.</param>
/// <param name="Lower">Mean − 2.66 × mean moving range.</param>
/// <param name="Upper">Mean + 2.66 × mean moving range.</param>
/// <param name="IsTrial">Below 13 points.</param>
/// <param name="Signals">One for each rule that was on, in the order given.</param>
/// <param name="Assurance">Null with trial limits or without a target.</param>
public sealed record XmRChart(
    int Points, Fraction Mean, Fraction MeanMovingRange, Fraction Lower, Fraction Upper, bool IsTrial,
    IReadOnlyList<Signal> Signals, Assurance? Assurance);

/// <summary>One month of a p-chart. Value and limits are null when nothing was counted; limits are not clipped.</summary>
public sealed record PChartMonth(DateOnly Month, int Numerator, int Denominator, double? Value, double? Low, double? High);

/// <summary>A chart of a share, with its limits for each month.</summary>
/// <param name="PBar">The share over all months.</param>
/// <param name="Months">In order.</param>
/// <param name="Assurance">
/// Of the bands of all months in which anything was counted: when each is on the good side, when each is on the bad side, or neither.
/// Null below 13 such months or without a target.
/// </param>
public sealed record PChart(Fraction PBar, IReadOnlyList<PChartMonth> Months, Assurance? Assurance);

/// <summary>The months from one change of the baseline to the next, with limits and signals of their own.</summary>
/// <param name="Months">In order, gaps included.</param>
/// <param name="Chart">Null while fewer than two of them have a value.</param>
public sealed record XmRPhase(IReadOnlyList<MonthlyMean> Months, XmRChart? Chart);

/// <summary>The months of a share from one change of the baseline to the next, with a share and limits of their own.</summary>
/// <param name="Months">In order.</param>
/// <param name="Chart">Null when nothing was counted in any of them.</param>
public sealed record PChartPhase(IReadOnlyList<MonthlyShare> Months, PChart? Chart);

/// <summary>The 95 % and 99.8 % limits of a funnel plot for one team's denominator; not clipped.</summary>
public sealed record FunnelLimits(Interval Inner, Interval Outer);

/// <summary>Control charts and funnel limits (measurement.md §5).</summary>
public static class ControlChart
{
    const int PointsForFirmLimits = 13;
    const double PChartSigmas = 3;

    /// <summary>The normal quantile of two-sided 99.8 %, as the rules fix it.</summary>
    const double Z998 = 3.090232;

    /// <summary>3 / 1.128, as the rules fix it; Wheeler &amp; Chambers (1992), Understanding Statistical Process Control.</summary>
    static readonly Fraction LimitFactor = 2.66m;

    /// <summary>
    /// The chart of individual values and moving ranges. Null below two points: there is no moving range to set limits by.
    /// </summary>
    /// <param name="trend">In order of month, gaps included or not; one phase, others have <see cref="XmR(IEnumerable{MonthlyMean}, IEnumerable{DateOnly}, Target?, IReadOnlyList{SignalRule}?)"/>.</param>
    /// <param name="target">What assurance is given against.</param>
    /// <param name="rules">The signal rules that are on; <see cref="SignalRules.All"/> when null.</param>
    public static XmRChart? XmR(IEnumerable<MonthlyMean> trend, Target? target, IReadOnlyList<SignalRule>? rules = null)
    {
        MonthlyMean[] months = [.. trend.Where(month => month.Value is not null)];
        Fraction[] values = [.. months.Select(month => month.Value!.Value)];
        if (values.Length < 2)
            return null;
        var mean = Fraction.Mean(values);
        var movingRange = Fraction.Mean(values.Zip(values.Skip(1), (a, b) => Fraction.Abs(b - a)));
        var (lower, upper) = (mean - LimitFactor * movingRange, mean + LimitFactor * movingRange);
        var trial = values.Length < PointsForFirmLimits;
        return new(
            values.Length, mean, movingRange, lower, upper, trial,
            [.. (rules ?? SignalRules.All).Select(Signal)],
            trial || target is null ? null : Assure(target, [(lower, upper)]));

        Signal Signal(SignalRule rule) => new(rule.Id, [.. rule.Marks(values, mean, upper).Select(point => months[point].Month)]);
    }

    /// <summary>
    /// The charts of a trend whose baseline was changed, one for each phase. Mean, moving ranges, limits and signals of a phase come from
    /// its own months alone: no moving range spans a border, and a run, a rise and two of three break there, because the new baseline is
    /// what says that the months after it are not to be held against those before. Limits are trial below 13 points of the phase. What
    /// the last phase says of the target holds; a phase without a chart says nothing yet.
    /// </summary>
    /// <param name="trend">In order of month, gaps included or not.</param>
    /// <param name="firstMonths">The first month of each new phase, in any order; one up to the first month of the trend begins nothing.</param>
    /// <param name="target">What assurance is given against.</param>
    /// <param name="rules">The signal rules that are on; <see cref="SignalRules.All"/> when null.</param>
    public static IReadOnlyList<XmRPhase> XmR(
        IEnumerable<MonthlyMean> trend, IEnumerable<DateOnly> firstMonths, Target? target, IReadOnlyList<SignalRule>? rules = null) =>
        [.. Phases(trend, month => month.Month, firstMonths).Select(phase => new XmRPhase(phase, XmR(phase, target, rules)))];

    /// <summary>The p-charts of a share whose baseline was changed, one for each phase: p̄ and limits come from its own months alone.</summary>
    /// <param name="months">In order of month.</param>
    /// <param name="firstMonths">The first month of each new phase, in any order; one up to the first of the months begins nothing.</param>
    /// <param name="target">What assurance is given against.</param>
    public static IReadOnlyList<PChartPhase> PChart(IEnumerable<MonthlyShare> months, IEnumerable<DateOnly> firstMonths, Target? target = null) =>
        [.. Phases(months, month => month.Month, firstMonths).Select(phase => new PChartPhase(phase, PChart(phase, target)))];

    static IEnumerable<IReadOnlyList<T>> Phases<T>(IEnumerable<T> months, Func<T, DateOnly> month, IEnumerable<DateOnly> firstMonths)
    {
        DateOnly[] changes = [.. firstMonths];
        return months.GroupBy(one => changes.Count(change => change <= month(one))).Select(phase => phase.ToList());
    }

    /// <summary>The p-chart of a share: p̄ ± 3√(p̄(1−p̄)/nᵢ). Null when nothing was counted at all.</summary>
    /// <param name="months">In order of month.</param>
    /// <param name="target">What assurance is given against.</param>
    public static PChart? PChart(IReadOnlyList<MonthlyShare> months, Target? target = null)
    {
        ArgumentNullException.ThrowIfNull(months);
        var total = months.Sum(month => month.Denominator);
        if (total == 0)
            return null;
        var pBar = new Fraction(months.Sum(month => month.Numerator), total);
        PChartMonth[] limited = [.. months.Select(Limit)];
        var bands = limited.Where(month => month.Value is not null).Select(month => ((Fraction)(decimal)month.Low!.Value, (Fraction)(decimal)month.High!.Value)).ToList();
        return new(pBar, limited, bands.Count < PointsForFirmLimits || target is null ? null : Assure(target, bands));

        PChartMonth Limit(MonthlyShare month)
        {
            if (month.Denominator == 0)
                return new(month.Month, 0, 0, null, null, null);
            var (low, high) = Around(pBar, month.Denominator, PChartSigmas);
            return new(month.Month, month.Numerator, month.Denominator, (double)month.Numerator / month.Denominator, low, high);
        }
    }

    static Assurance Assure(Target target, IReadOnlyList<(Fraction Lower, Fraction Upper)> bands) =>
        bands.All(band => target.IsMetBy(band.Lower) && target.IsMetBy(band.Upper)) ? Assurance.ConsistentlyMeets
        : bands.All(band => target.IsMissedByAll(band.Lower, band.Upper)) ? Assurance.ConsistentlyFails
        : Assurance.HitAndMiss;

    /// <summary>Funnel limits of a team with denominator <paramref name="n"/> around the network's share.</summary>
    /// <remarks>Spiegelhalter (2005), Stat Med 24(8):1185–1202.</remarks>
    public static FunnelLimits Funnel(Fraction pBar, int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        return new(Around(pBar, n, Intervals.Z95), Around(pBar, n, Z998));
    }

    static Interval Around(Fraction pBar, int n, double sigmas)
    {
        var p = pBar.ToDouble();
        var half = sigmas * Math.Sqrt((pBar * (1 - pBar) / n).ToDouble());
        return new(p - half, p + half);
    }
}
