using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using static Fidelity.Tam.Tests.Example;

namespace Fidelity.Tam.Tests;

public sealed class RecordingTests
{
    [Fact]
    public void An_interview_of_a_known_case_is_answered_with_its_score()
    {
        var story = Known(today: Day(2, 1));
        var decision = story.Submit(Interview(Day(1, 30), fives: 17));
        decision.Codes().ShouldBe("Recorded");
        decision.Score.ShouldBe(new Score("tam-r@1", 28, 0, 0, new Fraction(17, 28)));
        story.Outcomes.ShouldBe("completed");
        story.Scored("i-0130").Completes.ShouldBe(Day(1, 26));
        story.Scored("i-0130").TherapistId.ShouldBe("t-1");
    }

    [Fact]
    public void An_interview_with_too_few_answers_completes_its_opportunity_without_a_score()
    {
        var story = Known(today: Day(2, 1));
        Answer[] eighteen = [.. Enumerable.Range(1, 28).Select(item => item <= 18 ? Answer.Of(5) : item == 19 ? Answer.NotApplicable : Answer.Blank)];
        var decision = story.Submit(Interview(Day(1, 30)) with { Answers = eighteen });
        decision.Score.ShouldBe(new Score("tam-r@1", 18, 1, 9, null));
        story.Outcomes.ShouldBe("completed");
    }

    [Fact]
    public void Records_wait_for_their_case_and_are_answered_when_it_comes()
    {
        var story = new Story(today: Day(2, 1));
        var interview = Interview(Day(1, 30), fives: 20);
        story.Submit(interview).Codes().ShouldBe("Waiting unknown_reference:case_id");
        story.Submit(Attempt(Day(1, 28), AttemptOutcome.NoAnswer)).Codes().ShouldBe("Waiting unknown_reference:case_id");
        story.State.Waiting.Count.ShouldBe(2);

        var events = story.Learn(Opened);

        events.Answers().ShouldBe(["Recorded", "Recorded"]);
        events.OfType<WaitEnded>().Single(ended => ended.SubmissionId == interview.SubmissionId).Answer.Score
            .ShouldBe(new Score("tam-r@1", 28, 0, 0, new Fraction(20, 28)));
        events.OfType<WaitEnded>().Single(ended => ended.SubmissionId != interview.SubmissionId).Answer.Score.ShouldBeNull();
        story.State.Waiting.ShouldBeEmpty();
        story.Scored("i-0130").Score.Value.ShouldBe(new Fraction(20, 28));
        story.Outcomes.ShouldBe("completed");
    }

    [Fact]
    public void A_repeat_while_waiting_begins_no_second_wait()
    {
        var story = new Story(today: Day(2, 1));
        var interview = Interview(Day(1, 30));
        story.Submit(interview);
        var repeat = story.Submit(interview);
        repeat.Codes().ShouldBe("Waiting unknown_reference:case_id");
        repeat.Events.ShouldBeEmpty();
        story.Learn(Opened).OfType<WaitEnded>().Count().ShouldBe(1);
    }

    [Theory]
    [InlineData("2026-01-11", null, "Refused outside_case:date")]
    [InlineData("2026-01-12", null, "Recorded")]
    [InlineData("2026-03-15", "2026-03-01", "Recorded")]
    [InlineData("2026-03-16", "2026-03-01", "Refused outside_case:date")]
    public void An_interview_lies_between_the_start_and_14_days_after_discharge(string date, string? discharged, string answer)
    {
        var fact = discharged is null ? Opened : DischargedOn(DateOnly.Parse(discharged, null));
        var interview = Interview(DateOnly.Parse(date, null));

        var caseFirst = new Story(today: Day(4, 1));
        caseFirst.Learn(fact);
        var decision = caseFirst.Submit(interview);
        decision.Codes().ShouldBe(answer);
        decision.Events.Any().ShouldBe(answer == "Recorded", "what is refused leaves nothing");

        var interviewFirst = new Story(today: Day(4, 1));
        interviewFirst.Submit(interview);
        interviewFirst.Learn(fact).Answers().ShouldBe([answer]);
        interviewFirst.Outcomes.ShouldBe(caseFirst.Outcomes);
    }

    [Fact]
    public void A_refused_interview_may_come_again_put_right()
    {
        var story = new Story(today: Day(2, 1));
        story.Submit(Interview(Day(1, 2), id: "i-1"));
        story.Learn(Opened).Answers().ShouldBe(["Refused outside_case:date"]);
        story.Submit(Interview(Day(1, 20), id: "i-1")).Codes().ShouldBe("Recorded");
        story.Outcomes.ShouldBe("completed");
    }

    [Fact]
    public void A_refused_attempt_ends_nothing_whenever_the_case_becomes_known()
    {
        var optOut = Attempt(Day(1, 2), AttemptOutcome.OptedOut);
        var story = new Story(today: Day(2, 1));
        story.Submit(optOut);
        story.Learn(Opened).Answers().ShouldBe(["Refused outside_case:date"]);
        story.Outcomes.ShouldBe("open");
        Known(today: Day(2, 1)).Submit(optOut).Codes().ShouldBe("Refused outside_case:date");
    }

    [Fact]
    public void The_same_interview_again_is_no_event_and_the_same_answer()
    {
        var story = Known(today: Day(2, 1));
        var first = story.Submit(Interview(Day(1, 30)));
        var repeat = story.Submit(Interview(Day(1, 30)));
        repeat.Events.ShouldBeEmpty();
        repeat.Outcome.ShouldBe(first.Outcome);
        story.Submit(Interview(Day(1, 30), fives: 18)).Codes().ShouldBe("Refused conflicting_id:interview_id");
        story.Submit(Interview(Day(1, 30), by: "v-2")).Codes().ShouldBe("Refused conflicting_id:interview_id");
        story.Scored("i-0130").Score.Value.ShouldBe(new Fraction(17, 28));
    }

    [Fact]
    public void A_repeat_after_a_correction_is_still_the_same_interview()
    {
        var story = Known(today: Day(2, 5));
        var interview = Interview(Day(1, 30), fives: 17);
        story.Submit(interview);
        story.Submit(Correction("i-0130", Day(2, 2), item: 28, Answer.Of(5)));
        var repeat = story.Submit(interview);
        repeat.Codes().ShouldBe("Recorded");
        repeat.Score!.Value.ShouldBe(new Fraction(18, 28));
    }

    [Fact]
    public void The_same_attempt_again_is_no_event()
    {
        var story = Known(today: Day(2, 1));
        story.Submit(Attempt(Day(1, 28), AttemptOutcome.Declined)).Codes().ShouldBe("Recorded");
        var repeat = story.Submit(Attempt(Day(1, 28), AttemptOutcome.Declined));
        repeat.Codes().ShouldBe("Recorded");
        repeat.Events.ShouldBeEmpty();
    }

    [Fact]
    public void A_second_interview_in_the_interval_is_scored_and_completes_nothing()
    {
        var story = Known(today: Day(2, 15));
        story.Submit(Interview(Day(2, 10)));
        story.Submit(Interview(Day(2, 3)));
        story.Scored("i-0203").Completes.ShouldBe(Day(1, 26));
        story.Scored("i-0210").Completes.ShouldBeNull("another has become the first of the interval");
        story.Scored("i-0210").Counts.ShouldBeTrue();
    }

    [Fact]
    public void Records_dated_after_today_begin_to_exist_on_their_day()
    {
        var story = Known(today: Day(1, 27));
        var decision = story.Submit(Interview(Day(1, 30)));
        decision.Codes().ShouldBe("Recorded");
        decision.Score.ShouldBeNull();
        story.Submit(Attempt(Day(1, 29), AttemptOutcome.Unreachable));
        story.State.Scored.ShouldBeEmpty();
        story.Outcomes.ShouldBe("open");
        story.State.NextDate.ShouldBe(Day(1, 29));

        story.Advance(Day(1, 29));
        story.Outcomes.ShouldBe("unreachable");
        story.Advance(Day(1, 30));
        story.Outcomes.ShouldBe("completed");
        story.Scored("i-0130").Score.Value.ShouldBe(new Fraction(17, 28));
    }

    [Fact]
    public void A_family_that_has_opted_out_stays_so_until_it_gives_an_interview_again()
    {
        var story = Known(today: Day(3, 26));
        var events = story.Submit(Attempt(Day(2, 1), AttemptOutcome.OptedOut)).Events;
        story.Outcomes.ShouldBe("opted_out opted_out opted_out");
        events.OfType<OpportunityClosed>().Select(closed => (closed.Opportunity.Due, closed.EffectiveOn)).ShouldBe(
            [(Day(1, 26), Day(2, 1)), (Day(2, 26), Day(2, 26)), (Day(3, 26), Day(3, 26))],
            "the first ended on the day of the attempt, the others as they fell due");

        story.Submit(Interview(Day(3, 20)));
        story.Advance(Day(4, 26));
        story.Outcomes.ShouldBe("opted_out opted_out completed open");
    }

    [Fact]
    public void An_attempt_of_tomorrow_does_not_tell_since_when_today_has_been_so()
    {
        var story = Known(today: Day(2, 26));
        story.Submit(Attempt(Day(3, 5), AttemptOutcome.OptedOut));
        var events = story.Submit(Attempt(Day(2, 1), AttemptOutcome.OptedOut)).Events;
        events.OfType<OpportunityClosed>().Last().ShouldBe(new OpportunityClosed(
            new CaseName("demo", "norr", "c-1"),
            new Opportunity(Day(2, 26), Day(2, 19), Day(3, 18), OpportunityOutcome.OptedOut, null), EffectiveOn: Day(2, 26)));
    }
}
