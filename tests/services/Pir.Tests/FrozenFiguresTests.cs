using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Measurement;

namespace Fidelity.Pir.Tests;

/// <summary>What rests on a case that has been erased stands as it was, and all else is computed on.</summary>
public sealed class FrozenFiguresTests
{
    static readonly CaseOutcomes Unknown = new(Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown);

    static readonly TeamFacts Facts = new()
    {
        Cases = [new("c-1", new(2024, 3, 1), new(2024, 7, 15), DischargeReason.Completed, Unknown), new("c-2", new(2026, 1, 1), null, null, Unknown)],
        Interviews = [Interview("c-1", new(2024, 3, 20)), Interview("c-1", new(2024, 7, 20)), Interview("c-2", new(2026, 2, 20))],
        TamOpportunities = [new("c-1", new(new(2024, 4, 1), new(2024, 4, 1), new(2024, 4, 30), OpportunityOutcome.Expired, null))],
    };

    static readonly TeamChanged Team = new(1, "demo", "norr", "Norr", "mst@1", new(2024, 1, 1), null, 1, []);

    static InterviewScore Interview(string of, DateOnly date) => new(of, date, Profiles.Mst.Tam.Id, new Fraction(3, 4), Counts: true);

    [Theory]
    [InlineData("c-1", "2024-07-20")]
    [InlineData("c-2", "2026-02-20")]
    [InlineData("c-3", null)]
    public void A_case_bears_on_figures_until_the_last_that_is_known_of_it(string of, string? day) =>
        FrozenFigures.LastDay(Facts, of).ShouldBe(day is null ? null : DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void The_period_that_runs_is_not_frozen_and_what_is_frozen_stays_so()
    {
        FrozenFigures.Freeze(null, new(2024, 7, 20), ended: null).Events.ShouldBeEmpty();
        var (state, events) = FrozenFigures.Freeze(null, new(2026, 9, 1), ended: new(2026, 6, 30));
        events.ShouldBe([new FiguresFrozen(new(2026, 6, 30))]);
        FrozenFigures.Freeze(state, new(2024, 7, 20), ended: new(2026, 6, 30)).Events.ShouldBeEmpty();
        FrozenFigures.Freeze(state, new(2026, 9, 1), ended: new(2026, 12, 31)).Events.ShouldBe([new FiguresFrozen(new(2026, 9, 1))]);
    }

    [Fact]
    public void A_frozen_review_keeps_its_numbers_and_goes_on_in_its_life()
    {
        var before = Review(3, ReviewState.Provisional);
        var now = Review(0, ReviewState.Refreshed) with { Position = 20 };
        var standing = FrozenFigures.Standing(before, now, new(2024, 7, 20));
        (standing.Closed, standing.State, standing.Position).ShouldBe((3, ReviewState.Refreshed, 20));
        FrozenFigures.Standing(before, now, new(2024, 6, 30)).ShouldBe(now, "it began after the last frozen day");
        FrozenFigures.Standing(before, now, null).ShouldBe(now);
        FrozenFigures.Standing(null, now, new(2024, 7, 20)).ShouldBe(now);

        static ReviewCalculated Review(int closed, ReviewState state) => new(
            "demo", "norr", "2024-H2", new(2024, 7, 1), new(2024, 12, 31), state, "mst@1", Position: 10, new(2025, 1, 1), null, closed, 0, []);
    }

    [Fact]
    public void Months_that_are_frozen_stand_and_the_gaps_after_them_stay_gaps()
    {
        DateOnly today = new(2026, 3, 10);
        var before = Compute(null, null, Facts, today);
        before.Adherence.Count.ShouldBe(25, "March 2024 to March 2026");
        var erased = new TeamFacts { Interviews = [.. Facts.Interviews.Where(interview => interview.Case == "c-2")] };
        Compute(before, new(2024, 7, 20), erased, today).Agrees(before).ShouldBeTrue();

        // A late record of another case in a frozen month alters nothing, and one in a later month does.
        var late = new TeamFacts { Interviews = [.. erased.Interviews, Interview("c-2", new(2024, 5, 5)), Interview("c-2", new(2024, 9, 9))] };
        var after = Compute(before, new(2024, 7, 20), late, today);
        after.Adherence.Where(month => month.Cases > 0).Select(month => (month.Month.Year, month.Month.Month)).ShouldBe([(2024, 3), (2024, 7), (2024, 9), (2026, 2)]);

        // When nothing else is known, the months go on as gaps.
        Compute(before, new(2024, 7, 20), new TeamFacts(), today).Adherence.Count.ShouldBe(25);

        static TrendCalculated Compute(TrendCalculated? before, DateOnly? frozen, TeamFacts facts, DateOnly today) =>
            TeamTrend.Compute(before, frozen, Team, Profiles.Mst, facts, 10, today, today);
    }
}
