using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Fidelity.ServiceDefaults.Tests;

public sealed class BusinessCalendarTests
{
    [Theory]
    [InlineData("2026-01-31T22:59:59Z", "2026-01-31")]
    [InlineData("2026-01-31T23:00:00Z", "2026-02-01")]
    [InlineData("2026-06-30T21:59:59Z", "2026-06-30")]
    [InlineData("2026-06-30T22:00:00Z", "2026-07-01")]
    [InlineData("2026-03-28T23:00:00Z", "2026-03-29")] // the day on which summer time begins
    [InlineData("2026-03-29T22:00:00Z", "2026-03-30")]
    [InlineData("2026-10-25T22:59:59Z", "2026-10-25")] // the day on which it ends
    [InlineData("2026-10-25T23:00:00Z", "2026-10-26")]
    public void A_day_begins_at_midnight_in_Stockholm(string instant, string day) =>
        Calendar(instant, today: null).Today.ShouldBe(DateOnly.Parse(day, CultureInfo.InvariantCulture));

    [Fact]
    public void A_given_day_is_held_whatever_the_clock_says() =>
        Calendar("2026-01-31T23:00:00Z", today: "2026-10-31").Today.ShouldBe(new DateOnly(2026, 10, 31));

    [Theory]
    [InlineData("2026-01-31T22:30:00Z", null, "2026-01-31T23:30:00")]
    [InlineData("2026-06-30T22:30:00Z", null, "2026-07-01T00:30:00")]
    [InlineData("2026-06-30T22:30:00Z", "2026-10-31", "2026-10-31T00:30:00")] // the day is held, and the time runs
    public void The_moment_is_that_of_the_clocks_there(string instant, string? today, string moment) =>
        Calendar(instant, today).Now.ShouldBe(DateTime.Parse(moment, CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void No_given_day_is_the_real_one(string today) =>
        Calendar("2026-01-31T12:00:00Z", today).Today.ShouldBe(new DateOnly(2026, 1, 31));

    [Theory]
    [InlineData("31/10/2026")]
    [InlineData("2026-02-30")]
    [InlineData("2026-10-31T00:00")]
    [InlineData("tomorrow")]
    public void Anything_else_stops_the_service_and_says_what_to_write(string today) =>
        Should.Throw<InvalidOperationException>(() => Calendar("2026-01-31T12:00:00Z", today)).Message
            .ShouldBe($"FIDELITY_TODAY is '{today}'; write a date as yyyy-mm-dd.");

    static BusinessCalendar Calendar(string instant, string? today) => new(
        new ClockAt(DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture)),
        new ConfigurationBuilder().AddInMemoryCollection([new("FIDELITY_TODAY", today)]).Build());

    sealed class ClockAt(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
