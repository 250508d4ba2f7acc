using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;

namespace Fidelity.Pir.Tests;

/// <summary>From a note on a month to the check of what was done about it; nobody writes over somebody else.</summary>
public sealed class TrendThreadTests
{
    static readonly DateOnly March = new(2026, 3, 1);
    static readonly DateOnly Today = new(2026, 10, 31);

    static readonly BeginThread Note =
        new(Guid.CreateVersion7(), "demo", "norr", Guid.CreateVersion7(), TrendSeries.TamCompleted, March, "s-1", Today, "nobody to call");

    static readonly ThreadEntry Hypothesis = new(ThreadEntryKind.Hypothesis, "k-1", Today, "office hours only");
    static readonly ThreadEntry Action = new(ThreadEntryKind.Action, "k-1", Today, "call at seven", "s-1", new(2026, 12, 31));
    static readonly ThreadEntry Check = new(ThreadEntryKind.Check, "k-1", new(2027, 1, 15), "eight of ten", Outcome: CheckOutcome.Helped);

    [Fact]
    public void A_note_is_a_thread_with_one_entry_and_no_work_in_it()
    {
        var decision = TrendThread.Begin(null, Note);
        decision.Events.ShouldBe([new ThreadBegun("demo", "norr", Note.ThreadId, TrendSeries.TamCompleted, March, "s-1", Today, "nobody to call")]);
        decision.State.Entries.ShouldBe([new(ThreadEntryKind.Note, "s-1", Today, "nobody to call")]);
        ThreadCourse.IsOpen(decision.State.Entries).ShouldBeFalse();
        TrendThread.Begin(decision.State, Note).Events.ShouldBeEmpty();
        Refusal(TrendThread.Begin(decision.State, Note with { Text = "another" })).ShouldBe(("conflicting_id", "thread_id"));
    }

    [Fact]
    public void It_goes_from_hypothesis_to_action_to_check_and_is_open_in_between()
    {
        var state = TrendThread.Begin(null, Note).State;
        foreach (var (place, entry) in new[] { Hypothesis, Action, Check }.Index())
        {
            var decision = TrendThread.Continue(state, Next(place + 2, entry));
            decision.Outcome.ShouldBe(SubmissionOutcome.Recorded);
            decision.Events.ShouldHaveSingleItem();
            ThreadCourse.IsOpen(decision.State.Entries).ShouldBe(entry != Check, entry.Text);
            state = decision.State;
        }

        state.Entries.Skip(1).ShouldBe([Hypothesis, Action, Check]);
        Refusal(TrendThread.Continue(state, Next(5, Action))).ShouldBe(("inconsistent", "kind"), "it is closed");
    }

    [Theory]
    [InlineData(ThreadEntryKind.Note, null, "hypothesis")]
    [InlineData(ThreadEntryKind.Hypothesis, null, "action hypothesis")]
    [InlineData(ThreadEntryKind.Action, null, "check action")]
    [InlineData(ThreadEntryKind.Check, CheckOutcome.GoesOn, "action hypothesis")]
    [InlineData(ThreadEntryKind.Check, CheckOutcome.Helped, "")]
    [InlineData(ThreadEntryKind.Check, CheckOutcome.DidNotHelp, "")]
    public void What_may_come_next(ThreadEntryKind last, CheckOutcome? outcome, string next) =>
        string.Join(' ', ThreadCourse.Next([new(last, "k-1", Today, "…", Outcome: outcome)]).Select(Codes.Of)).ShouldBe(next);

    [Fact]
    public void The_actions_since_the_last_check_are_those_to_be_checked()
    {
        var more = Action with { Text = "a second interviewer" };
        var goesOn = Check with { Outcome = CheckOutcome.GoesOn };
        ThreadCourse.Unchecked([Hypothesis, Action, more]).ShouldBe([Action, more]);
        ThreadCourse.Unchecked([Hypothesis, Action, goesOn, more]).ShouldBe([more]);
        ThreadCourse.Unchecked([Hypothesis, Action, goesOn]).ShouldBeEmpty();
    }

    [Fact]
    public void Of_two_who_write_at_once_the_second_is_told()
    {
        var state = TrendThread.Continue(TrendThread.Begin(null, Note).State, Next(2, Hypothesis)).State;
        var again = TrendThread.Continue(state, Next(2, Hypothesis));
        (again.Outcome, again.Events.Count).ShouldBe((SubmissionOutcome.Recorded, 0));
        Refusal(TrendThread.Continue(state, Next(2, Hypothesis with { Author = "s-1" }))).ShouldBe(("conflicting_id", "place"));
    }

    [Fact]
    public void What_does_not_come_next_or_goes_on_from_nothing_is_refused()
    {
        var state = TrendThread.Begin(null, Note).State;
        Refusal(TrendThread.Continue(state, Next(2, Check))).ShouldBe(("inconsistent", "kind"));
        Refusal(TrendThread.Continue(state, Next(3, Hypothesis))).ShouldBe(("unknown_reference", "thread_id"));
        Refusal(TrendThread.Continue(null, Next(2, Hypothesis))).ShouldBe(("unknown_reference", "thread_id"));
    }

    static ContinueThread Next(int place, ThreadEntry entry) => new(Guid.CreateVersion7(), "demo", "norr", Note.ThreadId, place, entry);

    static (string, string?) Refusal(Decision<TrendThread> decision)
    {
        decision.Events.ShouldBeEmpty();
        decision.Outcome.ShouldBe(SubmissionOutcome.Refused);
        var cause = decision.Causes.ShouldHaveSingleItem();
        return (cause.Code, cause.Field);
    }
}
