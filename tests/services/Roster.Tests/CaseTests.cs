using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using static Fidelity.Roster.Tests.Example;

namespace Fidelity.Roster.Tests;

public sealed class CaseTests
{
    [Fact]
    public void A_case_is_opened_and_discharged_by_one_row_or_by_two()
    {
        var atOnce = Case.Register(null, ClosedCase);
        atOnce.Codes().ShouldBe("Recorded");
        atOnce.Events.ShouldBe(
        [
            new CaseOpened("demo", "c-1", "norr", "t-1", Day(1, 12)),
            new CaseDischarged(Day(5, 20), DischargeReason.Completed),
            new OutcomesLearned(NotKnown with { LivingAtHome = Outcome3.Yes }),
        ]);

        var opened = Case.Register(null, NewCase);
        opened.Events.ShouldBe([new CaseOpened("demo", "c-1", "norr", "t-1", Day(1, 12))]);
        var closed = Case.Register(opened.State, ClosedCase);
        closed.Events.ShouldBe(atOnce.Events.Skip(1));
        Json(closed.State).ShouldBe(Json(atOnce.State));
    }

    [Fact]
    public void The_same_case_again_or_with_less_is_no_event()
    {
        var known = Case.Register(null, ClosedCase).State;
        Case.Register(known, ClosedCase).Events.ShouldBeEmpty();
        Case.Register(known, NewCase).Events.ShouldBeEmpty();
        Case.Register(known, NewCase).Codes().ShouldBe("Recorded");
    }

    [Fact]
    public void Outcomes_fill_one_by_one()
    {
        var known = Case.Register(null, ClosedCase).State;
        var more = ClosedCase with { Outcomes = NotKnown with { NoNewArrest = Outcome3.No } };
        Case.Register(known, more).Events.ShouldBe(
            [new OutcomesLearned(NotKnown with { LivingAtHome = Outcome3.Yes, NoNewArrest = Outcome3.No })]);
    }

    [Fact]
    public void Altering_what_is_filled_is_a_conflict_that_names_every_column()
    {
        var known = Case.Register(null, ClosedCase).State;
        var altered = ClosedCase with
        {
            TeamId = "syd",
            TherapistId = "t-2",
            Started = Day(1, 13),
            Discharged = Day(5, 21),
            Reason = DischargeReason.Placed,
            Outcomes = NotKnown with { LivingAtHome = Outcome3.No, NoNewArrest = Outcome3.Yes },
        };
        var decision = Case.Register(known, altered);
        decision.Codes().ShouldBe(
            "Refused conflicting_id:team_id conflicting_id:therapist_id conflicting_id:started conflicting_id:discharged "
            + "conflicting_id:discharge_reason conflicting_id:living_at_home");
        decision.Events.ShouldBeEmpty("the blank that it would fill is not filled either");
    }

    [Fact]
    public void Reassignments_and_follow_ups_wait_for_their_case_and_are_answered_when_it_comes()
    {
        var (reassigned, followUp) = (Reassigned("t-2", Day(3, 1)), FollowUp(6, Day(11, 20)));
        var waiting = Case.Reassign(null, reassigned);
        waiting.Codes().ShouldBe("Waiting unknown_reference:case_id");
        waiting = Case.FollowUp(waiting.State, followUp);
        waiting.Codes().ShouldBe("Waiting unknown_reference:case_id");
        Case.Reassign(waiting.State, reassigned).Events.ShouldBeEmpty();
        Case.FollowUp(waiting.State, followUp).Events.ShouldBeEmpty();

        var opened = Case.Register(waiting.State, NewCase);
        opened.Events.Answered().ShouldBe([reassigned.SubmissionId, followUp.SubmissionId]);
        opened.State.Waiting.ShouldBeEmpty();
        opened.State.Reassignments.ShouldBe([new Reassignment("t-2", Day(3, 1))]);
        opened.State.FollowUps.ShouldBe([new FollowUp(6, Day(11, 20), NotKnown)]);
    }

    [Fact]
    public void A_case_is_given_to_one_therapist_a_day()
    {
        var known = Case.Reassign(Case.Register(null, NewCase).State, Reassigned("t-2", Day(3, 1))).State;
        Case.Reassign(known, Reassigned("t-2", Day(3, 1))).Events.ShouldBeEmpty();
        Case.Reassign(known, Reassigned("t-3", Day(3, 1))).Codes().ShouldBe("Refused conflicting_id:therapist_id");
        Case.Reassign(known, Reassigned("t-1", Day(4, 1))).State.Reassignments.ShouldBe([new("t-2", Day(3, 1)), new("t-1", Day(4, 1))]);
    }

    [Fact]
    public void Each_follow_up_is_recorded_once()
    {
        var known = Case.FollowUp(Case.Register(null, ClosedCase).State, FollowUp(6, Day(11, 20)));
        known.Codes().ShouldBe("Recorded");
        Case.FollowUp(known.State, FollowUp(6, Day(11, 20))).Events.ShouldBeEmpty();
        Case.FollowUp(known.State, FollowUp(18, Day(11, 20))).State.FollowUps.Count.ShouldBe(2);
        var other = Case.FollowUp(known.State, FollowUp(6, Day(11, 21)));
        other.Outcome.ShouldBe(Contracts.Submitting.SubmissionOutcome.Refused);
        other.Causes.ShouldHaveSingleItem().Code.ShouldBe("conflicting_id");
    }
}
