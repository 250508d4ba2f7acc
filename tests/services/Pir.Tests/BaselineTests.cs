using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;

namespace Fidelity.Pir.Tests;

/// <summary>A changed baseline is an event with author, day and reason; withdrawn, it stays in the history and holds no more.</summary>
public sealed class BaselineTests
{
    static readonly DateOnly March = new(2026, 3, 1);
    static readonly DateOnly Today = new(2026, 10, 31);

    static readonly ChangeBaseline Set =
        new(Guid.CreateVersion7(), "demo", "norr", Guid.CreateVersion7(), TrendSeries.Adherence, March, "k-1", Today, "new supervisor");

    static readonly WithdrawBaseline Withdrawal = new(Guid.CreateVersion7(), "demo", "norr", Set.ChangeId, "s-1", Today, "began in April");

    [Fact]
    public void A_change_begins_a_phase_of_its_chart_alone()
    {
        var decision = Baseline.Change(null, Set);
        decision.Outcome.ShouldBe(SubmissionOutcome.Recorded);
        decision.Events.ShouldBe([new BaselineSet("demo", "norr", Set.ChangeId, TrendSeries.Adherence, March, "k-1", Today, "new supervisor")]);
        var other = Baseline.Change(decision.State, Set with { ChangeId = Guid.CreateVersion7(), Series = TrendSeries.TamCompleted });
        var earlier = Baseline.Change(other.State, Set with { ChangeId = Guid.CreateVersion7(), Month = new(2025, 9, 1) });
        earlier.State.Starts.ShouldBe([
            new(TrendSeries.Adherence, new(2025, 9, 1)), new(TrendSeries.Adherence, March), new(TrendSeries.TamCompleted, March),
        ]);
    }

    [Fact]
    public void What_is_sent_twice_is_one_change_and_a_second_for_the_same_month_is_refused()
    {
        var known = Baseline.Change(null, Set).State;
        var again = Baseline.Change(known, Set with { SubmissionId = Guid.CreateVersion7() });
        (again.Outcome, again.Events.Count).ShouldBe((SubmissionOutcome.Recorded, 0));
        Refusal(Baseline.Change(known, Set with { ChangeId = Guid.CreateVersion7() })).ShouldBe(("conflicting_id", "month"));
        Refusal(Baseline.Change(known, Set with { Reason = "another" })).ShouldBe(("conflicting_id", "change_id"));
    }

    [Fact]
    public void A_withdrawn_change_begins_nothing_stays_in_the_history_and_may_be_made_again()
    {
        var known = Baseline.Change(null, Set).State;
        var withdrawn = Baseline.Withdraw(known, Withdrawal);
        withdrawn.Events.ShouldBe([new BaselineWithdrawn(Set.ChangeId, "s-1", Today, "began in April")]);
        withdrawn.State.Starts.ShouldBeEmpty();
        withdrawn.State.Changes.ShouldBe([
            new(Set.ChangeId, TrendSeries.Adherence, March, "k-1", Today, "new supervisor", new("s-1", Today, "began in April")),
        ]);
        // The form that made it, sent once more, makes it no second time.
        Baseline.Change(withdrawn.State, Set).Events.ShouldBeEmpty();
        var again = Baseline.Change(withdrawn.State, Set with { ChangeId = Guid.CreateVersion7() }).State;
        (again.Changes.Count, again.Starts.Count).ShouldBe((2, 1));
    }

    [Fact]
    public void Only_what_holds_can_be_withdrawn()
    {
        Refusal(Baseline.Withdraw(null, Withdrawal)).ShouldBe(("unknown_reference", "change_id"));
        var withdrawn = Baseline.Withdraw(Baseline.Change(null, Set).State, Withdrawal).State;
        var again = Baseline.Withdraw(withdrawn, Withdrawal);
        (again.Outcome, again.Events.Count).ShouldBe((SubmissionOutcome.Recorded, 0));
        Refusal(Baseline.Withdraw(withdrawn, Withdrawal with { Author = "k-1" })).ShouldBe(("conflicting_id", "change_id"));
    }

    [Fact]
    public void A_trend_keeps_its_phases_when_its_figures_are_computed_anew()
    {
        var calculated = new TrendCalculated("demo", "norr", "mst@1", 10, Today, [new(March, new Fraction(1, 2), 3)], [], []);
        PhaseStart[] phases = [new(TrendSeries.Adherence, March)];
        var (rebased, events) = TeamTrend.Rebase(calculated, phases);
        events.ShouldBe([rebased]);
        rebased.Phases.ShouldBe(phases);
        TeamTrend.Rebase(rebased, [.. phases]).Events.ShouldBeEmpty();

        var known = TeamTrend.Of(rebased);
        TeamTrend.Calculate(known, calculated with { Position = 11 }).Events.ShouldBeEmpty("a computation knows of no phases");
        var (state, changes) = TeamTrend.Calculate(known, calculated with { Position = 12, Adherence = [new(March, new Fraction(2, 3), 3)] });
        changes.ShouldHaveSingleItem();
        state.Latest!.Phases.ShouldBe(phases);
        TeamTrend.Rebase(state.Latest, []).State.Adherence.ShouldBe([new(March, new Fraction(2, 3), 3)]);
    }

    static (string, string?) Refusal(Decision<Baseline> decision)
    {
        decision.Events.ShouldBeEmpty();
        decision.Outcome.ShouldBe(SubmissionOutcome.Refused);
        var cause = decision.Causes.ShouldHaveSingleItem();
        return (cause.Code, cause.Field);
    }
}
