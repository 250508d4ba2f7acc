using FsCheck.Fluent;

namespace Fidelity.Measurement.Tests;

public sealed class StatisticsTests
{
    static readonly SignalRule[] NoRules = [];

    static DateOnly Month(int i) => new DateOnly(2024, 1, 1).AddMonths(i);

    static MonthlyMean[] Trend(params Fraction?[] values) =>
        [.. values.Select((value, i) => new MonthlyMean(Month(i), value, value is null ? 0 : 1))];

    static XmRChart Chart(params Fraction?[] values) => ControlChart.XmR(Trend(values), null).ShouldNotBeNull();

    static string Marked(SignalRule rule, params Fraction?[] values) => string.Join(' ',
        ControlChart.XmR(Trend(values), null, [rule])!.Signals.Single().Months.Select(month => (month.Year - 2024) * 12 + month.Month - 1));

    [Theory]
    [InlineData(65, 100, 0.552544, 0.736358)]
    [InlineData(0, 32, 0, 0.107179)]
    public void Wilson_s_interval_as_in_the_rules(int x, int n, double low, double high)
    {
        var interval = Intervals.Wilson(x, n);
        interval.Low.ShouldBe(low, 5e-7);
        interval.High.ShouldBe(high, 5e-7);
    }

    [Fact]
    public void Wilson_s_interval_contains_the_share_and_mirrors() =>
        Property.Holds(from n in Gen.Choose(1, 50_000) from x in Gen.Choose(0, n) select (x, n), t =>
        {
            var (low, high) = Intervals.Wilson(t.x, t.n);
            var mirrored = Intervals.Wilson(t.n - t.x, t.n);
            (0 <= low && low <= (double)t.x / t.n && (double)t.x / t.n <= high && high <= 1).ShouldBeTrue();
            mirrored.Low.ShouldBe(1 - high, 1e-12);
        });

    [Fact]
    public void An_interval_needs_something_to_count()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Intervals.Wilson(0, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => Intervals.Wilson(2, 1));
        Intervals.Student([1]).ShouldBeNull();
        Intervals.Student([]).ShouldBeNull();
    }

    // From the regularised incomplete beta function in 30-digit arithmetic (mpmath), not from the series used here.
    [Theory]
    [InlineData(1, 12.706204736174705)]
    [InlineData(2, 4.3026527297494639)]
    [InlineData(3, 3.1824463052837096)]
    [InlineData(4, 2.7764451051977944)]
    [InlineData(5, 2.5705818356363155)]
    [InlineData(10, 2.2281388519862747)]
    [InlineData(23, 2.0686576104190487)]
    [InlineData(30, 2.0422724563012383)]
    [InlineData(100, 1.9839715185235523)]
    [InlineData(1000, 1.9623390808264085)]
    [InlineData(100_000, 1.9599877075346096)]
    public void Student_s_quantile_is_exact_to_twelve_digits(int degreesOfFreedom, double t) =>
        StudentT.TwoSidedQuantile(0.95, degreesOfFreedom).ShouldBe(t, t * 1e-12);

    [Fact]
    public void Student_s_interval_of_a_small_sample()
    {
        // 1, 2, 3: mean 2, s = 1, t(2) = 4.302652729749464, half = t/√3.
        var interval = Intervals.Student([1, 2, 3]).ShouldNotBeNull();
        interval.Low.ShouldBe(2 - 2.484137711750331, 1e-12);
        interval.High.ShouldBe(2 + 2.484137711750331, 1e-12);
        Intervals.Student([0.7m, 0.7m]).ShouldBe(new Interval(0.7, 0.7));
    }

    [Fact]
    public void Limits_of_the_worked_example()
    {
        var chart = Chart(3, 1, 4, 1, 5, 9, 2);
        chart.Mean.ToDouble().ShouldBe(3.571429, 5e-7);
        chart.Lower.ToDouble().ShouldBe(-6.625238, 5e-7);
        chart.Upper.ToDouble().ShouldBe(13.768095, 5e-7);
        (chart.Points, chart.IsTrial).ShouldBe((7, true));
    }

    [Fact]
    public void Empty_months_are_bridged_and_below_two_points_there_are_no_limits()
    {
        var bridged = Chart(3, 1, null, 4, 1, null, null, 5, 9, 2);
        bridged.Upper.ShouldBe(Chart(3, 1, 4, 1, 5, 9, 2).Upper);
        ControlChart.XmR(Trend(null, 3, null), null).ShouldBeNull();
    }

    [Fact]
    public void Limits_are_trial_below_13_points()
    {
        Chart([.. Enumerable.Repeat<Fraction?>(1, 12)]).IsTrial.ShouldBeTrue();
        Chart([.. Enumerable.Repeat<Fraction?>(1, 13)]).IsTrial.ShouldBeFalse();
    }

    [Fact]
    public void A_point_beyond_a_limit_is_marked_and_one_on_it_is_not()
    {
        // 13 points at 0 and one at 1: mean 1/14, mean moving range 1/13, upper limit 1/14 + 2.66/13 < 1.
        Marked(SignalRules.BeyondLimit, [.. Enumerable.Repeat<Fraction?>(0, 13), 1]).ShouldBe("13");
        Marked(SignalRules.BeyondLimit, [.. Enumerable.Repeat<Fraction?>(1, 13), 0]).ShouldBe("13");
        Marked(SignalRules.BeyondLimit, 2, 2, 2).ShouldBe("", "limits fall on the mean, and every point on them");
    }

    [Fact]
    public void Seven_on_one_side_of_the_mean_are_marked_and_a_point_on_it_breaks_the_run()
    {
        Marked(SignalRules.RunOfSeven, 1, 1, 1, 1, 1, 1, 1, -7).ShouldBe("0 1 2 3 4 5 6");
        Marked(SignalRules.RunOfSeven, 1, 1, 1, null, 1, 1, 1, 1, -7).ShouldBe("0 1 2 4 5 6 7", "an empty month is bridged");
        Marked(SignalRules.RunOfSeven, 1, 1, 1, 1, 1, 1, -6).ShouldBe("");
        Marked(SignalRules.RunOfSeven, 1, 1, 1, 0, 1, 1, 1, 1, -7).ShouldBe("");
        Marked(SignalRules.RunOfSeven, 8, -1, -1, -1, -1, -1, -1, -1, -1).ShouldBe("1 2 3 4 5 6 7 8", "a longer run is marked whole");
        Marked(SignalRules.RunOfSeven, 1, 1, 1, 1, 1, 1, 1, 1).ShouldBe("", "all on the mean");
    }

    [Fact]
    public void Seven_rising_or_falling_are_marked_and_a_step_must_go_strictly_beyond()
    {
        Marked(SignalRules.TrendOfSeven, 9, 1, 2, 3, 4, 5, 6, 7, 0).ShouldBe("1 2 3 4 5 6 7");
        Marked(SignalRules.TrendOfSeven, 7, 6, 5, 4, null, 3, 2, 1).ShouldBe("0 1 2 3 5 6 7");
        Marked(SignalRules.TrendOfSeven, 1, 2, 3, 3, 4, 5, 6, 7).ShouldBe("");
        Marked(SignalRules.TrendOfSeven, 1, 2, 3, 4, 5, 6).ShouldBe("");
        Marked(SignalRules.TrendOfSeven, 1, 1, 1, 1, 1, 1, 1).ShouldBe("");
    }

    [Fact]
    public void Two_of_three_in_the_outer_third_of_one_side_are_marked()
    {
        // Mean 0, eight steps of 3 among 29: the limit is 2.66 · 24/29 ≈ 2.20, two thirds of it 1.47.
        Fraction?[] calm = [.. Enumerable.Repeat<Fraction?>(0, 20)];
        Marked(SignalRules.TwoOfThree, [.. calm, 3, 0, 3, 0, 0, 0, -3, 0, -3, 0]).ShouldBe("20 22 26 28");
        Marked(SignalRules.TwoOfThree, [.. calm, 3, 0, -3, 0, 0, 0, 3, 0, -3, 0]).ShouldBe("", "one on each side");
        Marked(SignalRules.TwoOfThree, [.. calm, 3, 0, 0, 3, 0, 0, -3, 0, 0, -3]).ShouldBe("", "two of four");
    }

    [Fact]
    public void The_outer_third_begins_strictly_beyond_two_thirds_of_the_way()
    {
        // Mean 0, moving ranges 675 / 9 = 75, limit 2.66 · 75 = 199.5, two thirds of it exactly 133.
        Marked(SignalRules.TwoOfThree, 0, 133, 133, 0, -133, -133, 0, 35.75m, -35.75m, 0).ShouldBe("");
        // The same with 134: two thirds of the way lie at 133.8.
        Marked(SignalRules.TwoOfThree, 0, 134, 134, 0, -134, -134, 0, 35.75m, -35.75m, 0).ShouldBe("1 2 4 5");
    }

    [Fact]
    public void Signals_can_be_switched_off()
    {
        ControlChart.XmR(Trend(1, 2, 3), null, NoRules)!.Signals.ShouldBeEmpty();
        ControlChart.XmR(Trend(1, 2, 3), null)!.Signals.Select(signal => signal.Rule)
            .ShouldBe(["beyond_limit@1", "run_of_seven@1", "trend_of_seven@1", "two_of_three@1"]);
    }

    [Theory]
    [InlineData("0.60", "0.60", null)] // 12 points: trial
    [InlineData("0.61", "0.61", Assurance.ConsistentlyMeets)]
    [InlineData("0.60", "0.60", Assurance.ConsistentlyFails)]
    [InlineData("0.60", "0.62", Assurance.HitAndMiss)]
    public void Assurance_tells_where_the_band_lies(string even, string odd, Assurance? expected)
    {
        var count = expected is null ? 12 : 14;
        var values = Enumerable.Range(0, count).Select(i => (Fraction?)decimal.Parse(i % 2 == 0 ? even : odd, null)).ToArray();
        ControlChart.XmR(Trend(values), Target.AtLeast(0.61m))!.Assurance.ShouldBe(expected);
        ControlChart.XmR(Trend(values), null)!.Assurance.ShouldBeNull();
    }

    [Fact]
    public void Assurance_knows_targets_from_above_and_from_both_sides()
    {
        static Assurance? Steady(Fraction value, Target target) =>
            ControlChart.XmR(Trend([.. Enumerable.Repeat<Fraction?>(value, 13)]), target)!.Assurance;

        Steady(0.05m, Target.Below(0.05m)).ShouldBe(Assurance.ConsistentlyFails);
        Steady(0.04m, Target.Below(0.05m)).ShouldBe(Assurance.ConsistentlyMeets);
        Steady(140, Target.Between(100, 140)).ShouldBe(Assurance.ConsistentlyMeets);
        Steady(141, Target.Between(100, 140)).ShouldBe(Assurance.ConsistentlyFails);
        Steady(99, Target.Between(100, 140)).ShouldBe(Assurance.ConsistentlyFails);
    }

    [Fact]
    public void A_changed_baseline_begins_a_phase_with_limits_of_its_own()
    {
        // 3, 1, 4: moving ranges 2 and 3, so 8/3 ± 2.66 · 5/2 = 8/3 ± 6.65. 1, 5, 9, 2: ranges 4, 4 and 7, so 17/4 ± 2.66 · 5 = 4.25 ± 13.3.
        // The step of 3 from one phase to the other is in neither.
        var phases = ControlChart.XmR(Trend(3, 1, null, 4, 1, null, 5, 9, 2), [Month(4)], null);
        phases.Select(phase => phase.Months.Count).ShouldBe([4, 5]);
        phases.Select(phase => phase.Chart!.Mean).ShouldBe([new Fraction(8, 3), new Fraction(17, 4)]);
        phases.Select(phase => phase.Chart!.MeanMovingRange).ShouldBe([new Fraction(5, 2), 5]);
        phases[0].Chart!.Lower.ShouldBe(new Fraction(8, 3) - 6.65m);
        phases[0].Chart!.Upper.ShouldBe(new Fraction(8, 3) + 6.65m);
        (phases[1].Chart!.Lower, phases[1].Chart!.Upper).ShouldBe((-9.05m, 17.55m));
    }

    [Fact]
    public void Changes_of_baseline_may_come_in_any_order_and_one_before_the_trend_begins_nothing()
    {
        var phases = ControlChart.XmR(Trend(1, 2, 3, 7, 8, 9), [Month(3), Month(-5), Month(1), Month(0)], null);
        phases.Select(phase => phase.Months.Count).ShouldBe([1, 2, 3]);
        phases.Select(phase => phase.Chart?.Mean).ShouldBe([null, 2.5m, 8], "one point has no moving range, and its phase no limits yet");
        ControlChart.XmR(Trend(1, 2, 3), [], null).ShouldHaveSingleItem().Chart!.Mean.ShouldBe(2);
        ControlChart.XmR([], [Month(0)], null).ShouldBeEmpty();
    }

    [Fact]
    public void A_run_a_rise_and_two_of_three_break_where_a_phase_begins()
    {
        // Eight rising in one phase; cut after the fourth, neither phase has seven.
        string Rising(params DateOnly[] changes) => Months(ControlChart.XmR(Trend(1, 2, 3, 4, 5, 6, 7, 8), changes, null, [SignalRules.TrendOfSeven]));
        Rising().ShouldBe("0 1 2 3 4 5 6 7");
        Rising(Month(4)).ShouldBe("");

        // Seven above the mean of all fourteen, 1; in two phases of seven equal values, all lie on the mean of their own.
        string Runs(params DateOnly[] changes) => Months(ControlChart.XmR(Trend(0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 2), changes, null, [SignalRules.RunOfSeven]));
        Runs().ShouldBe("0 1 2 3 4 5 6 7 8 9 10 11 12 13");
        Runs(Month(7)).ShouldBe("");

        // As without phases: mean 0, limit 2.66 · 24/29. Cut between the two that lie out, and the second phase is short and wide.
        string Outer(params DateOnly[] changes) => Months(ControlChart.XmR(
            Trend([.. Enumerable.Repeat<Fraction?>(0, 20), 3, 0, 3, 0, 0, 0, -3, 0, -3, 0]), changes, null, [SignalRules.TwoOfThree]));
        Outer().ShouldBe("20 22 26 28");
        // From month 21 on: 0, 3, 0, 0, 0, -3, 0, -3, 0, mean -1/3, ranges 18/8, limit 2.66 · 2.25 = 5.985, two thirds of it 3.99.
        Outer(Month(21)).ShouldBe("");

        static string Months(IReadOnlyList<XmRPhase> phases) => string.Join(' ', phases
            .SelectMany(phase => phase.Chart!.Signals.Single().Months).Select(month => (month.Year - 2024) * 12 + month.Month - 1));
    }

    [Fact]
    public void Limits_are_trial_by_phase_and_the_last_phase_speaks_of_the_target()
    {
        // 13 points at .5, then 12 and at last 13 at .7: a phase of 13 equal points has firm limits on its mean.
        MonthlyMean[] trend = Trend([.. Enumerable.Repeat<Fraction?>(0.5m, 13), .. Enumerable.Repeat<Fraction?>(0.7m, 13)]);
        var before = ControlChart.XmR(trend.Take(25), [Month(13)], Target.AtLeast(0.61m));
        before.Select(phase => phase.Chart!.IsTrial).ShouldBe([false, true]);
        before.Select(phase => phase.Chart!.Assurance).ShouldBe([Assurance.ConsistentlyFails, null]);
        ControlChart.XmR(trend, [Month(13)], Target.AtLeast(0.61m))[^1].Chart!.Assurance.ShouldBe(Assurance.ConsistentlyMeets);
    }

    [Fact]
    public void A_share_has_its_own_p_bar_and_limits_in_each_phase()
    {
        // 6/24 and 0/0, p̄ = 1/4; then 10/24 and 0/1, p̄ = 2/5: √(.4 · .6/24) = .1, so .4 ± .3 in the month of 24.
        var phases = ControlChart.PChart([new(Month(0), 6, 24), new(Month(1), 0, 0), new(Month(2), 10, 24), new(Month(3), 0, 1)], [Month(2)]);
        phases.Select(phase => phase.Chart!.PBar).ShouldBe([new Fraction(1, 4), new Fraction(2, 5)]);
        phases[1].Chart!.Months[0].Low!.Value.ShouldBe(0.1, 1e-12);
        phases[1].Chart!.Months[0].High!.Value.ShouldBe(0.7, 1e-12);
        ControlChart.PChart([new(Month(0), 1, 2), new(Month(1), 0, 0)], [Month(1)])[1].Chart.ShouldBeNull();
    }

    [Fact]
    public void A_share_is_assured_when_every_month_s_band_lies_on_one_side_of_the_target()
    {
        Assurance? Of(Target? target, params int[] numbers) =>
            ControlChart.PChart([.. numbers.Select((n, place) => new MonthlyShare(Month(place), n * 4 / 5, n))], target)!.Assurance;
        int[] year = [.. Enumerable.Repeat(225, 13)];
        // n = 225: 3√(.16/225) = .08, so .72–.88.
        Of(Target.AtLeast(0.7m), year).ShouldBe(Assurance.ConsistentlyMeets);
        Of(Target.AtLeast(0.72m), year).ShouldBe(Assurance.ConsistentlyMeets, "the limit itself is good enough");
        Of(Target.AtLeast(0.8m), year).ShouldBe(Assurance.HitAndMiss);
        Of(Target.AtLeast(0.9m), year).ShouldBe(Assurance.ConsistentlyFails);
        Of(Target.Below(0.88m), year).ShouldBe(Assurance.HitAndMiss, "the limit itself is not below");
        // One month of 25 has .8 ± .24.
        Of(Target.AtLeast(0.7m), [.. year, 25]).ShouldBe(Assurance.HitAndMiss);
        Of(Target.AtLeast(0.7m), [.. year.Skip(1), 0]).ShouldBeNull("twelve months were counted");
        Of(null, year).ShouldBeNull();
    }

    [Fact]
    public void A_p_chart_has_limits_by_month_and_none_where_nothing_was_counted()
    {
        // p̄ = 10/25 = .4; √(.4·.6/24) = .1, so limits .4 ± .3 in the month of 24.
        var chart = ControlChart.PChart([new(Month(0), 10, 24), new(Month(1), 0, 1), new(Month(2), 0, 0)]).ShouldNotBeNull();
        chart.PBar.ShouldBe(new Fraction(2, 5));
        chart.Months[0].Low!.Value.ShouldBe(0.1, 1e-12);
        chart.Months[0].High!.Value.ShouldBe(0.7, 1e-12);
        chart.Months[1].Low!.Value.ShouldBeLessThan(0, "the calculation is never clipped");
        chart.Months[2].ShouldBe(new(Month(2), 0, 0, null, null, null));
        ControlChart.PChart([new(Month(0), 0, 0)]).ShouldBeNull();
    }

    [Fact]
    public void Funnel_limits_stand_around_the_network_s_share()
    {
        // p̄ = .4, n = 24: standard error .1.
        var limits = ControlChart.Funnel(new(2, 5), 24);
        (limits.Inner.Low, limits.Inner.High).ShouldSatisfyAllConditions(
            inner => inner.Item1.ShouldBe(0.4 - 0.1959964, 1e-12), inner => inner.Item2.ShouldBe(0.4 + 0.1959964, 1e-12));
        (limits.Outer.Low, limits.Outer.High).ShouldSatisfyAllConditions(
            outer => outer.Item1.ShouldBe(0.4 - 0.3090232, 1e-12), outer => outer.Item2.ShouldBe(0.4 + 0.3090232, 1e-12));
        Should.Throw<ArgumentOutOfRangeException>(() => ControlChart.Funnel(1, 0));
    }

    [Fact]
    public void A_month_without_a_valid_TAM_is_a_gap_and_never_a_zero()
    {
        InterviewScore[] interviews =
        [
            new("c-1", new(2026, 1, 31), "tam-r@1", 1, true), new("c-1", new(2026, 1, 1), "tam-r@1", 0.5m, true),
            new("c-2", new(2026, 1, 15), "tam-r@1", 0.25m, true), new("c-2", new(2026, 2, 15), "tam-r@1", null, true),
            new("c-2", new(2026, 3, 15), "tam-r@1", 0.5m, true), new("c-2", new(2026, 4, 16), "tam-r@1", 0.5m, true),
        ];
        var today = new DateOnly(2026, 4, 15);
        Measurement.Trend.Adherence(Profiles.Mst, interviews, today).Select(month => (month.Month, month.Value, month.Cases)).ShouldBe(
        [
            (new(2026, 1, 1), 0.5m, 2), (new(2026, 2, 1), null, 0), (new(2026, 3, 1), 0.5m, 1), (new(2026, 4, 1), null, 0),
        ]);
        Measurement.Trend.AdherenceAbove(Profiles.Mst, interviews, today).ShouldBe(
            [new(new(2026, 1, 1), 1, 2), new(new(2026, 2, 1), 0, 0), new(new(2026, 3, 1), 0, 1), new(new(2026, 4, 1), 0, 0)]);
        Measurement.Trend.AdherenceAbove(Profiles.MstCan, interviews, today).ShouldBeEmpty();
        Measurement.Trend.Adherence(Profiles.Mst, [], today).ShouldBeEmpty();
    }

    [Fact]
    public void A_month_has_an_interval_over_its_cases_and_none_over_one()
    {
        // Case means .75 and .25: s² = .125, s/√2 = .25, t(1) = 12.706204736174705, so .5 ± 3.17655118404…
        InterviewScore[] interviews =
        [
            new("c-1", new(2026, 1, 31), "tam-r@1", 1, true), new("c-1", new(2026, 1, 1), "tam-r@1", 0.5m, true),
            new("c-2", new(2026, 1, 15), "tam-r@1", 0.25m, true), new("c-2", new(2026, 2, 15), "tam-r@1", 0.5m, true),
        ];
        var months = Measurement.Trend.Adherence(Profiles.Mst, interviews, new(2026, 2, 28));
        var interval = months[0].Interval.ShouldNotBeNull();
        interval.Low.ShouldBe(0.5 - 3.17655118404, 1e-10);
        interval.High.ShouldBe(0.5 + 3.17655118404, 1e-10);
        months[1].Interval.ShouldBeNull();
    }
}
