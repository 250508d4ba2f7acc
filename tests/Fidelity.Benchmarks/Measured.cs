using System.Globalization;
using System.Text.Json;

namespace Fidelity.Benchmarks;

/// <summary>
/// One figure beside what it is held against, both taken in turn in one run on one machine: what the machine gives at the
/// moment cancels out in the ratio.
/// </summary>
static class Measured
{
    /// <summary>Writes one line of JSON: medians, every single run, and the ratio of the medians.</summary>
    /// <param name="benchmark">What was measured.</param>
    /// <param name="unit">The unit of both figures, larger being better.</param>
    /// <param name="own">Ours, run by run.</param>
    /// <param name="baseline">What ours is held against, in words that allow to repeat it.</param>
    /// <param name="others">The baseline, run by run.</param>
    /// <param name="aim">The least ratio aimed at.</param>
    public static void Ratio(string benchmark, string unit, IReadOnlyList<double> own, string baseline, IReadOnlyList<double> others, double aim)
    {
        var (value, other) = (Median(own), Median(others));
        Write(new
        {
            benchmark, value = Short(value), unit, baseline, baseline_value = Short(other), ratio = Math.Round(value / other, 3), aim,
            reached = value / other >= aim, runs = own.Select(Short), baseline_runs = others.Select(Short),
        });
    }

    /// <summary>A figure with an upper bound of its own.</summary>
    public static void Bound(string benchmark, string unit, double value, double aim, object? details = null) =>
        Write(new { benchmark, value = Short(value), unit, aim_at_most = aim, reached = value <= aim, details });

    public static double Median(IEnumerable<double> values)
    {
        var ordered = values.Order().ToList();
        return (ordered[(ordered.Count - 1) / 2] + ordered[ordered.Count / 2]) / 2;
    }

    /// <summary>The value that a share of all values does not exceed.</summary>
    public static double Percentile(IEnumerable<double> values, double share)
    {
        var ordered = values.Order().ToList();
        return ordered[Math.Min(ordered.Count - 1, (int)Math.Ceiling(share * ordered.Count) - 1)];
    }

    static double Short(double value) => double.Parse(value.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    static void Write(object line) => Console.WriteLine(JsonSerializer.Serialize(line));
}
