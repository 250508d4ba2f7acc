using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using static Fidelity.Tam.Tests.Example;

namespace Fidelity.Tam.Tests;

public sealed class FallingDueTests
{
    [Fact]
    public void Opportunities_fall_due_and_expire_on_their_days_and_twice_is_as_once()
    {
        var story = Known(today: Day(1, 12));
        story.State.NextDate.ShouldBe(Day(1, 26));
        story.Advance(Day(1, 25)).ShouldBeEmpty();

        story.Advance(Day(1, 26)).ShouldBe(
        [
            new OpportunityFellDue(new("demo", "norr", "c-1"), new(Day(1, 26), Day(1, 12), Day(2, 18), OpportunityOutcome.Open, null), Day(1, 26)),
            new NextDateSet(Day(2, 19)),
        ]);
        story.Advance(Day(1, 26)).ShouldBeEmpty();
        story.Advance(Day(2, 18)).ShouldBeEmpty();

        story.Advance(Day(2, 19)).ShouldBe(
        [
            new OpportunityClosed(new("demo", "norr", "c-1"), new(Day(1, 26), Day(1, 12), Day(2, 18), OpportunityOutcome.Expired, null), Day(2, 19)),
            new NextDateSet(Day(2, 26)),
        ]);
        story.Advance(Day(2, 19)).ShouldBeEmpty();
    }

    [Fact]
    public void An_interview_before_its_due_date_counts_at_once_and_completes_when_that_falls_due()
    {
        var story = Known(today: Day(2, 20));
        story.Submit(Interview(Day(2, 20)));
        story.Scored("i-0220").Counts.ShouldBeTrue();
        story.Scored("i-0220").Completes.ShouldBeNull();
        story.Advance(Day(2, 26));
        story.Outcomes.ShouldBe("expired completed");
        story.Scored("i-0220").Completes.ShouldBe(Day(2, 26));
        story.Appended.OfType<OpportunityClosed>().Last().EffectiveOn.ShouldBe(Day(2, 26), "it was not due before");
    }

    [Fact]
    public void Every_opportunity_falls_due_by_an_event_of_its_own_before_it_is_closed_by_another()
    {
        var story = new Story(today: Day(4, 30));
        story.Submit(Attempt(Day(2, 20), AttemptOutcome.Declined));
        story.Submit(Interview(Day(1, 20)));
        story.Learn(Opened);
        story.Outcomes.ShouldBe("completed declined expired open");
        var fell = story.Appended.OfType<OpportunityFellDue>().ToList();
        fell.Select(due => due.Opportunity.Due).ShouldBe([Day(1, 26), Day(2, 26), Day(3, 26), Day(4, 26)]);
        fell.ShouldAllBe(due => due.Opportunity.Outcome == OpportunityOutcome.Open && due.EffectiveOn == due.Opportunity.Due);
        foreach (var closed in story.Appended.OfType<OpportunityClosed>())
        {
            var due = fell.Single(due => due.Opportunity.Due == closed.Opportunity.Due);
            story.Appended.IndexOf(due).ShouldBeLessThan(story.Appended.IndexOf(closed));
        }
    }

    [Fact]
    public void A_case_that_is_not_known_has_no_calendar()
    {
        var story = new Story(today: Day(2, 1));
        story.Submit(Interview(Day(1, 30)));
        story.State.NextDate.ShouldBeNull();
        story.Advance(Day(3, 1)).ShouldBeEmpty();
    }
}
