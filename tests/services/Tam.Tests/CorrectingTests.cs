using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using static Fidelity.Tam.Tests.Example;

namespace Fidelity.Tam.Tests;

public sealed class CorrectingTests
{
    [Fact]
    public void A_correction_is_scored_anew()
    {
        var story = Known(today: Day(2, 5));
        story.Submit(Interview(Day(1, 30), fives: 17));
        var decision = story.Submit(Correction("i-0130", Day(2, 2), item: 18, Answer.Of(5)));
        decision.Codes().ShouldBe("Recorded");
        decision.Score.ShouldBeNull("the answer to a correction says only that it is in effect");
        decision.Events.OfType<InterviewScored>().ShouldHaveSingleItem().Corrected.ShouldBeTrue();
        story.Scored("i-0130").Score.Value.ShouldBe(new Fraction(18, 28));
        story.Scored("i-0130").Answers[17].ShouldBe(Answer.Of(5));
    }

    [Fact]
    public void A_correction_that_comes_before_its_interview_waits_for_it()
    {
        var story = Known(today: Day(2, 5));
        story.Submit(Correction("i-0130", Day(2, 2), item: 1, Answer.Of(1))).Codes().ShouldBe("Waiting unknown_reference:id");
        var decision = story.Submit(Interview(Day(1, 30), fives: 17));
        decision.Score!.Value.ShouldBe(new Fraction(16, 28));
        decision.Events.Answers().ShouldBe(["Recorded"]);
        story.State.Waiting.ShouldBeEmpty();
    }

    [Fact]
    public void A_correction_waits_for_interview_and_case_alike()
    {
        var story = new Story(today: Day(2, 5));
        story.Submit(Correction("i-0130", Day(2, 2), item: 1, Answer.Of(1))).Codes().ShouldBe("Waiting unknown_reference:case_id");
        story.Learn(Opened).Answers().ShouldBeEmpty();
        story.Submit(Interview(Day(1, 30))).Events.Answers().ShouldBe(["Recorded"]);
    }

    [Fact]
    public void The_latest_correction_date_wins_in_whatever_order_they_come()
    {
        foreach (var laterFirst in new[] { true, false })
        {
            var story = Known(today: Day(2, 20));
            story.Submit(Interview(Day(1, 30), fives: 17));
            var earlier = Correction("i-0130", Day(2, 2), item: 3, Answer.Of(2));
            var later = Correction("i-0130", Day(2, 9), item: 3, Answer.NotApplicable);
            story.Submit(laterFirst ? later : earlier);
            story.Submit(laterFirst ? earlier : later);
            story.Scored("i-0130").Answers[2].ShouldBe(Answer.NotApplicable);
            story.Scored("i-0130").Score.ShouldBe(new Score("tam-r@1", 27, 1, 0, new Fraction(16, 27)));
        }
    }

    [Fact]
    public void Another_value_for_the_same_item_and_date_is_a_conflict_and_the_same_value_no_event()
    {
        var story = Known(today: Day(2, 5));
        story.Submit(Interview(Day(1, 30)));
        story.Submit(Correction("i-0130", Day(2, 2), item: 3, Answer.Of(2)));
        story.Submit(Correction("i-0130", Day(2, 2), item: 3, Answer.Of(2))).Events.ShouldBeEmpty();
        story.Submit(Correction("i-0130", Day(2, 2), item: 3, Answer.Of(4))).Codes().ShouldBe("Refused conflicting_id:value");
        story.Scored("i-0130").Answers[2].ShouldBe(Answer.Of(2));
    }

    [Theory]
    [InlineData(29, 5, "Refused out_of_scale:item")]
    [InlineData(0, 5, "Refused out_of_scale:item")]
    [InlineData(28, 6, "Refused out_of_scale:value")]
    public void A_correction_that_does_not_fit_the_instrument_is_refused_whenever_the_interview_becomes_known(int item, int value, string answer)
    {
        var correction = Correction("i-0130", Day(2, 2), item, Answer.Of(value));

        var interviewFirst = Known(today: Day(2, 5));
        interviewFirst.Submit(Interview(Day(1, 30)));
        interviewFirst.Submit(correction).Codes().ShouldBe(answer);

        var correctionFirst = Known(today: Day(2, 5));
        correctionFirst.Submit(correction).Codes().ShouldBe("Waiting unknown_reference:id");
        correctionFirst.Submit(Interview(Day(1, 30))).Events.Answers().ShouldBe([answer]);
        correctionFirst.Scored("i-0130").Score.Value.ShouldBe(new Fraction(17, 28));
    }

    [Fact]
    public void A_refused_correction_may_come_again_put_right()
    {
        var story = Known(today: Day(2, 5));
        story.Submit(Correction("i-0130", Day(2, 2), item: 1, Answer.Of(7)));
        story.Submit(Interview(Day(1, 30), fives: 17)).Events.Answers().ShouldBe(["Refused out_of_scale:value"]);
        story.Submit(Correction("i-0130", Day(2, 2), item: 1, Answer.Of(4))).Codes().ShouldBe("Recorded");
        story.Scored("i-0130").Score.Value.ShouldBe(new Fraction(16, 28));
    }

    [Fact]
    public void A_correction_dated_after_today_holds_from_its_day()
    {
        var story = Known(today: Day(2, 1));
        story.Submit(Interview(Day(1, 30), fives: 17));
        story.Submit(Correction("i-0130", Day(2, 2), item: 1, Answer.Of(1))).Codes().ShouldBe("Recorded");
        story.Scored("i-0130").Score.Value.ShouldBe(new Fraction(17, 28));
        story.State.NextDate.ShouldBe(Day(2, 2));
        story.Advance(Day(2, 2));
        story.Scored("i-0130").Score.Value.ShouldBe(new Fraction(16, 28));
    }

    [Fact]
    public void A_withdrawn_interview_is_kept_and_the_next_in_the_interval_completes()
    {
        var story = Known(today: Day(2, 15));
        story.Submit(Interview(Day(1, 30)));
        story.Submit(Interview(Day(2, 3)));
        story.Submit(Withdrawal("i-0130", Day(2, 10))).Codes().ShouldBe("Recorded");
        story.Scored("i-0130").Withdrawn.ShouldBeTrue();
        story.Scored("i-0130").Counts.ShouldBeFalse();
        story.State.Opportunities[Day(1, 26)].CompletedBy.ShouldBe("i-0203");
        story.Submit(Withdrawal("i-0203", Day(2, 10)));
        story.Outcomes.ShouldBe("open");
    }

    [Fact]
    public void A_withdrawal_waits_for_its_interview_and_its_repeat_is_no_event()
    {
        var story = Known(today: Day(2, 15));
        var withdrawal = Withdrawal("i-0130", Day(2, 10));
        story.Submit(withdrawal).Codes().ShouldBe("Waiting unknown_reference:id");
        story.Submit(withdrawal).Events.ShouldBeEmpty();
        story.Submit(Interview(Day(1, 30))).Events.Answers().ShouldBe(["Recorded"]);
        story.Scored("i-0130").Withdrawn.ShouldBeTrue();
        story.Outcomes.ShouldBe("open");
        story.Submit(withdrawal).Events.ShouldBeEmpty();
        story.Submit(Withdrawal("i-0130", Day(2, 11))).Codes().ShouldBe("Refused conflicting_id:date", "a withdrawal is given once");
    }
}
