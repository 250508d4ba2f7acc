namespace Fidelity.Measurement.Tests;

/// <summary>The statistics of measurement.md §5 against examples that others have published, each with its source.</summary>
public sealed class PublishedVectorTests
{
    static DateOnly Month(int place) => new DateOnly(2020, 1, 1).AddMonths(place);

    /// <summary>NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2 Individuals control charts: flow rates of ten batches.</summary>
    [Fact]
    public void An_individuals_chart_as_in_the_NIST_handbook()
    {
        decimal[] rates = [49.6m, 47.6m, 49.9m, 51.3m, 47.8m, 51.2m, 52.6m, 52.4m, 53.6m, 52.1m];
        var chart = ControlChart.XmR(rates.Select((rate, place) => new MonthlyMean(Month(place), rate, 1)), null)!;
        chart.Mean.ShouldBe(50.81m);
        chart.MeanMovingRange.ToDouble().ShouldBe(1.8778, 0.00005);
        // The handbook takes 3/1.128 where the rules fix 2.66: .00043 moving ranges apart.
        const double Apart = (2.66 - 3 / 1.128) * 1.8778;
        chart.Upper.ToDouble().ShouldBe(55.8041 + Apart, 0.0001);
        chart.Lower.ToDouble().ShouldBe(45.8159 - Apart, 0.0001);
        chart.Signals.ShouldAllBe(signal => signal.Months.Count == 0, "the handbook finds it in control");
    }

    /// <summary>Montgomery, Introduction to Statistical Quality Control: cans of orange juice concentrate, 30 samples of 50.</summary>
    [Fact]
    public void A_p_chart_as_in_Montgomery()
    {
        int[] leaking = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6];
        var chart = ControlChart.PChart([.. leaking.Select((cans, place) => new MonthlyShare(Month(place), cans, 50))])!;
        chart.PBar.ShouldBe(new Fraction(347, 1500));
        chart.PBar.ToDouble().ShouldBe(0.2313, 0.00005);
        chart.Months.ShouldAllBe(month => Math.Abs(month.High!.Value - 0.4102) < 0.0001 && Math.Abs(month.Low!.Value - 0.0524) < 0.0001);
        chart.Months.Where(month => month.Value > month.High).Select(month => month.Month).ShouldBe([Month(14), Month(22)], "samples 15 and 23");
    }

    /// <summary>Newcombe (1998), Two-sided confidence intervals for the single proportion, Statistics in Medicine 17, table I, method 3.</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void A_score_interval_as_in_Newcombe(int x, int n, double low, double high)
    {
        var interval = Intervals.Wilson(x, n);
        interval.Low.ShouldBe(low, 0.00005);
        interval.High.ShouldBe(high, 0.00005);
    }

    /// <summary>Student (1908), The probable error of a mean, as the R documentation of its data set <c>sleep</c> prints the interval.</summary>
    [Fact]
    public void A_t_interval_as_of_Student_s_own_data()
    {
        Fraction[] gained = [1.2m, 2.4m, 1.3m, 1.3m, 0m, 1.0m, 1.8m, 0.8m, 4.6m, 1.4m];
        Fraction.Mean(gained).ShouldBe(1.58m);
        var interval = Intervals.Student(gained)!.Value;
        interval.Low.ShouldBe(0.7001142, 0.00000005);
        interval.High.ShouldBe(2.4598858, 0.00000005);
    }
}
