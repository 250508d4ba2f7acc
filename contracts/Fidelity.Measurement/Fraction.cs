using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fidelity.Measurement;

/// <summary>
/// An exact rational number in lowest terms, so that a comparison with a target never hangs on rounding: 17/28 is below 0.61
/// (measurement.md §4). <c>default(Fraction)</c> is zero. In JSON and text: <c>"17/28"</c>, whole numbers as <c>"1/1"</c>.
/// </summary>
[JsonConverter(typeof(FractionJsonConverter))]
public readonly record struct Fraction : IComparable<Fraction>
{
    // One less than the denominator, so that default is 0/1 and no fraction can have the denominator 0.
    readonly BigInteger _denominatorLessOne;

    /// <summary>The fraction in lowest terms, its sign on the numerator.</summary>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    public Fraction(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
            throw new DivideByZeroException("A fraction needs a denominator other than zero.");
        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        Numerator = numerator / divisor;
        _denominatorLessOne = denominator / divisor - 1;
    }

    /// <summary>Carries the sign.</summary>
    public BigInteger Numerator { get; }

    /// <summary>Always positive, with no divisor in common with the numerator.</summary>
    public BigInteger Denominator => _denominatorLessOne + 1;

    /// <summary>The exact value of a decimal literal: <c>0.61m</c> is 61/100.</summary>
    public static implicit operator Fraction(decimal value)
    {
        var bits = decimal.GetBits(value);
        var magnitude = (Word(2) << 64) + (Word(1) << 32) + Word(0);
        var scale = (bits[3] >> 16) & 0xFF;
        return new(value < 0 ? -magnitude : magnitude, BigInteger.Pow(10, scale));

        BigInteger Word(int i) => unchecked((uint)bits[i]);
    }

    /// <summary>A whole number.</summary>
    public static implicit operator Fraction(int value) => new(value, 1);

    /// <summary>Sum.</summary>
    public static Fraction operator +(Fraction a, Fraction b) =>
        new(a.Numerator * b.Denominator + b.Numerator * a.Denominator, a.Denominator * b.Denominator);

    /// <summary>Difference.</summary>
    public static Fraction operator -(Fraction a, Fraction b) => a + new Fraction(-b.Numerator, b.Denominator);

    /// <summary>Product.</summary>
    public static Fraction operator *(Fraction a, Fraction b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    /// <summary>Quotient.</summary>
    /// <exception cref="DivideByZeroException"><paramref name="b"/> is zero.</exception>
    public static Fraction operator /(Fraction a, Fraction b) => new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    /// <summary>Exact order.</summary>
    public static bool operator <(Fraction a, Fraction b) => a.CompareTo(b) < 0;

    /// <summary>Exact order.</summary>
    public static bool operator >(Fraction a, Fraction b) => a.CompareTo(b) > 0;

    /// <summary>Exact order.</summary>
    public static bool operator <=(Fraction a, Fraction b) => a.CompareTo(b) <= 0;

    /// <summary>Exact order.</summary>
    public static bool operator >=(Fraction a, Fraction b) => a.CompareTo(b) >= 0;

    /// <summary>Absolute value.</summary>
    public static Fraction Abs(Fraction value) => new(BigInteger.Abs(value.Numerator), value.Denominator);

    /// <summary>The exact arithmetic mean.</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static Fraction Mean(IEnumerable<Fraction> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var (sum, count) = (default(Fraction), 0);
        foreach (var value in values)
            (sum, count) = (sum + value, count + 1);
        return count == 0 ? throw new ArgumentException("A mean needs at least one value.", nameof(values)) : sum / count;
    }

    /// <summary>Reads what <see cref="ToString"/> writes: an integer, a slash and a positive integer.</summary>
    public static bool TryParse(string? text, out Fraction fraction)
    {
        fraction = default;
        if (text?.Split('/') is not [var above, var below]
            || !BigInteger.TryParse(above, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var numerator)
            || !BigInteger.TryParse(below, NumberStyles.None, CultureInfo.InvariantCulture, out var denominator)
            || denominator.IsZero)
            return false;
        fraction = new(numerator, denominator);
        return true;
    }

    /// <inheritdoc />
    public int CompareTo(Fraction other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    /// <summary>The nearest double, ties to even, for values in the range of normal doubles.</summary>
    public double ToDouble()
    {
        if (Numerator.IsZero)
            return 0;
        // 55 or 56 bits of quotient: the 53 a double keeps, one to round by, and the last one set when anything remains,
        // so that the single rounding of the conversion below sees every bit that was cut off.
        var magnitude = BigInteger.Abs(Numerator);
        var shift = 55 - (int)(magnitude.GetBitLength() - Denominator.GetBitLength());
        var quotient = shift >= 0
            ? BigInteger.DivRem(magnitude << shift, Denominator, out var remainder)
            : BigInteger.DivRem(magnitude, Denominator << -shift, out remainder);
        var bits = (long)quotient | (remainder.IsZero ? 0L : 1L);
        return Numerator.Sign * Math.ScaleB(bits, -shift);
    }

    /// <summary>For example <c>17/28</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");

    sealed class FractionJsonConverter : JsonConverter<Fraction>
    {
        public override Fraction Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && TryParse(reader.GetString(), out var fraction)
                ? fraction
                : throw new JsonException("A fraction is a string such as \"17/28\".");

        public override void Write(Utf8JsonWriter writer, Fraction value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
