using Fidelity.Contracts.Surveys;
using Fidelity.Measurement;
using static Fidelity.Validation.Tests.Examples;

namespace Fidelity.Validation.Tests;

public class FillingTests
{
    [Fact]
    public void The_same_content_fills_and_alters_nothing()
    {
        var filling = Filling.Of(ClosedCase, ClosedCase with { Outcomes = ClosedCase.Outcomes with { } });
        (filling.Filled.Count, filling.Altered.Count, filling.Merged).ShouldBe((0, 0, ClosedCase));
    }

    [Fact]
    public void A_discharge_fills_an_open_case()
    {
        var filling = Filling.Of(OpenCase, ClosedCase);
        filling.Filled.ShouldBe(["discharged", "discharge_reason", "living_at_home"]);
        filling.Altered.ShouldBeEmpty();
        filling.Merged.ShouldBe(ClosedCase);
    }

    [Fact]
    public void An_older_file_with_blanks_takes_nothing_back()
    {
        var filling = Filling.Of(ClosedCase, OpenCase);
        (filling.Filled.Count, filling.Altered.Count, filling.Merged).ShouldBe((0, 0, ClosedCase));
    }

    [Fact]
    public void Altering_what_is_filled_is_a_conflict_that_names_the_columns()
    {
        var given = ClosedCase with
        {
            TherapistId = "t-09",
            Outcomes = ClosedCase.Outcomes with { LivingAtHome = Outcome3.No, NoNewArrest = Outcome3.Yes },
        };
        var filling = Filling.Of(ClosedCase, given);
        filling.Altered.ShouldBe(["therapist_id", "living_at_home"]);
        filling.Filled.ShouldBe(["no_new_arrest"]);
    }

    [Fact]
    public void Teams_and_posts_are_filled_by_their_end()
    {
        Filling.Of(Team, Team with { Closed = Day("2026-12-31") }).Filled.ShouldBe(["closed"]);
        Filling.Of(Team, Team with { Name = "Team North" }).Altered.ShouldBe(["name"]);
        Filling.Of(TherapistPost, TherapistPost with { To = Day("2026-06-30") }).Merged.To.ShouldBe(Day("2026-06-30"));
        Filling.Of(TherapistPost with { To = Day("2026-06-30") }, TherapistPost with { To = Day("2026-07-31") }).Altered.ShouldBe(["to"]);
    }

    [Fact]
    public void Of_several_accepted_under_one_key_the_first_holds_with_its_blanks_filled()
    {
        var outcomes = OpenCase with { Outcomes = OpenCase.Outcomes with { NoNewArrest = Outcome3.No } };
        var both = ClosedCase with { Outcomes = ClosedCase.Outcomes with { NoNewArrest = Outcome3.No } };
        Filling.Merge(Filling.Merge(OpenCase, ClosedCase), outcomes).ShouldBe(both);
        Filling.Merge(Filling.Merge(OpenCase, outcomes), ClosedCase).ShouldBe(both);
        Filling.Merge(Team, Team with { Name = "Team North", Closed = Day("2026-12-31") }).ShouldBe(Team with { Closed = Day("2026-12-31") });
        Filling.Merge(TherapistPost, TherapistPost with { To = Day("2026-06-30") }).ShouldBe(TherapistPost with { To = Day("2026-06-30") });
        Filling.Merge(Handover, Handover with { TherapistId = "t-09" }).ShouldBe(Handover);
    }

    [Fact]
    public void Interviews_and_surveys_are_compared_item_by_item()
    {
        Content.Differences(Interview, Interview with { Answers = [.. Interview.Answers] }).ShouldBeEmpty();
        Content.Differences(Interview, Interview with { Language = null, Answers = Replace(Interview.Answers, 4, 3) }).ShouldBe(["language", "i4"]);
        RecordSurvey other = Cam with { Pair = Cam.Pair with { RatedId = "k-02" } };
        Content.Differences(Cam, other).ShouldBe(["consultant_id"]);
    }

    [Fact]
    public void A_blank_answer_and_one_that_does_not_apply_are_different()
    {
        var blank = Interview.Answers[1];
        blank.ShouldBe(Answer.Blank);
        var given = Interview with { Answers = [.. Interview.Answers.Select((answer, index) => index == 1 ? Answer.NotApplicable : answer)] };
        Content.Differences(Interview, given).ShouldBe(["i2"]);
    }

    [Fact]
    public void A_correction_worded_anew_says_the_same() =>
        Content.Differences(ItemCorrection, ItemCorrection with { Reason = "read the form again" }).ShouldBeEmpty();
}
