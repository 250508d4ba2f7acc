using Fidelity.Measurement;
using static Fidelity.Contracts.Submitting.SubmissionOutcome;
using static Fidelity.Measurement.OpportunityOutcome;
using static Fidelity.Surveys.Tests.Examples;
using WaitEnded = Fidelity.ServiceDefaults.WaitEnded;

namespace Fidelity.Surveys.Tests;

public sealed class PairSurveysTests
{
    readonly ServiceInMemory _service = new(Day(4, 30));

    PairSurveys Pair => _service.Pairs[Sam];

    [Fact]
    public void Posts_make_the_pair_and_its_opportunities_fall_due()
    {
        _service.Learn(Team(1, Therapist, Supervisor));
        _service.Events.OfType<OpportunityFellDue>().Select(fell => fell.EffectiveOn).ShouldBe([Day(2, 10), Day(4, 10)]);
        _service.Events.OfType<OpportunityClosed>().ShouldBe([new("demo", Sam, new(Day(2, 10), Day(1, 27), Day(3, 26), Expired, null), Day(3, 27))]);
        Pair.NextDate.ShouldBe(Day(5, 27), "the day after the open interval");
        _service.Tick(Day(6, 10));
        Pair.Opportunities.Values.Select(due => (due.Due, due.Outcome)).ShouldBe([(Day(2, 10), Expired), (Day(4, 10), Expired), (Day(6, 10), Open)]);
    }

    [Fact]
    public void A_survey_is_scored_by_subscale_and_completes_its_opportunity()
    {
        _service.Learn(Team(1, Therapist, Supervisor));
        var survey = Survey("a-1", Day(2, 12));
        survey = survey with { Answers = [.. Enumerable.Range(1, 43).Select(item => item < 13 ? Answer.Of(item == 1 ? 5 : 4) : item > 38 ? Answer.Blank : Answer.Of(3))] };
        _service.Handle(survey).Causes(Recorded).ShouldBeEmpty();
        var assessed = Pair.Assessed["a-1"];
        assessed.Completes.ShouldBe(Day(2, 10));
        assessed.Counts.ShouldBeTrue();
        assessed.Scores["principles"].Value.ShouldBe(new Fraction(49, 12));
        assessed.Scores["clinician_development"].ShouldBe(new("sam@1", 5, 0, 5, 3));
        Pair.Opportunities[Day(2, 10)].ShouldBe(new(Day(2, 10), Day(1, 27), Day(3, 26), Completed, "a-1"));

        var fewer = Survey("a-2", Day(4, 1));
        _service.Handle(fewer with { Answers = [.. fewer.Answers.Select((answer, i) => i > 36 ? Answer.NotApplicable : answer)] });
        Pair.Assessed["a-2"].Scores["clinician_development"].IsSufficient.ShouldBeFalse("3 of 10 answered");
        Pair.Assessed["a-2"].Completes.ShouldBe(Day(4, 10), "an insufficient survey completes its opportunity all the same");
    }

    [Fact]
    public void Nothing_of_the_scores_is_in_the_answer()
    {
        _service.Learn(Team(1, Therapist, Supervisor));
        _service.Handle(Survey("a-1", Day(2, 12))).Score.ShouldBeNull();
    }

    [Fact]
    public void A_repeat_does_nothing_and_is_answered_again()
    {
        _service.Learn(Team(1, Therapist, Supervisor));
        _service.Handle(Survey("a-1", Day(2, 12)));
        _service.Handle(Correction("a-1", Day(2, 20), 1, Answer.Of(1)));
        _service.Handle(Withdrawal("a-1", Day(2, 21)));
        _service.Handle(Survey("a-1", Day(2, 12))).Events.ShouldBeEmpty();
        _service.Handle(Correction("a-1", Day(2, 20), 1, Answer.Of(1))).Events.ShouldBeEmpty();
        _service.Handle(Withdrawal("a-1", Day(2, 21))).Events.ShouldBeEmpty();
        _service.Handle(Survey("a-1", Day(2, 12))).Causes(Recorded).ShouldBeEmpty();
        var before = _service.Events.Count;
        _service.Learn(Team(1, Therapist));
        _service.Events.Count.ShouldBe(before, "an older or equal version says nothing new");
    }

    [Fact]
    public void Another_content_under_a_known_id_is_refused()
    {
        _service.Learn(Team(1, Therapist, Supervisor));
        _service.Handle(Survey("a-1", Day(2, 12)));
        _service.Handle(Survey("a-1", Day(2, 13))).Causes(Refused).Single().Code.ShouldBe("conflicting_id");
        _service.Handle(Correction("a-1", Day(2, 20), 1, Answer.Of(1)));
        _service.Handle(Correction("a-1", Day(2, 20), 1, Answer.Of(2))).Causes(Refused).ShouldHaveSingleItem().Field.ShouldBe("value");
        _service.Handle(Correction("a-1", Day(2, 20), 44, Answer.Of(2))).Causes(Refused).ShouldHaveSingleItem().Field.ShouldBe("item");
    }

    [Fact]
    public void The_latest_correction_of_an_item_holds_from_its_day_on()
    {
        _service.Learn(Team(1, Therapist, Supervisor));
        _service.Handle(Correction("a-1", Day(2, 22), 1, Answer.Of(1))).Causes(Waiting).ShouldHaveSingleItem().Field.ShouldBe("id");
        _service.Handle(Correction("a-1", Day(2, 20), 1, Answer.Of(5)));
        _service.Handle(Correction("a-1", Day(5, 2), 1, Answer.Of(2)));
        _service.Handle(Survey("a-1", Day(2, 12)));
        _service.Events.OfType<WaitEnded>().Select(ended => ended.Outcome).ShouldBe([Recorded, Recorded, Recorded]);
        Pair.Assessed["a-1"].Answers[0].ShouldBe(Answer.Of(1));
        _service.Events.OfType<SurveyAssessed>().Single().Corrected.ShouldBeTrue();
        Pair.NextDate.ShouldBe(Day(5, 2));
        _service.Tick(Day(5, 2));
        Pair.Assessed["a-1"].Answers[0].ShouldBe(Answer.Of(2));
    }

    [Fact]
    public void A_withdrawn_survey_completes_nothing_and_the_next_one_does()
    {
        _service.Learn(Team(1, Therapist, Supervisor));
        _service.Handle(Survey("a-1", Day(2, 12)));
        _service.Handle(Survey("a-2", Day(2, 14)));
        Pair.Assessed["a-2"].Completes.ShouldBeNull("the second in an interval is extra");
        Pair.Assessed["a-2"].Counts.ShouldBeTrue("and is scored and counted");
        _service.Handle(Withdrawal("a-1", Day(3, 1)));
        Pair.Opportunities[Day(2, 10)].CompletedBy.ShouldBe("a-2");
        Pair.Assessed["a-1"].Withdrawn.ShouldBeTrue();
        Pair.Assessed["a-2"].Completes.ShouldBe(Day(2, 10));
    }

    [Fact]
    public void A_survey_before_the_first_interval_is_extra()
    {
        _service.Learn(Team(1, Therapist, Supervisor));
        _service.Handle(Survey("a-1", Day(1, 15))).Causes(Recorded);
        Pair.Assessed["a-1"].Counts.ShouldBeTrue();
        Pair.Assessed["a-1"].Completes.ShouldBeNull();
    }

    [Fact]
    public void A_survey_dated_ahead_begins_to_exist_on_its_day()
    {
        _service.Learn(Team(1, Therapist, Supervisor));
        _service.Handle(Survey("a-1", Day(5, 5))).Causes(Recorded);
        Pair.Assessed.ShouldBeEmpty();
        Pair.NextDate.ShouldBe(Day(5, 5));
        _service.Tick(Day(5, 5));
        Pair.Assessed["a-1"].Completes.ShouldBe(Day(4, 10));
    }

    [Fact]
    public void A_survey_waits_for_its_team_and_for_posts_of_both()
    {
        _service.Handle(Survey("a-1", Day(2, 12))).Causes(Waiting).ShouldHaveSingleItem().Field.ShouldBe("team_id");
        _service.Learn(Team(1, Supervisor));
        _service.Handle(Survey("a-1", Day(2, 12))).Causes(Waiting).Select(cause => (cause.Code, cause.Field)).ShouldBe([("outside_post", "rater_id")]);
        _service.Learn(Team(2, Supervisor, Therapist));
        _service.Events.OfType<WaitEnded>().Single().Outcome.ShouldBe(Recorded);
        Pair.Opportunities[Day(2, 10)].CompletedBy.ShouldBe("a-1");
    }

    [Fact]
    public void Outside_a_post_of_either_a_survey_counts_nowhere_until_a_post_covers_its_day()
    {
        var left = Consultant with { To = Day(3, 31) };
        _service.Learn(Team(1, Therapist, left));
        _service.Handle(Survey("b-1", Day(4, 2), Cam)).Causes(Waiting).Select(cause => (cause.Code, cause.Field)).ShouldBe([("outside_post", "consultant_id")]);
        _service.Handle(Survey("b-2", Day(1, 5), Cam)).Causes(Waiting).Select(cause => cause.Field).ShouldBe(["rater_id"]);
        var pair = _service.Pairs[Cam];
        pair.Assessed["b-1"].Counts.ShouldBeFalse("though it lies in the last interval, which keeps its nominal end");
        pair.Opportunities.Values.ShouldHaveSingleItem().Outcome.ShouldBe(Expired);

        _service.Learn(Team(2, Therapist, left, new("k-1", StaffRole.Consultant, Day(4, 1), null)));
        _service.Events.OfType<WaitEnded>().ShouldHaveSingleItem().Outcome.ShouldBe(Recorded);
        _service.Pairs[Cam].Assessed["b-1"].Counts.ShouldBeTrue();
    }

    [Fact]
    public void A_post_that_ends_in_the_past_makes_what_fell_due_after_it_void()
    {
        _service.Learn(Team(1, Therapist, Supervisor));
        _service.Handle(Survey("a-1", Day(4, 2)));
        _service.Learn(Team(2, Therapist with { To = Day(3, 31) }, Supervisor));
        Pair.Opportunities[Day(4, 10)].ShouldBe(new(Day(4, 10), Day(3, 27), Day(5, 26), OpportunityOutcome.Void, null));
        Pair.Assessed["a-1"].OutsidePost.ShouldBeTrue();
        Pair.NextDate.ShouldBeNull();

        _service.Learn(Team(3, Therapist with { To = Day(4, 29) }, Supervisor));
        Pair.Opportunities[Day(4, 10)].CompletedBy.ShouldBe("a-1", "what was void may be again");
    }

    [Fact]
    public void Who_returns_begins_a_new_pair()
    {
        _service.Learn(Team(1, Therapist with { To = Day(2, 20) }, Therapist with { From = Day(2, 25) }, Supervisor));
        Pair.Opportunities.Keys.ShouldBe([Day(2, 10), Day(3, 25)]);
    }

    [Fact]
    public void Supervisor_and_therapists_rate_the_consultant_and_nobody_themselves()
    {
        _service.Learn(Team(1, Therapist, Supervisor, Consultant, Consultant with { Staff = "t-1" }));
        _service.Pairs.Keys.Select(pair => (pair.Instrument, pair.RaterId, pair.RatedId)).ShouldBe(
        [
            (Instrument.Sam, "t-1", "s-1"), (Instrument.Cam, "s-1", "k-1"), (Instrument.Cam, "s-1", "t-1"), (Instrument.Cam, "t-1", "k-1"),
        ], ignoreOrder: true);
    }

    [Fact]
    public void A_change_of_others_says_nothing_to_a_pair()
    {
        _service.Learn(Team(1, Therapist, Supervisor));
        var before = Pair;
        _service.Learn(Team(2, Therapist, Supervisor, Therapist with { Staff = "t-2" }));
        Pair.ShouldBeSameAs(before);
        _service.Pairs.Count.ShouldBe(2);
    }
}
