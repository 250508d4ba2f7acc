using FsCheck;
using FsCheck.Fluent;

namespace Fidelity.Measurement.Tests;

/// <summary>
/// What may be published (measurement.md §6), and an attack on it: whoever knows every figure that is published, every sum that binds
/// them, and how often a family can be asked, must find no count of one to four.
/// </summary>
public sealed class SuppressionTests
{
    [Fact]
    public void Counts_of_five_and_more_are_published_and_so_is_a_zero()
    {
        var told = Suppression.Of(Period([Share("any_tam", 12, 12), Share("tam_completed", 40, 45)]));
        told.Measures.ShouldBe(["any_tam", "tam_completed"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(4, 30)]
    [InlineData(1, 30)]
    [InlineData(26, 30)]
    [InlineData(29, 30)]
    [InlineData(0, 4)]
    public void A_share_is_left_out_when_those_in_it_or_those_not_in_it_are_one_to_four(int numerator, int denominator) =>
        Suppression.Of(Period([Share("any_tam", numerator, denominator)])).Measures.ShouldBeEmpty();

    [Fact]
    public void Reasons_make_up_the_full_courses_so_one_that_is_small_takes_all_with_it()
    {
        var told = Suppression.Of(Period([Share("completed", 20, 29), Share("lack_of_engagement", 2, 29), Share("placed", 7, 29), Mean("length_of_stay", 29)]));
        told.Measures.ShouldBe(["length_of_stay"]);
    }

    [Fact]
    public void Those_of_whom_it_is_not_known_are_counted_too()
    {
        MeasureResult[] courses = [Share("completed", 20, 30), Share("lack_of_engagement", 5, 30), Share("placed", 5, 30)];
        Suppression.Of(Period([.. courses, Share("living_at_home", 20, 28)])).Measures.ShouldNotContain("living_at_home", "two are not known");
        Suppression.Of(Period([.. courses, Share("living_at_home", 20, 25)])).Measures.ShouldContain("living_at_home");
    }

    [Fact]
    public void Records_of_a_few_families_are_as_telling_as_the_families() =>
        Suppression.Of(Period([Share("any_tam", 4, 4), Share("tam_completed", 24, 24)])).Measures.ShouldBeEmpty();

    [Fact]
    public void What_is_withheld_stays_so_and_surveys_need_five_raters()
    {
        var withheld = new MeasureResult("sam_principles", MeasureKind.Mean, null, null, 0, null, null, null, MeasureStatus.Withheld, WithheldReason.TooFewRaters);
        Suppression.Of(Period([withheld, Share("sam_completed", 12, 12)])).Measures.ShouldBeEmpty();
        Suppression.Of(Period([Mean("sam_principles", 4), Share("sam_completed", 12, 12)])).Measures.ShouldBeEmpty();
        Suppression.Of(Period([Mean("sam_principles", 5), Share("sam_completed", 12, 12)])).Measures.ShouldBe(["sam_principles", "sam_completed"], ignoreOrder: true);
    }

    [Fact]
    public void Months_are_published_all_or_none_and_only_when_they_add_up_to_the_period()
    {
        MeasureResult[] measures = [Share("any_tam", 12, 12), Share("tam_completed", 25, 30)];
        Of(new(10, 5), new(10, 10), new(10, 10)).ShouldBe([TrendSeries.TamCompleted]);
        Of(new(10, 6), new(10, 9), new(10, 10)).ShouldBeEmpty("one has four that were not");
        Of(new(20, 15), new(9, 9)).ShouldBeEmpty("one came between the two");

        IReadOnlySet<TrendSeries> Of(params MonthCount[] months) =>
            Suppression.Of(new(measures, new Dictionary<TrendSeries, IReadOnlyList<MonthCount>> { [TrendSeries.TamCompleted] = months })).Months;
    }

    [Fact]
    public void Nobody_finds_a_small_count_by_subtraction_or_by_bounds() => Property.Holds(World, world =>
    {
        var attack = new Attack(world);
        foreach (var cell in attack.Small)
            attack.HasAnother(cell).ShouldBeTrue($"{cell} is found out: {attack.Told}");
    });

    [Fact]
    public void The_attack_finds_a_count_that_is_published_without_its_sums_being_looked_at()
    {
        // As if a cell of one to four alone were left out: the reasons give it.
        var world = new Counts([(20, 0, 9)], 20, 7, 2, 0, 0, []);
        var attack = new Attack(world, measure => measure != "placed");
        attack.HasAnother("placed").ShouldBeFalse();
        new Attack(world).HasAnother("placed").ShouldBeTrue();
    }

    static PublishedPeriod Period(IReadOnlyList<MeasureResult> measures) => new(measures, new Dictionary<TrendSeries, IReadOnlyList<MonthCount>>());

    static MeasureResult Share(string key, int numerator, int denominator) => new(
        key, MeasureKind.Share, denominator == 0 ? null : (double)numerator / denominator, numerator, denominator, null, null, null, MeasureStatus.NoTarget);

    static MeasureResult Mean(string key, int n) => new(key, MeasureKind.Mean, 0.5, null, n, null, null, null, MeasureStatus.NoTarget);

    /// <summary>A team's half-year as counts.</summary>
    /// <param name="Outcomes">Of each outcome of full courses: yes, no, not known.</param>
    /// <param name="Months">Due and completed, cases with a valid interview and those of them above the threshold.</param>
    sealed record Counts(
        IReadOnlyList<(int Yes, int No, int Unknown)> Outcomes, int Completed, int Lack, int Placed, int Asked, int NeverAsked,
        IReadOnlyList<(int Due, int Done, int Cases, int Above)> Months);

    /// <summary>Families of a half-year, each with what came of every month, and cases that were closed in it.</summary>
    static Gen<Counts> World { get; } =
        from completed in Gen.Choose(0, 14)
        from lack in Gen.Choose(0, 7)
        from placed in Gen.Choose(0, 7)
        from splits in Gen.Choose(0, 1_000_000).ListOf(6)
        from families in Gen.Choose(0, 14)
        from months in Gen.Choose(1, 6)
        from chance in Gen.Choose(0, 10)
        from histories in Gen.Choose(0, 11).ListOf(families * months)
        select Of(completed, lack, placed, [.. splits], families, months, chance, [.. histories]);

    static Counts Of(int completed, int lack, int placed, int[] splits, int families, int months, int chance, int[] histories)
    {
        var courses = completed + lack + placed;
        // 0: not due; otherwise due, and done when the lot is below the chance.
        var due = Enumerable.Range(0, families).Select(family => Enumerable.Range(0, months).Select(month => histories[family * months + month]).ToList()).Where(lots => lots.Exists(lot => lot > 0)).ToList();
        return new(
            [.. Enumerable.Range(0, 3).Select(outcome => (Yes: splits[2 * outcome] % (courses + 1), Lot: splits[2 * outcome + 1])).Select(one => (one.Yes, one.Lot % (courses - one.Yes + 1), courses - one.Yes - one.Lot % (courses - one.Yes + 1)))],
            completed, lack, placed, due.Count(lots => lots.Exists(Done)), due.Count(lots => !lots.Exists(Done)),
            [.. Enumerable.Range(0, months).Select(month => (due.Count(lots => lots[month] > 0), due.Count(lots => Done(lots[month])), due.Count(lots => Done(lots[month])), due.Count(lots => Done(lots[month]) && lots[month] % 2 == 0)))]);

        bool Done(int lot) => lot > 0 && lot <= chance;
    }

    /// <summary>Everything that binds the counts, with those that are published filled in.</summary>
    sealed class Attack
    {
        const int Most = 90;
        readonly Dictionary<string, int> truth = new(StringComparer.Ordinal);
        readonly Dictionary<string, (int Low, int High)> known = new(StringComparer.Ordinal);
        readonly List<(string[] Plus, string[] Minus, int Least, int Most)> laws = [];

        public Attack(Counts world, Func<string, bool>? publishes = null)
        {
            var courses = world.Completed + world.Lack + world.Placed;
            var (due, done) = (world.Months.Sum(month => month.Due), world.Months.Sum(month => month.Done));
            List<MeasureResult> measures =
            [
                Share("completed", world.Completed, courses), Share("lack_of_engagement", world.Lack, courses), Share("placed", world.Placed, courses), Mean("length_of_stay", courses),
                .. world.Outcomes.Select((outcome, i) => Share(OutcomeKeys[i], outcome.Yes, outcome.Yes + outcome.No)),
                Share("any_tam", world.Asked, world.Asked + world.NeverAsked), Share("tam_completed", done, due),
                Mean("adherence", world.Asked), Share("adherence_above", Math.Min(world.Asked, world.Months.Select(month => month.Above).DefaultIfEmpty().Max()), world.Asked),
            ];
            var told = Suppression.Of(new(measures, new Dictionary<TrendSeries, IReadOnlyList<MonthCount>>
            {
                [TrendSeries.TamCompleted] = [.. world.Months.Where(month => month.Due > 0).Select(month => new MonthCount(month.Due, month.Done))],
                [TrendSeries.Adherence] = [.. world.Months.Select(month => new MonthCount(month.Cases, null))],
                [TrendSeries.AdherenceAbove] = [.. world.Months.Select(month => new MonthCount(month.Cases, month.Above))],
            }));
            Func<string, bool> open = publishes ?? told.Measures.Contains;
            foreach (var measure in measures)
            {
                if (measure.Kind == MeasureKind.Mean)
                {
                    Cell($"n {measure.Measure}", measure.Denominator, open(measure.Measure));
                    continue;
                }

                Cell(measure.Measure, measure.Numerator!.Value, open(measure.Measure));
                Cell($"not {measure.Measure}", measure.Denominator - measure.Numerator.Value, open(measure.Measure));
                Cell($"n {measure.Measure}", measure.Denominator, open(measure.Measure));
                Sum($"n {measure.Measure}", measure.Measure, $"not {measure.Measure}");
            }

            Sum("n completed", "completed", "lack_of_engagement", "placed");
            Same("n completed", "n lack_of_engagement");
            Same("n completed", "n placed");
            Same("n completed", "n length_of_stay");
            for (var i = 0; i < world.Outcomes.Count; i++)
            {
                Cell($"unknown {OutcomeKeys[i]}", world.Outcomes[i].Unknown, false);
                Sum("n completed", $"n {OutcomeKeys[i]}", $"unknown {OutcomeKeys[i]}");
            }

            Same("n adherence", "n adherence_above");
            for (var month = 0; month < world.Months.Count; month++)
            {
                var (monthDue, monthDone, cases, above) = world.Months[month];
                Month("tam_completed", month, monthDue, monthDone, told.Months.Contains(TrendSeries.TamCompleted), true);
                Month("adherence_above", month, cases, above, told.Months.Contains(TrendSeries.AdherenceAbove), told.Months.Contains(TrendSeries.Adherence));
                // A family is asked once a month, and a case of a month is one of the period.
                AtMost($"n tam_completed {month}", "n any_tam");
                AtMost($"tam_completed {month}", "any_tam");
                AtMost($"n adherence_above {month}", "n adherence");
            }

            foreach (var part in new[] { "", "not ", "n " })
                Sum($"{part}tam_completed", [.. world.Months.Select((_, month) => $"{part}tam_completed {month}")]);
            laws.Add(([.. world.Months.Select((_, month) => $"n adherence_above {month}")], ["n adherence"], 0, int.MaxValue / 2));
            AtMost("n any_tam", "n tam_completed");
            AtMost("any_tam", "tam_completed");
            Told = string.Join(", ", known.Where(cell => cell.Value.Low == cell.Value.High).Select(cell => $"{cell.Key}={cell.Value.Low}"));
        }

        static readonly string[] OutcomeKeys = ["living_at_home", "in_school_or_work", "no_new_arrest"];

        public string Told { get; }

        public IEnumerable<string> Small => truth.Where(cell => cell.Value is > 0 and < Suppression.Least).Select(cell => cell.Key);

        /// <summary>Whether the cell could as well be another number.</summary>
        public bool HasAnother(string cell)
        {
            foreach (var other in Enumerable.Range(1, Most).SelectMany(step => new[] { truth[cell] - step, truth[cell] + step }).Where(value => value >= 0).Take(24))
            {
                var guess = new Dictionary<string, (int Low, int High)>(known, StringComparer.Ordinal);
                if (other < guess[cell].Low || other > guess[cell].High)
                    continue;
                guess[cell] = (other, other);
                var left = 4_000;
                if (Solve(guess, ref left))
                    return true;
            }

            return false;
        }

        bool Solve(Dictionary<string, (int Low, int High)> domains, ref int left)
        {
            if (!Narrow(domains) || --left < 0)
                return false;
            var next = domains.Where(cell => cell.Value.Low < cell.Value.High).OrderBy(cell => cell.Value.High - cell.Value.Low).Select(cell => cell.Key).FirstOrDefault();
            if (next is null)
                return true;
            // What is nearest to the truth fits soonest.
            foreach (var value in Enumerable.Range(domains[next].Low, domains[next].High - domains[next].Low + 1).OrderBy(value => Math.Abs(value - truth[next])))
            {
                var guess = new Dictionary<string, (int Low, int High)>(domains, StringComparer.Ordinal) { [next] = (value, value) };
                if (Solve(guess, ref left))
                    return true;
                if (left < 0)
                    return false;
            }

            return false;
        }

        /// <summary>Draws the bounds together as far as the laws go; false when they leave nothing.</summary>
        bool Narrow(Dictionary<string, (int Low, int High)> domains)
        {
            for (var changed = true; changed;)
            {
                changed = false;
                foreach (var (plus, minus, least, most) in laws)
                {
                    var low = plus.Sum(cell => domains[cell].Low) - minus.Sum(cell => domains[cell].High);
                    var high = plus.Sum(cell => domains[cell].High) - minus.Sum(cell => domains[cell].Low);
                    if (low > most || high < least)
                        return false;
                    foreach (var cell in plus)
                    {
                        var (from, to) = domains[cell];
                        var (newFrom, newTo) = (Math.Max(from, least - (high - to)), Math.Min(to, most - (low - from)));
                        if (newFrom > newTo)
                            return false;
                        if ((newFrom, newTo) != (from, to))
                            (domains[cell], changed, low, high) = ((newFrom, newTo), true, low - from + newFrom, high - to + newTo);
                    }

                    foreach (var cell in minus)
                    {
                        var (from, to) = domains[cell];
                        var (newFrom, newTo) = (Math.Max(from, low + to - most), Math.Min(to, high + from - least));
                        if (newFrom > newTo)
                            return false;
                        if ((newFrom, newTo) != (from, to))
                            (domains[cell], changed, low, high) = ((newFrom, newTo), true, low + to - newTo, high + from - newFrom);
                    }
                }
            }

            return true;
        }

        void Month(string measure, int month, int count, int part, bool tellsPart, bool tellsCount)
        {
            Cell($"n {measure} {month}", count, tellsPart || (tellsCount && measure != "tam_completed"));
            Cell($"{measure} {month}", part, tellsPart);
            Cell($"not {measure} {month}", count - part, tellsPart);
            Sum($"n {measure} {month}", $"{measure} {month}", $"not {measure} {month}");
        }

        void Cell(string name, int value, bool isTold)
        {
            truth[name] = value;
            known[name] = isTold ? (value, value) : (0, Most);
        }

        void Sum(string whole, params string[] parts) => laws.Add((parts, [whole], 0, 0));

        void Same(string one, string other) => laws.Add(([one], [other], 0, 0));

        void AtMost(string smaller, string larger) => laws.Add(([larger], [smaller], 0, int.MaxValue / 2));
    }
}
