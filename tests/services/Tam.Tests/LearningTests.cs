using Fidelity.Measurement;
using static Fidelity.Tam.Tests.Example;

namespace Fidelity.Tam.Tests;

public sealed class LearningTests
{
    [Fact]
    public void The_cases_own_therapist_is_not_independent()
    {
        var story = Known(today: Day(2, 1));
        story.Submit(Interview(Day(1, 30), by: "t-1"));
        story.Scored("i-0130").Independent.ShouldBeFalse();
        story.Outcomes.ShouldBe("open");
    }

    [Fact]
    public void Self_report_has_no_interviewer_and_is_independent()
    {
        var story = Known(today: Day(2, 1));
        story.Submit(Interview(Day(1, 30), by: null));
        story.Scored("i-0130").Independent.ShouldBeTrue();
        story.Outcomes.ShouldBe("completed");
    }

    [Fact]
    public void A_therapist_of_the_team_on_that_day_is_not_independent_whether_the_post_is_known_before_or_after()
    {
        var posts = Therapists(3, Therapist("t-2", Day(1, 1), Day(1, 30)));

        var before = new Story(today: Day(2, 1));
        before.Learn(posts);
        before.Learn(Opened);
        before.Submit(Interview(Day(1, 30), by: "t-2"));

        var after = Known(today: Day(2, 1));
        after.Submit(Interview(Day(1, 30), by: "t-2"));
        after.Outcomes.ShouldBe("completed", "nothing is known against it yet");
        var events = after.Learn(posts);
        events.OfType<OpportunityFellDue>().ShouldHaveSingleItem().Opportunity.Due.ShouldBe(Day(1, 26), "it is open again");

        foreach (var story in new[] { before, after })
        {
            story.Scored("i-0130").Independent.ShouldBeFalse();
            story.Outcomes.ShouldBe("open");
            story.Submit(Interview(Day(1, 31), by: "t-2"));
            story.Scored("i-0131").Independent.ShouldBeTrue("the post ended the day before");
        }
    }

    [Fact]
    public void A_reassignment_learned_later_decides_again_who_was_independent()
    {
        var story = Known(today: Day(2, 10));
        story.Submit(Interview(Day(2, 5), by: "t-1"));
        story.Submit(Interview(Day(2, 6), by: "t-9"));
        story.State.Opportunities[Day(1, 26)].CompletedBy.ShouldBe("i-0206");

        story.Learn(Opened with { Version = 2, Reassignments = [new("t-9", Day(2, 1))] });

        story.Scored("i-0205").Independent.ShouldBeTrue();
        story.Scored("i-0206").Independent.ShouldBeFalse();
        story.Scored("i-0206").TherapistId.ShouldBe("t-9");
        story.State.Opportunities[Day(1, 26)].CompletedBy.ShouldBe("i-0205");
    }

    [Fact]
    public void A_retroactive_discharge_voids_later_due_dates_and_closes_the_last()
    {
        var story = Known(today: Day(4, 10));
        story.Outcomes.ShouldBe("expired expired open");

        var events = story.Learn(DischargedOn(Day(3, 1)));

        story.State.Opportunities.Values.ShouldBe(
        [
            new(Day(1, 26), Day(1, 12), Day(2, 18), OpportunityOutcome.Expired, null),
            new(Day(2, 26), Day(2, 19), Day(3, 15), OpportunityOutcome.Expired, null),
            new(Day(3, 26), Day(3, 19), Day(4, 18), OpportunityOutcome.Void, null),
        ]);
        events.OfType<OpportunityClosed>().Select(closed => (closed.Opportunity.Due, closed.Opportunity.Outcome, closed.EffectiveOn)).ShouldBe(
            [(Day(2, 26), OpportunityOutcome.Expired, Day(3, 16)), (Day(3, 26), OpportunityOutcome.Void, Day(4, 10))]);
        story.State.NextDate.ShouldBeNull();
    }

    [Fact]
    public void A_retroactive_discharge_leaves_a_later_interview_kept_and_counting_nowhere()
    {
        var story = Known(today: Day(4, 10));
        story.Submit(Interview(Day(3, 30)));
        story.Outcomes.ShouldBe("expired expired completed");
        story.Learn(DischargedOn(Day(3, 1)));
        story.Scored("i-0330").OutsideCase.ShouldBeTrue();
        story.Scored("i-0330").Counts.ShouldBeFalse();
        story.Outcomes.ShouldBe("expired expired void");
    }

    [Fact]
    public void A_discharge_dated_after_today_leaves_the_case_open_until_then()
    {
        var story = Known(today: Day(2, 1));
        story.Learn(DischargedOn(Day(2, 20)));
        story.State.Opportunities[Day(1, 26)].Last.ShouldBe(Day(2, 18), "as of an open case");
        story.State.NextDate.ShouldBe(Day(2, 19));
        story.Advance(Day(2, 20));
        story.State.Opportunities[Day(1, 26)].ShouldBe(
            new(Day(1, 26), Day(1, 12), Day(3, 6), OpportunityOutcome.Open, null), "14 days after the discharge");
    }

    [Fact]
    public void An_older_version_of_the_case_says_nothing()
    {
        var story = new Story(today: Day(4, 10));
        story.Learn(DischargedOn(Day(3, 1)));
        story.Learn(Opened).ShouldBeEmpty();
        story.Learn(DischargedOn(Day(3, 1))).ShouldBeEmpty();
    }

    [Fact]
    public void A_case_keeps_newer_posts_than_its_team_gives_it()
    {
        var newer = Therapists(5, Therapist("t-2", Day(1, 1)));
        var (state, _) = CaseInterviews.Learn(null, newer, Day(2, 1));
        CaseInterviews.Learn(state, Opened, Therapists(4), Day(2, 1)).State.TherapistPosts.ShouldBe(newer);
    }
}

public sealed class TeamCasesTests
{
    [Fact]
    public void A_team_knows_its_cases_once_each_and_its_therapists_as_they_now_are()
    {
        var posts = Therapists(2, Therapist("t-2", Day(1, 1)));
        var team = new TeamCases().Apply(new CaseJoined("c-1")).Apply(Therapists(1)).Apply(new CaseJoined("c-2")).Apply(posts).Apply(new CaseJoined("c-1"));
        team.Cases.ShouldBe(["c-1", "c-2"], ignoreOrder: true);
        team.Posts.ShouldBe(posts);
    }
}
