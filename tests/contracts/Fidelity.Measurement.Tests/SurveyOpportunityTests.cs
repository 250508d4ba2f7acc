using FsCheck.Fluent;
using static Fidelity.Measurement.OpportunityOutcome;

namespace Fidelity.Measurement.Tests;

public sealed class SurveyOpportunityTests
{
    static DateOnly Day(int month, int day) => new(2026, month, day);

    static Pair Together(DateOnly began, DateOnly? ended = null) => new("t-1", "s-1", began, ended);

    static DatedRecord Survey(DateOnly date, bool counts = true) => new($"a-{date:MMdd}", date, counts);

    [Fact]
    public void A_pair_begins_with_the_later_post_and_ends_with_the_earlier()
    {
        Post[] posts =
        [
            new("t-1", StaffRole.Therapist, Day(1, 1), Day(6, 30)), new("t-2", StaffRole.Therapist, Day(3, 1), null),
            new("s-1", StaffRole.Supervisor, Day(2, 1), null), new("k-1", StaffRole.Consultant, Day(1, 15), Day(5, 1)),
            new("v-1", StaffRole.Interviewer, Day(1, 1), null), new("w-1", StaffRole.Caseworker, Day(1, 1), null),
        ];
        SurveyOpportunities.Pairs(Instrument.Sam, posts).ShouldBe(
            [new("t-1", "s-1", Day(2, 1), Day(6, 30)), new("t-2", "s-1", Day(3, 1), null)]);
        SurveyOpportunities.Pairs(Instrument.Cam, posts).ShouldBe(
        [
            new("s-1", "k-1", Day(2, 1), Day(5, 1)), new("t-1", "k-1", Day(1, 15), Day(5, 1)), new("t-2", "k-1", Day(3, 1), Day(5, 1)),
        ]);
        Should.Throw<ArgumentOutOfRangeException>(() => SurveyOpportunities.Pairs(Instrument.Tam, posts));
    }

    [Fact]
    public void Who_returns_begins_a_new_pair_and_nobody_is_paired_with_themselves()
    {
        Post[] posts =
        [
            new("t-1", StaffRole.Therapist, Day(1, 1), Day(3, 31)), new("t-1", StaffRole.Therapist, Day(6, 1), null),
            new("t-1", StaffRole.Supervisor, Day(1, 1), null), new("s-1", StaffRole.Supervisor, Day(1, 1), Day(4, 30)),
        ];
        SurveyOpportunities.Pairs(Instrument.Sam, posts).ShouldBe([new("t-1", "s-1", Day(1, 1), Day(3, 31))]);
        SurveyOpportunities.Pairs(Instrument.Sam, [.. posts[..2], posts[3] with { To = null }])
            .ShouldBe([new("t-1", "s-1", Day(1, 1), Day(3, 31)), new("t-1", "s-1", Day(6, 1), null)]);
    }

    [Fact]
    public void Posts_that_make_the_same_pair_twice_make_it_once_and_a_day_together_is_a_pair()
    {
        Post[] posts =
        [
            new("t-1", StaffRole.Therapist, Day(1, 1), null), new("t-1", StaffRole.Supervisor, Day(1, 1), null),
            new("k-1", StaffRole.Consultant, Day(1, 1), null), new("t-2", StaffRole.Therapist, Day(5, 1), null),
            new("k-2", StaffRole.Consultant, Day(4, 1), Day(5, 1)),
        ];
        SurveyOpportunities.Pairs(Instrument.Cam, posts).ShouldBe(
        [
            new("t-1", "k-1", Day(1, 1), null), new("t-1", "k-2", Day(4, 1), Day(5, 1)),
            new("t-2", "k-1", Day(5, 1), null), new("t-2", "k-2", Day(5, 1), Day(5, 1)),
        ]);
    }

    [Fact]
    public void The_first_is_due_after_a_month_and_then_every_second_month()
    {
        SurveyOpportunities.Of([Together(Day(1, 10))], [Survey(Day(3, 27)), Survey(Day(4, 2))], Day(6, 10)).ShouldBe(
        [
            new(Day(2, 10), Day(1, 27), Day(3, 26), Expired, null),
            new(Day(4, 10), Day(3, 27), Day(5, 26), Completed, "a-0327"),
            new(Day(6, 10), Day(5, 27), Day(7, 26), Open, null),
        ]);
    }

    [Fact]
    public void Due_dates_are_counted_from_the_first_and_never_chained() =>
        SurveyOpportunities.Of([Together(new(2025, 11, 30))], [], Day(7, 1)).Select(o => o.Due)
            .ShouldBe([new(2025, 12, 30), Day(2, 28), Day(4, 30), Day(6, 30)]);

    [Fact]
    public void The_last_is_due_by_the_pair_s_last_day_and_keeps_its_nominal_end()
    {
        var opportunities = SurveyOpportunities.Of([Together(Day(1, 10), Day(4, 10))], [], Day(12, 31));
        opportunities.Select(o => (o.Due, o.Last)).ShouldBe([(Day(2, 10), Day(3, 26)), (Day(4, 10), Day(5, 26))]);
        SurveyOpportunities.Of([Together(Day(1, 10), Day(2, 9))], [], Day(12, 31)).ShouldBeEmpty();
    }

    [Fact]
    public void A_survey_completes_one_opportunity_where_intervals_of_a_returned_rater_overlap()
    {
        Pair[] returned = [Together(Day(1, 10), Day(2, 20)), Together(Day(2, 21))]; // due 10 February and 21 March
        SurveyOpportunities.Of(returned, [Survey(Day(3, 10))], Day(3, 31)).Select(o => o.CompletedBy).ShouldBe(["a-0310", null]);
        SurveyOpportunities.Of(returned, [Survey(Day(3, 10)), Survey(Day(3, 12))], Day(3, 31)).Select(o => o.CompletedBy)
            .ShouldBe(["a-0310", "a-0312"]);
    }

    [Fact]
    public void A_withdrawn_survey_completes_nothing_and_the_next_does() =>
        SurveyOpportunities.Of([Together(Day(1, 10))], [Survey(Day(2, 1), counts: false), Survey(Day(2, 2))], Day(2, 10))
            .Single().CompletedBy.ShouldBe("a-0202");

    [Fact]
    public void The_next_due_date_is_the_first_of_any_pair_that_lasts_until_then()
    {
        Pair[] pairs = [Together(Day(1, 10)), new("t-2", "s-1", Day(1, 5), Day(4, 4))]; // due the 10th, and the 5th until it ended
        SurveyOpportunities.NextDue(pairs, Day(2, 1)).ShouldBe(Day(2, 5));
        SurveyOpportunities.NextDue(pairs, Day(2, 5)).ShouldBe(Day(2, 10));
        SurveyOpportunities.NextDue(pairs, Day(2, 10)).ShouldBe(Day(4, 10), "the second pair ended the day before its next due date");
        SurveyOpportunities.NextDue([], Day(2, 1)).ShouldBeNull();
    }

    [Fact]
    public void Nothing_changes_before_the_next_change() =>
        Property.Holds(
            from posts in Gens.Posts
            from instrument in Gen.Elements(Instrument.Sam, Instrument.Cam)
            from surveys in Gens.Some(Gens.Record, 6)
            from today in Gens.Date
            let ofTwoPeople = SurveyOpportunities.Pairs(instrument, posts).GroupBy(pair => (pair.Rater, pair.Rated)).FirstOrDefault()
            select (pairs: ofTwoPeople?.ToList() ?? [], surveys, today),
            t =>
            {
                var now = SurveyOpportunities.Of(t.pairs, t.surveys, t.today);
                now.Select(o => o.CompletedBy).OfType<string>().ShouldBeUnique();
                now.ShouldAllBe(o => o.Outcome == Completed || o.Outcome == (t.today > o.Last ? Expired : Open));
                var end = SurveyOpportunities.NextChange(t.pairs, t.surveys, t.today) ?? t.today.AddDays(400);
                for (var day = t.today; day < end; day = day.AddDays(1))
                    SurveyOpportunities.Of(t.pairs, t.surveys, day).ShouldBe(now);
            });
}
