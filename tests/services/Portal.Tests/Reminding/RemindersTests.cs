using Fidelity.Contracts;
using Fidelity.Measurement;
using Fidelity.Portal.Reminding;

namespace Fidelity.Portal.Tests.Reminding;

/// <summary>What somebody is reminded of, and when.</summary>
public sealed class RemindersTests
{
    static readonly Guid Id = Guid.CreateVersion7();
    static readonly DateOnly Last = new(2026, 11, 16);

    static Duty Until(DateOnly last, OpportunityOutcome outcome = OpportunityOutcome.Open, DateOnly? due = null) => new(
        Id, "p", new Thing("tam_opportunity", "c/2026-10-01"), Instrument.Tam,
        new(due ?? new(2026, 10, 1), new(2026, 9, 24), last, outcome, null));

    static string Of(Duty duty, DateOnly today, params ReminderStep[] sent) =>
        string.Join(' ', Reminders.Of([duty], sent.Select(step => (Id, step)).ToHashSet(), today).Select(reminder => Codes.Of(reminder.Step)));

    [Theory]
    [InlineData("2026-09-30", "")]
    [InlineData("2026-10-01", "due")]
    [InlineData("2026-11-08", "due")]
    [InlineData("2026-11-09", "ending")]
    [InlineData("2026-11-16", "ending")]
    [InlineData("2026-11-17", "")]
    public void It_is_due_until_seven_days_are_left_and_nothing_before_it_is_due_or_after_it_is_over(string today, string expected) =>
        Of(Until(Last), DateOnly.Parse(today, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(expected);

    [Fact]
    public void Each_step_comes_once()
    {
        Of(Until(Last), new(2026, 10, 2), ReminderStep.Due).ShouldBe("");
        Of(Until(Last), new(2026, 11, 10), ReminderStep.Due).ShouldBe("ending");
        Of(Until(Last), new(2026, 11, 10), ReminderStep.Due, ReminderStep.Ending).ShouldBe("");
    }

    [Fact]
    public void What_is_first_heard_of_in_its_last_days_is_told_once() => Of(Until(Last), new(2026, 11, 15), ReminderStep.Ending).ShouldBe("");

    [Fact]
    public void A_last_day_that_moves_away_begins_nothing_anew() => Of(Until(new(2026, 12, 1)), new(2026, 11, 15), ReminderStep.Ending).ShouldBe("");

    [Fact]
    public void Nothing_is_said_of_what_has_ended()
    {
        foreach (var outcome in Enum.GetValues<OpportunityOutcome>().Except([OpportunityOutcome.Open]))
            Of(Until(Last, outcome), new(2026, 10, 2)).ShouldBe("", outcome.ToString());
    }

    [Fact]
    public void What_is_named_twice_is_told_once() => Reminders.Of([Until(Last), Until(Last)], new HashSet<(Guid, ReminderStep)>(), new(2026, 10, 2)).Count.ShouldBe(1);
}
