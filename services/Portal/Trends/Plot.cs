using System.Globalization;

namespace Fidelity.Portal.Trends;

/// <summary>Where months and values lie in a drawing. Values are clipped to the axis here, and nowhere else.</summary>
/// <param name="Step">Width of a month.</param>
/// <param name="Left">Room for the value axis.</param>
/// <param name="Top">Room above the highest value.</param>
/// <param name="Height">From the lowest value of the axis to the highest.</param>
/// <param name="Lowest">The value at the bottom; the top is 1.</param>
sealed record Plot(int Months, double Step, double Left, double Top, double Height, double Lowest = 0)
{
    const double Highest = 1;

    public double Right => Left + Months * Step;

    public double Bottom => Top + Height;

    /// <summary>The middle of a month.</summary>
    public double X(int month) => Left + (month + 0.5) * Step;

    public double Y(double value) => Bottom - (Math.Clamp(value, Lowest, Highest) - Lowest) / (Highest - Lowest) * Height;

    /// <summary>The line through the values, broken at every gap.</summary>
    public string Line(IReadOnlyList<double?> values)
    {
        var drawing = false;
        var path = new System.Text.StringBuilder();
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is { } value)
                path.Append(drawing ? 'L' : 'M').Append(Number(X(i))).Append(' ').Append(Number(Y(value)));
            drawing = values[i] is not null;
        }

        return path.ToString();
    }

    public string Triangle(int month, double value, bool up, double size) => Triangle(X(month), Y(value), up, size);

    /// <summary>Around a point of a drawing.</summary>
    public static string Triangle(double x, double y, bool up, double size)
    {
        var tip = up ? -size : size;
        return $"M{Number(x)} {Number(y + tip)}L{Number(x + size)} {Number(y - tip * 0.7)}L{Number(x - size)} {Number(y - tip * 0.7)}Z";
    }

    /// <summary>A coordinate to a tenth of a pixel, as SVG wants it in every language.</summary>
    public static string Number(double coordinate) => Math.Round(coordinate, 1).ToString(CultureInfo.InvariantCulture);
}
