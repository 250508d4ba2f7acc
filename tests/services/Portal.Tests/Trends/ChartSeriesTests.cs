using Fidelity.Contracts.Pir;
using Fidelity.Measurement;
using Fidelity.Portal.Trends;

namespace Fidelity.Portal.Tests.Trends;

/// <summary>A chart whose baseline was changed is drawn, worded and listed by phase.</summary>
public sealed class ChartSeriesTests
{
    static DateOnly Month(int i) => new DateOnly(2025, 1, 1).AddMonths(i);

    static TrendComputed Trend(IReadOnlyList<PhaseStart> phases, params Fraction?[] values) => new(
        1, "demo", "norr", "mst@1", 10, Month(values.Length), [.. values.Select((value, i) => new MonthlyMean(Month(i), value, 5))], [],
        [new(Month(0), 1, 2), new(Month(2), 9, 10)]) { Phases = phases };

    [Fact]
    public void Each_month_has_the_limits_of_its_own_phase()
    {
        // .5 and .7: mean .6, range .2, limits .6 ± .532. .8, .9, .7: mean .8, ranges .1 and .2, limits .8 ± .399.
        var series = ChartSeries.Of(Trend([new(TrendSeries.Adherence, Month(2))], 0.5m, 0.7m, 0.8m, 0.9m, 0.7m), TrendSeries.Adherence).ShouldNotBeNull();
        series.Months.Select(month => (Math.Round(month.Low!.Value, 6), Math.Round(month.High!.Value, 6)))
            .ShouldBe([(0.068, 1.132), (0.068, 1.132), (0.401, 1.199), (0.401, 1.199), (0.401, 1.199)]);
        series.Phases.Select(phase => (phase.First, phase.Last, phase.IsTrial)).ShouldBe([(Month(0), Month(1), true), (Month(2), Month(4), true)]);
        series.Latest.Mean!.Value.ShouldBe(0.8, 1e-12);
    }

    [Fact]
    public void A_phase_that_has_just_begun_has_values_and_no_limits_and_a_change_of_another_chart_is_none_of_this()
    {
        var series = ChartSeries.Of(
            Trend([new(TrendSeries.Adherence, Month(2)), new(TrendSeries.TamCompleted, Month(1))], 0.5m, 0.7m, 0.8m), TrendSeries.Adherence).ShouldNotBeNull();
        (series.Months[2].Value, series.Months[2].Low, series.Latest.Mean).ShouldBe((0.8, null, null));
        series.Phases.Count.ShouldBe(2);
        ChartSeries.Of(Trend([new(TrendSeries.Adherence, Month(1))], 0.5m, 0.7m), TrendSeries.Adherence).ShouldBeNull("neither phase has two months");
    }

    [Fact]
    public void A_share_is_whole_over_its_gaps_and_has_limits_by_phase()
    {
        var series = ChartSeries.Of(Trend([new(TrendSeries.TamCompleted, Month(1))], 0.5m), TrendSeries.TamCompleted).ShouldNotBeNull();
        series.Months.Select(month => (month.Month, month.Value, month.Counts)).ShouldBe([(Month(0), 0.5, "1/2"), (Month(1), null, "0/0"), (Month(2), 0.9, "9/10")]);
        series.Phases.Select(phase => phase.Mean).ShouldBe([0.5, 0.9]);
    }

    [Fact]
    public void What_a_chart_says_now_is_its_newest_value_s_signal_and_the_last_phase_s_assurance()
    {
        ChartStanding Now(IReadOnlyList<PhaseStart> phases, params Fraction?[] values) => ChartStanding.Of(ChartSeries.Of(Trend(phases, values), TrendSeries.Adherence)!);
        Now([], [.. Enumerable.Repeat<Fraction?>(0.7m, 14), 0.2m, null]).ShouldBe(new(Side.Worse, Assurance.HitAndMiss, null), "a month without a value is passed over");
        Now([], [.. Enumerable.Repeat<Fraction?>(0.7m, 13)]).ShouldBe(new(Side.None, Assurance.ConsistentlyMeets, null));
        Now([], 0.7m, 0.7m).ShouldBe(new(Side.None, null, NoAssurance.TrialLimits));
        Now([new(TrendSeries.Adherence, Month(13))], [.. Enumerable.Repeat<Fraction?>(0.7m, 14)]).Missing.ShouldBe(NoAssurance.FewMonths, "one month has no limits");
        ChartStanding.Of(ChartSeries.Of(Trend([]), TrendSeries.TamCompleted)!).ShouldBe(new(Side.None, null, NoAssurance.FewMonths));
    }

    [Fact]
    public void A_part_of_a_chart_keeps_limits_and_only_the_signals_that_it_shows()
    {
        // Fourteen months at .5 and one at 1: the last lies beyond its limit, and all before it below the mean.
        var whole = ChartSeries.Of(Trend([], [.. Enumerable.Repeat<Fraction?>(0.5m, 14), 1]), TrendSeries.Adherence).ShouldNotBeNull();
        whole.Signals.Select(signal => (signal.Rule, signal.Side)).ShouldBe([("beyond_limit", Side.Better), ("run_of_seven", Side.Worse)]);
        var part = whole.Within(Month(2), Month(5));
        part.Months.Select(month => month.Month).ShouldBe([Month(2), Month(3), Month(4), Month(5)]);
        part.Months.ShouldAllBe(month => month.Low == whole.Months[0].Low && month.Side == Side.Worse);
        part.Signals.Select(signal => signal.Rule).ShouldBe(["run_of_seven"]);
    }
}
