using System.Globalization;
using Fidelity.Measurement;
using Fidelity.Portal.Figures;

namespace Fidelity.Portal.Tests.Figures;

/// <summary>How figures are written, and that none is written against its verdict.</summary>
public sealed class FigureTests
{
    public FigureTests() => CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("sv");

    [Theory]
    [InlineData(17 / 28d, MeasureStatus.NotMet, "0,607")]
    [InlineData(0.61, MeasureStatus.Met, "0,61")]
    [InlineData(0.6049, MeasureStatus.NotMet, "0,60")]
    [InlineData(17 / 28d, MeasureStatus.Insufficient, "0,61")]
    [InlineData(0.60999999, MeasureStatus.NotMet, "0,610000")]
    public void A_mean_is_rounded_only_as_far_as_its_verdict_allows(double value, MeasureStatus status, string written) =>
        Figure.Of(new MeasureResult("adherence", MeasureKind.Mean, value, null, 28, null, null, ">= 0.61", status)).ShouldBe(written);

    [Theory]
    [InlineData("tam-r@1", 17, 28, "0,607")]
    [InlineData("tam-r@1", 61, 100, "0,61")]
    [InlineData("tam-r@1", 609999, 1000000, "0,609999")]
    [InlineData("tam-can@1", 17, 28, "0,61")]
    [InlineData("another@9", 17, 28, "0,61")]
    public void A_score_is_rounded_only_as_far_as_it_stays_on_its_side_of_the_threshold(string definition, int numerator, int denominator, string written) =>
        Figure.Of(new Score(definition, 28, 0, 0, new Fraction(numerator, denominator))).ShouldBe(written);

    [Fact]
    public void A_score_that_does_not_exist_is_a_dash() => Figure.Of(new Score("tam-r@1", 18, 4, 6, null)).ShouldBe("–");

    [Theory]
    [InlineData(16, 18, ">= 0.9", MeasureStatus.NotMet, "89\u00a0%")]
    [InlineData(179, 200, ">= 0.9", MeasureStatus.NotMet, "89,5\u00a0%")]
    [InlineData(1, 22, "< 0.05", MeasureStatus.Met, "4,5\u00a0%")]
    [InlineData(1, 20, "< 0.05", MeasureStatus.NotMet, "5\u00a0%")]
    [InlineData(1, 8, null, MeasureStatus.NoTarget, "13\u00a0%")]
    public void A_share_is_in_per_cent(int numerator, int denominator, string? target, MeasureStatus status, string written)
    {
        var measure = new MeasureResult("placed", MeasureKind.Share, (double)numerator / denominator, numerator, denominator, null, null, target, status);
        Figure.Of(measure).ShouldBe(written);
        Figure.Counts(measure).ShouldBe($"{numerator}/{denominator}");
    }

    [Theory]
    [InlineData(">= 0.9", Unit.Share, "≥ 90\u00a0%")]
    [InlineData(">= 1", Unit.Share, "≥ 100\u00a0%")]
    [InlineData("< 0.05", Unit.Share, "< 5\u00a0%")]
    [InlineData(">= 0.61", Unit.Score, "≥ 0,61")]
    [InlineData("100-140", Unit.Days, "100–140")]
    public void A_target_is_written_as_it_is_compared(string target, Unit unit, string written) =>
        Figure.Of(TargetLines.Of(target)!, unit).ShouldBe(written);

    [Fact]
    public void Every_target_can_be_taken_apart_and_still_divides_the_same_values()
    {
        foreach (var target in Profiles.All.SelectMany(profile => profile.Measures).Select(measure => measure.Target).OfType<Target>())
        {
            var lines = TargetLines.Of(target)!;
            foreach (var value in lines.Values.SelectMany(end => new[] { (decimal)end - 0.001m, (decimal)end, (decimal)end + 0.001m }))
                lines.IsMetBy(value).ShouldBe(target.IsMetBy(value), $"{value} against {target}");
        }
    }
}
