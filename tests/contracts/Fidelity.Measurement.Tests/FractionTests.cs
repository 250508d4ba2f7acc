using System.Globalization;
using System.Numerics;
using System.Text.Json;
using FsCheck.Fluent;

namespace Fidelity.Measurement.Tests;

public sealed class FractionTests
{
    [Fact]
    public void A_fraction_is_in_lowest_terms_with_the_sign_above()
    {
        new Fraction(34, 56).ToString().ShouldBe("17/28");
        new Fraction(1, -2).ToString().ShouldBe("-1/2");
        new Fraction(0, -7).ShouldBe(default);
        default(Fraction).ToString().ShouldBe("0/1");
        Should.Throw<DivideByZeroException>(() => new Fraction(1, 0));
        Should.Throw<DivideByZeroException>(() => (Fraction)1 / 0);
    }

    [Fact]
    public void A_decimal_literal_is_exact()
    {
        ((Fraction)0.61m).ShouldBe(new Fraction(61, 100));
        ((Fraction)(-2.660m)).ShouldBe(new Fraction(-133, 50));
        ((Fraction)decimal.MaxValue).Numerator.ShouldBe(BigInteger.Pow(2, 96) - 1);
        ((Fraction)0.0000000000000000000000000001m).Denominator.ShouldBe(BigInteger.Pow(10, 28));
    }

    [Fact]
    public void Comparisons_do_not_hang_on_rounding()
    {
        (new Fraction(17, 28) < 0.61m).ShouldBeTrue();
        (Fraction.Mean([0.50m, 0.72m]) >= 0.61m).ShouldBeTrue();
        (new Fraction(1, 3) + new Fraction(1, 3) + new Fraction(1, 3)).ShouldBe(1);
    }

    [Fact]
    public void A_mean_needs_values() => Should.Throw<ArgumentException>(() => Fraction.Mean([]));

    [Fact]
    public void JSON_is_a_string()
    {
        JsonSerializer.Serialize(new Fraction(17, 28)).ShouldBe("\"17/28\"");
        JsonSerializer.Serialize<Fraction?>(null).ShouldBe("null");
        JsonSerializer.Deserialize<Fraction?>("\"34/56\"").ShouldBe(new Fraction(17, 28));
        foreach (var wrong in new[] { "0.5", "\"0.5\"", "\"1/0\"", "\"1\"", "\"1/-2\"", "\"1/2/3\"", "null" })
            Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Fraction>(wrong), wrong);
    }

    // The parser of doubles is correctly rounded, and these are exact decimals: an oracle that owes us nothing.
    [Theory]
    [InlineData("1", "0.1", "10")]
    [InlineData("9007199254740993", "9007199254740993", "1")] // 2^53 + 1, a tie: to even
    [InlineData("9007199254740995", "9007199254740995", "1")] // 2^53 + 3, a tie: to even, upwards
    [InlineData("18014398509481989000000001", "18014398509481989.000000001", "1000000000")] // just above a tie
    [InlineData("-61", "-0.61", "100")]
    public void To_double_rounds_to_nearest_even(string numerator, string exactly, string denominator) =>
        new Fraction(BigInteger.Parse(numerator, CultureInfo.InvariantCulture), BigInteger.Parse(denominator, CultureInfo.InvariantCulture))
            .ToDouble().ShouldBe(double.Parse(exactly, CultureInfo.InvariantCulture));

    [Fact]
    public void To_double_agrees_with_division_of_what_doubles_hold_exactly() =>
        // IEEE division rounds the exact quotient once, so for operands below 2^53 it is the answer.
        Property.Holds(Gens.Fraction, fraction => fraction.ToDouble() == (double)fraction.Numerator / (double)fraction.Denominator);

    [Fact]
    public void Arithmetic_keeps_the_laws() =>
        Property.Holds(
            from a in Gens.Fraction from b in Gens.Fraction from c in Gens.Fraction select (a, b, c),
            t => (t.a + t.b) * t.c == t.a * t.c + t.b * t.c
                && t.a - t.b + t.b == t.a
                && (t.b == 0 || t.a / t.b * t.b == t.a)
                && t.a < t.b == (t.b - t.a).Numerator > 0
                && Fraction.TryParse(t.a.ToString(), out var read) && read == t.a);
}
