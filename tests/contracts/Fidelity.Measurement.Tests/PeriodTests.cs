using FsCheck.Fluent;

namespace Fidelity.Measurement.Tests;

public sealed class PeriodTests
{
    [Theory]
    [InlineData("2026-H1", 1, "2026-01-01", "2026-06-30")]
    [InlineData("2026-H2", 1, "2026-07-01", "2026-12-31")]
    [InlineData("2026-H1", 4, "2026-04-01", "2026-09-30")]
    [InlineData("2026-H2", 4, "2026-10-01", "2027-03-31")]
    [InlineData("2026-H1", 9, "2026-09-01", "2027-02-28")]
    [InlineData("2026-H2", 12, "2027-06-01", "2027-11-30")]
    public void A_period_is_six_months_from_the_team_s_start_month(string name, int startMonth, string from, string to)
    {
        var period = Period.Parse(name, startMonth);
        (period.Name, period.From, period.To).ShouldBe((name, DateOnly.Parse(from, null), DateOnly.Parse(to, null)));
    }

    [Theory]
    [InlineData("2026-H3")]
    [InlineData("2026H1")]
    [InlineData("26-H1")]
    [InlineData("0000-H1")]
    [InlineData("9999-H2")]
    [InlineData("+026-H1")]
    [InlineData(null)]
    public void Anything_else_is_no_period(string? name)
    {
        Period.TryParse(name, 1, out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => Period.Parse(name!, 1));
    }

    [Fact]
    public void A_team_has_the_periods_that_have_begun_within_its_life()
    {
        static string All(int month, DateOnly opened, DateOnly? closed, DateOnly today) =>
            string.Join(' ', Period.All(month, opened, closed, today));

        All(1, new(2025, 6, 30), null, new(2026, 7, 1)).ShouldBe("2025-H1 2025-H2 2026-H1 2026-H2");
        All(1, new(2025, 7, 1), null, new(2026, 6, 30)).ShouldBe("2025-H2 2026-H1");
        All(4, new(2025, 3, 31), new(2025, 9, 30), new(2026, 6, 30)).ShouldBe("2024-H2 2025-H1");
        All(1, new(2026, 1, 1), new(2027, 1, 1), new(2026, 3, 1)).ShouldBe("2026-H1", "a later end is not yet known");
        All(1, new(2026, 7, 1), null, new(2026, 6, 30)).ShouldBe("");
    }

    [Fact]
    public void Periods_follow_each_other_without_a_gap() =>
        Property.Holds(from date in Gens.Date from month in Gen.Choose(1, 12) select (date, month), t =>
        {
            var period = Period.Containing(t.date, t.month);
            period.Contains(t.date).ShouldBeTrue();
            period.Previous.To.AddDays(1).ShouldBe(period.From);
            Period.Containing(period.To, t.month).ShouldBe(period);
            Period.Parse(period.Name, t.month).ShouldBe(period);
            period.To.AddDays(1).ShouldBe(period.From.AddMonths(6));
        });

    [Fact]
    public void Every_value_is_a_period()
    {
        default(Period).Name.ShouldBe("0001-H1");
        Should.Throw<InvalidOperationException>(() => default(Period).Previous);
        Should.Throw<ArgumentOutOfRangeException>(() => Period.Parse("2026-H1", 13));
        Should.Throw<ArgumentOutOfRangeException>(() => Period.Containing(new(2026, 1, 1), 0));
    }
}
