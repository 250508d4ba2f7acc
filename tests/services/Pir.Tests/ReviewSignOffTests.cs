using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using FsCheck.Fluent;
using Fidelity.Measurement.Tests;

namespace Fidelity.Pir.Tests;

/// <summary>Two signatures on one text and the same figures present a review, and nothing moves it afterwards (measurement.md §7).</summary>
public sealed class ReviewSignOffTests
{
    static readonly Period Period = Period.Parse("2026-H1", 1);
    static readonly DateTimeOffset At = new(2026, 7, 10, 9, 0, 0, TimeSpan.Zero);
    static readonly ReviewText Text = new(7, "Every family is called.", "Interviews come late.", [new(Guid.CreateVersion7(), "Call within a week", "Supervisor", new(2026, 12, 1))], []);

    static Review Ended(long position = 10, int closed = 1, ReviewState state = ReviewState.Refreshed) => Review.Of(new(
        "demo", "norr", Period.Name, Period.From, Period.To, state, "mst@1", position, new(2026, 7, 5), DataTo: null, closed, closed,
        Measures.Compute(Profiles.Mst, Period, new(), new(2026, 7, 5))))!;

    static SignReview Sign(SignatoryRole role, string by, ReviewText? text = null, long position = 10) =>
        new(Guid.CreateVersion7(), "demo", "norr", Period.Name, role, by, At, position, text ?? Text);

    static Decision<ReviewSignOff> Decide(ReviewSignOff? known, SignReview command, Review? review = null, ReviewSignOff? before = null) =>
        ReviewSignOff.Sign(known, review ?? Ended(), before, command);

    static ReviewSignOff SignedOnce => Decide(null, Sign(SignatoryRole.Supervisor, "s-1")).State;

    static ReviewSignOff Presented => Decide(SignedOnce, Sign(SignatoryRole.Consultant, "k-1")).State;

    [Fact]
    public void The_first_signature_pins_and_the_second_presents()
    {
        var first = Decide(null, Sign(SignatoryRole.Consultant, "k-1"));
        first.Events.Select(happened => happened.GetType()).ShouldBe([typeof(FiguresPinned), typeof(SignatureGiven)]);
        var second = Decide(first.State, Sign(SignatoryRole.Supervisor, "s-1"), Ended(position: 12, closed: 2));
        second.Events.Select(happened => happened.GetType()).ShouldBe([typeof(SignatureGiven), typeof(Presented)]);
        second.State.PresentedAt.ShouldBe(At);
        second.State.Pinned!.Figures.Closed.ShouldBe(1, "figures that have changed since the first signature are a restatement");
        second.State.Pinned.Versions.ShouldBe(["mst@1", "tam-r@1", "sam@1", "cam@1", "showing@1"]);
    }

    [Fact]
    public void A_changed_text_ends_the_first_signature()
    {
        var changed = Decide(SignedOnce, Sign(SignatoryRole.Consultant, "k-1", Text with { Version = 8, Strengths = "Other" }));
        changed.Outcome.ShouldBe(SubmissionOutcome.Recorded);
        changed.State.PresentedAt.ShouldBeNull();
        changed.State.Signatures.ShouldHaveSingleItem().Signature.By.ShouldBe("k-1");
        changed.State.Ended.ShouldHaveSingleItem().Ending.ShouldBe(SignatureEnding.TextChanged);
        changed.State.Pinned!.Text.Strengths.ShouldBe("Other");
        Decide(changed.State, Sign(SignatoryRole.Supervisor, "s-1", Text with { Version = 8 })).State.PresentedAt.ShouldNotBeNull();
    }

    public static TheoryData<string, ReviewSignOff?, Review, SignReview> Refusals => new()
    {
        { "no such review", null, new Review(), Sign(SignatoryRole.Supervisor, "s-1") },
        { "void", null, Ended(state: ReviewState.Void), Sign(SignatoryRole.Supervisor, "s-1") },
        { "the period runs", null, Ended(state: ReviewState.Provisional), Sign(SignatoryRole.Supervisor, "s-1") },
        { "figures that nobody saw", null, Ended(position: 11), Sign(SignatoryRole.Supervisor, "s-1") },
        { "newer figures than those pinned", SignedOnce, Ended(position: 11), Sign(SignatoryRole.Consultant, "k-1", position: 11) },
        { "the same role", SignedOnce, Ended(), Sign(SignatoryRole.Supervisor, "s-2") },
        { "the same person", SignedOnce, Ended(), Sign(SignatoryRole.Consultant, "s-1") },
        { "presented", Presented, Ended(), Sign(SignatoryRole.Consultant, "k-2", Text with { Version = 8 }) },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void A_signature_is_refused(string what, ReviewSignOff? known, Review review, SignReview command)
    {
        var refused = Decide(known, command, review);
        refused.Outcome.ShouldBe(SubmissionOutcome.Refused, what);
        refused.Events.ShouldBeEmpty(what);
        refused.Causes.ShouldHaveSingleItem();
    }

    [Fact]
    public void Every_goal_of_the_review_before_is_followed_up_first()
    {
        var goal = Text.Goals[0].Id;
        Decide(null, Sign(SignatoryRole.Supervisor, "s-1"), before: Presented).Causes.ShouldHaveSingleItem().Field.ShouldBe("follow_ups");
        Decide(null, Sign(SignatoryRole.Supervisor, "s-1", Text with { FollowUps = [new(goal, GoalOutcome.PartlyReached, null)] }), before: Presented)
            .Outcome.ShouldBe(SubmissionOutcome.Recorded);
        Decide(null, Sign(SignatoryRole.Supervisor, "s-1"), before: SignedOnce).Outcome.ShouldBe(SubmissionOutcome.Recorded, "it was never presented");
    }

    [Fact]
    public void A_repeat_changes_nothing()
    {
        var command = Sign(SignatoryRole.Supervisor, "s-1");
        var once = Decide(null, command).State;
        Decide(once, command).ShouldSatisfyAllConditions(again => again.Events.ShouldBeEmpty(), again => again.Outcome.ShouldBe(SubmissionOutcome.Recorded));
        var withdrawal = new WithdrawSignature(Guid.CreateVersion7(), "demo", "norr", Period.Name, SignatoryRole.Supervisor, "s-1", At.AddMinutes(1));
        var withdrawn = ReviewSignOff.Withdraw(once, withdrawal).State;
        ReviewSignOff.Withdraw(withdrawn, withdrawal).Events.ShouldBeEmpty();
        Decide(withdrawn, command).Events.ShouldBeEmpty("it was taken back");
    }

    [Fact]
    public void Who_signed_takes_it_back_until_the_review_is_presented()
    {
        var withdraw = new WithdrawSignature(Guid.CreateVersion7(), "demo", "norr", Period.Name, SignatoryRole.Supervisor, "s-1", At.AddMinutes(1));
        ReviewSignOff.Withdraw(SignedOnce, withdraw).State.ShouldSatisfyAllConditions(
            state => state.Signatures.ShouldBeEmpty(), state => state.Pinned.ShouldBeNull(), state => state.Ended.ShouldHaveSingleItem());
        ReviewSignOff.Withdraw(SignedOnce, withdraw with { WithdrawnBy = "s-2" }).Outcome.ShouldBe(SubmissionOutcome.Refused);
        ReviewSignOff.Withdraw(Presented, withdraw).Outcome.ShouldBe(SubmissionOutcome.Refused);
    }

    [Fact]
    public void Whatever_comes_after_presenting_what_was_presented_never_moves()
    {
        Property.Holds(
            Gens.Some(
                from kind in Gen.Choose(0, 3)
                from number in Gen.Choose(1, 40)
                select (kind, number), 30),
            happenings =>
            {
                var signOff = Presented;
                var (figures, text, at) = (signOff.Pinned!.Figures, signOff.Pinned.Text, signOff.PresentedAt);
                foreach (var (kind, number) in happenings)
                {
                    signOff = kind switch
                    {
                        0 => Decide(signOff, Sign(SignatoryRole.Supervisor, $"s-{number}", Text with { Version = number }, number), Ended(number)).State,
                        1 => ReviewSignOff.Withdraw(signOff, new(Guid.CreateVersion7(), "demo", "norr", Period.Name, SignatoryRole.Supervisor, "s-1", At.AddHours(number))).State,
                        _ => ReviewSignOff.Restate(signOff, Restated(number, number % 3)).State,
                    };
                    signOff.Pinned!.Figures.ShouldBe(figures);
                    signOff.Pinned.Text.ShouldBe(text);
                    signOff.PresentedAt.ShouldBe(at);
                    signOff.Signatures.Count.ShouldBe(2);
                }
            });
    }

    [Fact]
    public void A_restatement_is_an_event_when_it_says_something_else_than_the_last()
    {
        ReviewSignOff.Restate(SignedOnce, Restated(11, 1)).Events.ShouldBeEmpty("it is not presented");
        ReviewSignOff.Restate(Presented, Restated(11, 0)).Events.ShouldBeEmpty("nothing is other than it was");
        var once = ReviewSignOff.Restate(Presented, Restated(11, 1)).State;
        ReviewSignOff.Restate(once, Restated(12, 1)).Events.ShouldBeEmpty();
        ReviewSignOff.Restate(once, Restated(12, 2)).Events.ShouldHaveSingleItem();
        ReviewSignOff.Restate(once, Restated(12, 0)).Events.ShouldHaveSingleItem("a later correction may change it back");
        ReviewSignOff.Restate(once, Restated(10, 2)).Events.ShouldBeEmpty("it was computed from less");
    }

    static Restated Restated(long position, int records)
    {
        var measure = Ended().Latest!.Measures[0];
        return new(position, new(2026, 8, 1), records == 0 ? [] : [new(measure.Measure, measure, measure with { Denominator = records }, [new(ChangeCause.Late, records)])]);
    }
}
