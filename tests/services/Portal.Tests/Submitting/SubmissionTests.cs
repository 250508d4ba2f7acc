using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Submitting;

namespace Fidelity.Portal.Tests.Submitting;

/// <summary>What was refused may come again put right, and an answer is about the one or the other.</summary>
public sealed class SubmissionTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 15, 12, 0, 0, TimeSpan.Zero);

    static SubmissionAccepted Accepted(string name) =>
        new(new RegisterTeam(Guid.CreateVersion7(), "demo", "norr", name, "mst@1", new(2026, 1, 1), null, 1), null);

    static SubmissionAnswered Answer(Submission to, SubmissionOutcome outcome, int? attempt) => new(to.Command!.SubmissionId, outcome, [], null, attempt);

    [Fact]
    public void A_second_refusal_of_what_was_refused_says_nothing_of_what_came_after()
    {
        var first = Submission.Accept(null, Accepted("Nor")).State;
        var refused = Submission.Conclude(first, Answer(first, SubmissionOutcome.Refused, first.Command!.Attempt), Now).State;
        var again = Submission.Accept(refused, Accepted("Norr")).State;
        again.Concluded.ShouldBeNull();

        Submission.Conclude(again, Answer(again, SubmissionOutcome.Refused, first.Command.Attempt), Now).Events.ShouldBeEmpty();
        var (recorded, events) = Submission.Conclude(again, Answer(again, SubmissionOutcome.Recorded, again.Command!.Attempt), Now);
        events.ShouldHaveSingleItem();
        recorded.StateAt(Now).ShouldBe(SubmissionState.Recorded);
    }

    [Fact]
    public void The_end_of_a_wait_is_about_what_was_kept()
    {
        var first = Submission.Accept(null, Accepted("Nor")).State;
        var refused = Submission.Conclude(first, Answer(first, SubmissionOutcome.Refused, 0), Now).State;
        var again = Submission.Accept(refused, Accepted("Norr")).State;
        var waiting = Submission.Conclude(again, Answer(again, SubmissionOutcome.Waiting, 1), Now).State;
        Submission.Conclude(waiting, Answer(waiting, SubmissionOutcome.Recorded, attempt: null), Now).State.StateAt(Now).ShouldBe(SubmissionState.Recorded);
    }

    [Fact]
    public void What_was_erased_is_refused_for_good_whatever_it_was_before()
    {
        var accepted = Submission.Accept(null, Accepted("Norr")).State;
        var recorded = Submission.Conclude(accepted, Answer(accepted, SubmissionOutcome.Recorded, 0), Now).State;
        foreach (var before in new[] { accepted, recorded })
        {
            var erased = before.Erase(Now).State;
            (erased.Command, erased.IsSettled, erased.StateAt(Now)).ShouldBe((null, true, SubmissionState.Refused));
            Submission.Accept(erased, Accepted("Norr")).Events.ShouldBeEmpty();
            Submission.Conclude(erased, Answer(accepted, SubmissionOutcome.Recorded, 0), Now).Events.ShouldBeEmpty();
        }

        accepted.Erase(Now).Events.Count.ShouldBe(2, "it has its last word with it");
    }
}
