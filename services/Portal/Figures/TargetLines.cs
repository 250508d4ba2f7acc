using System.Globalization;
using Fidelity.Measurement;

namespace Fidelity.Portal.Figures;

/// <summary>A target as a review states it (<see cref="Target.ToString"/>), taken apart to be drawn and written.</summary>
/// <param name="Lowest">The least good value.</param>
/// <param name="Highest">The largest good value.</param>
/// <param name="Bound">The value that good ones stay below.</param>
public sealed record TargetLines(decimal? Lowest, decimal? Highest, decimal? Bound)
{
    /// <summary>Where the dashed lines go.</summary>
    public IEnumerable<double> Values => new[] { Lowest, Highest, Bound }.OfType<decimal>().Select(value => (double)value);

    public bool IsMetBy(decimal value) => !(value < Lowest) && !(value > Highest) && !(value >= Bound);

    public static TargetLines? Of(Target? target) => Of(target?.ToString());

    public static TargetLines? Of(string? target) => target?.Split(' ', '-') switch
    {
        null => null,
        [">=", var lowest] => new(Number(lowest), null, null),
        ["<", var bound] => new(null, null, Number(bound)),
        [var lowest, var highest] => new(Number(lowest), Number(highest), null),
        _ => throw new FormatException($"'{target}' is no target."),
    };

    static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
