namespace Fidelity.Measurement;

/// <summary>A two-sided 95 % confidence interval.</summary>
public readonly record struct Interval(double Low, double High);

/// <summary>The intervals that stand beside every number (measurement.md §5).</summary>
public static class Intervals
{
    /// <summary>The normal quantile of two-sided 95 %, as the rules fix it.</summary>
    public const double Z95 = 1.959964;

    const double Confidence = 0.95;

    /// <summary>Wilson's score interval of a share; Wilson (1927), J Am Stat Assoc 22(158):209–212.</summary>
    /// <param name="x">0 to <paramref name="n"/>.</param>
    /// <param name="n">At least 1.</param>
    public static Interval Wilson(int x, int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(x, n);
        const double z2 = Z95 * Z95;
        var p = (double)x / n;
        var centre = p + z2 / (2.0 * n);
        var half = Z95 * Math.Sqrt(p * (1 - p) / n + z2 / (4.0 * n * n));
        var scale = 1 + z2 / n;
        // At the ends the bound is 0 or 1 exactly, whatever the last bit of the square root.
        return new(x == 0 ? 0 : (centre - half) / scale, x == n ? 1 : (centre + half) / scale);
    }

    /// <summary>Student's t interval of a mean over units; null when there are fewer than two.</summary>
    public static Interval? Student(IReadOnlyList<Fraction> units)
    {
        ArgumentNullException.ThrowIfNull(units);
        if (units.Count < 2)
            return null;
        var mean = Fraction.Mean(units);
        var squares = units.Select(unit => (unit - mean) * (unit - mean)).Aggregate((a, b) => a + b);
        var variance = squares / (units.Count - 1);
        var half = StudentT.TwoSidedQuantile(Confidence, units.Count - 1) * Math.Sqrt((variance / units.Count).ToDouble());
        return new(mean.ToDouble() - half, mean.ToDouble() + half);
    }
}

/// <summary>Student's t distribution with a whole number of degrees of freedom.</summary>
static class StudentT
{
    /// <summary>The t with P(|T| ≤ t) = <paramref name="probability"/>, by bisection on θ = atan(t/√ν).</summary>
    public static double TwoSidedQuantile(double probability, int degreesOfFreedom)
    {
        var (low, high) = (0.0, Math.PI / 2);
        while (true)
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high)
                return Math.Sqrt(degreesOfFreedom) * Math.Tan(middle);
            if (Central(middle, degreesOfFreedom) < probability)
                low = middle;
            else
                high = middle;
        }
    }

    /// <summary>
    /// P(|T| ≤ t) as the finite series of Abramowitz &amp; Stegun (1964), Handbook of Mathematical Functions, 26.7.3 (odd ν) and
    /// 26.7.4 (even ν). Every term is positive, so nothing cancels.
    /// </summary>
    static double Central(double theta, int degreesOfFreedom)
    {
        var (sine, cosine) = Math.SinCos(theta);
        var odd = degreesOfFreedom % 2 == 1;
        var (sum, term) = (0.0, odd ? cosine : 1.0);
        for (var power = odd ? 1 : 0; power <= degreesOfFreedom - 2; power += 2)
        {
            sum += term;
            term *= cosine * cosine * (power + 1) / (power + 2);
        }
        return odd ? 2 / Math.PI * (theta + sine * sum) : sine * sum;
    }
}
