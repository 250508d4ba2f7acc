using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.KeepingCases;
using static Fidelity.Portal.Tests.Teams.Team;

namespace Fidelity.Portal.Tests.KeepingCases;

/// <summary>A case as its page shows it: whose it is, what it has left to do, and whether it shows what was recorded.</summary>
public sealed class CaseFileTests
{
    static readonly DateOnly Today = Day(6, 10);
    static readonly CaseOutcomes NoneKnown = new(Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown);

    static CaseFile File(DateOnly? discharged = null, params Opportunity[] interviews) => new(Family("c-1", Day(3, 2), discharged), interviews);

    static Opportunity Interview(DateOnly due, DateOnly last, OpportunityOutcome outcome = OpportunityOutcome.Open) => new(due, due.AddDays(-7), last, outcome, null);

    /// <summary>What has fallen due by today of treatment since 2 March, a month and a week apart from the next.</summary>
    static readonly Opportunity[] Treated =
    [
        Interview(Day(3, 16), Day(4, 8), OpportunityOutcome.Expired), Interview(Day(4, 16), Day(5, 8), OpportunityOutcome.Completed), Interview(Day(5, 16), Day(6, 8)),
    ];

    static RegisterCase Told(DateOnly? discharged, CaseOutcomes outcomes) => new(
        Guid.Empty, "demo", "c-1", "norr", "t-1", Day(3, 2), discharged, discharged is null ? null : DischargeReason.Completed, outcomes);

    [Fact]
    public void A_case_is_open_until_the_day_of_its_discharge()
    {
        File().IsOpen(Today).ShouldBeTrue();
        File(Today.AddDays(1)).IsOpen(Today).ShouldBeTrue();
        File(Today).IsOpen(Today).ShouldBeFalse();
    }

    [Fact]
    public void Its_therapists_are_in_the_order_of_their_days()
    {
        var file = new CaseFile(Family("c-1", Day(3, 2)) with { Reassignments = [new("t-3", Day(5, 1)), new("t-2", Day(4, 1))] }, []);
        file.Therapists.ShouldBe([("t-1", Day(3, 2)), ("t-2", Day(4, 1)), ("t-3", Day(5, 1))]);
        (file with { Case = file.Case with { Reassignments = [new("t-2", Day(3, 2))] } }).Therapists.ShouldBe([("t-2", Day(3, 2))], "t-1 never had it");
    }

    [Fact]
    public void A_discharge_leaves_open_interviews_follow_ups_and_unknown_outcomes_to_do()
    {
        var file = File(
            Day(6, 5), Interview(Day(4, 16), Day(5, 8), OpportunityOutcome.Completed), Interview(Day(5, 16), Day(6, 19)), Interview(Day(3, 16), Day(4, 8), OpportunityOutcome.Expired));
        var due = StillDue.Of(file with { Case = file.Case with { Outcomes = NoneKnown with { InSchoolOrWork = Outcome3.No } } }, Profiles.Mst, Today)!;
        due.Interviews.ShouldHaveSingleItem().Last.ShouldBe(Day(6, 19));
        due.FollowUps.ShouldBe([(6, new DateOnly(2026, 12, 5)), (18, new DateOnly(2027, 12, 5))]);
        due.Outcomes.ShouldBe(["living_at_home", "no_new_arrest"]);
        due.IsNothing.ShouldBeFalse();
    }

    [Fact]
    public void Nothing_is_left_when_all_is_recorded_and_nothing_is_said_before_a_discharge()
    {
        StillDue.Of(File(), Profiles.Mst, Today).ShouldBeNull();
        var done = File(Day(6, 5));
        done = done with
        {
            Case = done.Case with
            {
                Outcomes = new(Outcome3.Yes, Outcome3.No, Outcome3.Yes, Outcome3.Unknown, Outcome3.Unknown),
                FollowUps = [new(18, Day(6, 9), NoneKnown), new(6, Day(6, 9), NoneKnown)],
            },
        };
        StillDue.Of(done, Profiles.Mst, Today)!.IsNothing.ShouldBeTrue();
        StillDue.Of(done, Profiles.MstCan, Today)!.Outcomes.ShouldBe(["no_new_report", "no_new_substance_report"], "they are measured in MST-CAN only");
    }

    [Fact]
    public void An_interview_whose_time_is_over_is_not_due_whether_or_not_that_was_told() =>
        StillDue.Of(File(Day(5, 20), Interview(Day(5, 16), Today.AddDays(-1))), Profiles.Mst, Today)!.Interviews.ShouldBeEmpty();

    [Fact]
    public void An_opening_is_shown_when_the_interviews_that_have_fallen_due_since_are_there()
    {
        File().Shows(Told(null, NoneKnown), Today).ShouldBeFalse();
        File(null, Treated).Shows(Told(null, NoneKnown), Today).ShouldBeTrue();
    }

    [Fact]
    public void A_discharge_is_shown_when_its_interviews_end_with_it()
    {
        var told = Told(Day(6, 5), NoneKnown);
        File(null, Treated).Shows(told, Today).ShouldBeFalse();
        File(Day(6, 5), Treated).Shows(told, Today).ShouldBeFalse("the last interval still ends as if treatment went on");
        File(Day(6, 5), [.. Treated[..^1], Interview(Day(5, 16), Day(6, 19))]).Shows(told, Today).ShouldBeTrue();
        var earlier = Told(Day(5, 15), NoneKnown);
        File(Day(5, 15), [.. Treated[..^2], Interview(Day(4, 16), Day(5, 29)), Treated[^1]]).Shows(earlier, Today).ShouldBeFalse("one fell due after the discharge");
        File(Day(5, 15), [.. Treated[..^2], Interview(Day(4, 16), Day(5, 29))]).Shows(earlier, Today).ShouldBeTrue();
        File(Day(7, 1), Treated).Shows(Told(Day(7, 1), NoneKnown), Today).ShouldBeTrue("nothing ends before the day");
    }

    [Fact]
    public void Outcomes_are_shown_when_all_that_were_told_are_there()
    {
        var told = Told(null, NoneKnown with { LivingAtHome = Outcome3.No });
        var file = File(null, Treated);
        file.Shows(told, Today).ShouldBeFalse();
        (file with { Case = file.Case with { Outcomes = NoneKnown with { LivingAtHome = Outcome3.No, NoNewArrest = Outcome3.Yes } } }).Shows(told, Today).ShouldBeTrue();
    }

    [Fact]
    public void A_reassignment_and_a_follow_up_are_shown_when_they_are_there()
    {
        var (change, followUp) = (new ReassignCase(Guid.Empty, "demo", "c-1", "t-2", Day(4, 1)), new RecordFollowUp(Guid.Empty, "demo", "c-1", 6, Day(6, 9), NoneKnown));
        var file = File(Day(6, 5));
        file.Shows(change, Today).ShouldBeFalse();
        file.Shows(followUp, Today).ShouldBeFalse();
        var later = file with { Case = file.Case with { Reassignments = [new("t-2", Day(4, 1))], FollowUps = [new(6, Day(6, 9), NoneKnown)] } };
        later.Shows(change, Today).ShouldBeTrue();
        later.Shows(followUp, Today).ShouldBeTrue();
        later.Shows(followUp with { Months = 18 }, Today).ShouldBeFalse();
    }
}
