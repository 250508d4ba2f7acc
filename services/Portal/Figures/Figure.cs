using System.Globalization;
using Fidelity.Measurement;

namespace Fidelity.Portal.Figures;

/// <summary>What a figure counts in.</summary>
public enum Unit
{
    /// <summary>0–1, written in per cent.</summary>
    Share,

    /// <summary>A mean on an instrument's scale.</summary>
    Score,

    Days,
}

/// <summary>How figures are written: in the reader's culture, with no more decimals than their counts can carry.</summary>
public static class Figure
{
    const int MostExtraDecimals = 4;

    public static Unit UnitOf(string measure, MeasureKind kind) =>
        kind == MeasureKind.Share ? Unit.Share : measure == "length_of_stay" ? Unit.Days : Unit.Score;

    public static string Of(double value, Unit unit) => Of((decimal)value, unit, UsualDecimals(unit));

    /// <summary>
    /// The value of a measure, rounded only as far as its verdict allows: 17/28 is below .61 and must not be read as .61.
    /// </summary>
    public static string Of(MeasureResult measure) => measure.Value is { } value
        ? Of((decimal)value, UnitOf(measure.Measure, measure.Kind), rounded => Contradicts(measure, rounded))
        : "–";

    /// <summary>A score, rounded only as far as it stays on its side of the instrument's threshold.</summary>
    public static string Of(Score score) => score.Value is { } value ? Of(value, Instruments.Find(score.Definition)?.Threshold) : "–";

    /// <summary>A score, or the mean of a family's, likewise.</summary>
    public static string Of(Fraction score, Fraction? threshold) =>
        Of((decimal)score.ToDouble(), Unit.Score, rounded => rounded >= threshold != score >= threshold);

    /// <summary>What a value rests on: <c>16/18</c>, or the number of cases or raters behind a mean.</summary>
    public static string Counts(MeasureResult measure) =>
        measure.Numerator is { } numerator ? $"{numerator}/{measure.Denominator}" : $"n\u00a0=\u00a0{measure.Denominator}";

    public static string Range(double low, double high, Unit unit) => unit == Unit.Share
        ? $"{Of((decimal)low * 100, Unit.Days, 0)}–{Of(high, unit)}"
        : $"{Of(low, unit)}–{Of(high, unit)}";

    public static string Of(TargetLines target, Unit unit) => target switch
    {
        { Bound: { } bound } => $"< {Whole(bound, unit)}",
        { Lowest: { } lowest, Highest: { } highest } => $"{Whole(lowest, unit)}–{Whole(highest, unit)}",
        { Lowest: { } lowest } => $"≥ {Whole(lowest, unit)}",
        _ => "",
    };

    static string Whole(decimal value, Unit unit) => Of(value, unit, unit == Unit.Score ? 2 : 0);

    static string Of(decimal value, Unit unit, Func<decimal, bool> contradicts)
    {
        var decimals = UsualDecimals(unit);
        while (contradicts(Rounded(value, unit, decimals)) && decimals < UsualDecimals(unit) + MostExtraDecimals)
            decimals++;
        return Of(value, unit, decimals);
    }

    static bool Contradicts(MeasureResult measure, decimal rounded) =>
        measure.Status is MeasureStatus.Met or MeasureStatus.NotMet
        && TargetLines.Of(measure.Target) is { } target
        && target.IsMetBy(rounded) != (measure.Status == MeasureStatus.Met);

    static int UsualDecimals(Unit unit) => unit switch { Unit.Share => 0, Unit.Score => 2, _ => 1 };

    static decimal Rounded(decimal value, Unit unit, int decimals) =>
        decimal.Round(value, unit == Unit.Share ? decimals + 2 : decimals, MidpointRounding.AwayFromZero);

    /// <summary>Its parts stay on one line.</summary>
    static string Of(decimal value, Unit unit, int decimals) =>
        Rounded(value, unit, decimals).ToString($"{(unit == Unit.Share ? 'P' : 'N')}{decimals}", CultureInfo.CurrentCulture).Replace(' ', '\u00a0');
}
