using System.Text.Json;
using Fidelity.Contracts.Pir;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;

namespace Fidelity.Pir.Tests;

/// <summary>A computation is an event when something in it changed, and only then.</summary>
public sealed class ReviewTests
{
    static readonly Period Period = Period.Parse("2026-H1", 1);
    static readonly DateOnly Today = new(2026, 3, 15);

    static readonly CaseFacts Case = new("c-1", new(2026, 1, 1), new(2026, 3, 1), DischargeReason.Completed,
        new(Outcome3.Yes, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown));

    static readonly ReviewCalculated Calculated = Of(new TeamFacts { Cases = [Case] });

    static ReviewCalculated Of(TeamFacts facts) => new(
        "demo", "norr", Period.Name, Period.From, Period.To, ReviewState.Provisional, "mst@1", Position: 10, Today, DataTo: new(2026, 3, 1),
        Closed: 1, FullCourse: 1, Measures.Compute(Profiles.Mst, Period, facts, Today));

    [Fact]
    public void The_first_computation_is_an_event()
    {
        var (state, events) = Review.Calculate(null, Calculated, atRest: true);
        events.ShouldHaveSingleItem().ShouldBeOfType<ReviewCalculated>().Agrees(Calculated).ShouldBeTrue();
        state.Latest!.Agrees(Calculated).ShouldBeTrue();
    }

    [Fact]
    public void The_same_numbers_at_another_position_and_on_another_day_are_none()
    {
        var known = Review.Calculate(null, Calculated, atRest: true).State;
        var again = Of(new TeamFacts { Cases = [Case] }) with { Position = 99, AsOf = Today.AddDays(1) };
        var (state, events) = Review.Calculate(known, again, atRest: true);
        events.ShouldBeEmpty();
        state.Latest!.Position.ShouldBe(10, "it says where the numbers that hold were computed");
    }

    public static TheoryData<string, ReviewCalculated> Changes => new()
    {
        { "state", Calculated with { State = ReviewState.Refreshed } },
        { "profile", Calculated with { Profile = "mst-can@1", Measures = [] } },
        { "newest date", Calculated with { DataTo = new(2026, 3, 2) } },
        { "closed", Calculated with { Closed = 2 } },
        { "full course", Calculated with { FullCourse = 0 } },
        { "reasons of closing", Calculated with { Closures = [new(DischargeReason.Moved, 1)] } },
        { "outcomes of interviews", Calculated with { Interviews = [new(OpportunityOutcome.Declined, 1)] } },
        { "a measure's counts", Of(new TeamFacts { Cases = [Case, Case with { Id = "c-2" }] }) },
        { "a measure's value", Calculated with { Measures = [.. Calculated.Measures.Select(measure => measure with { Value = 0.5 })] } },
        { "a measure's status", Calculated with { Measures = [.. Calculated.Measures.Select(measure => measure with { Status = MeasureStatus.Met })] } },
        { "a measure fewer", Calculated with { Measures = [.. Calculated.Measures.Skip(1)] } },
    };

    [Theory]
    [MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public void Whatever_changed_is_an_event(string what, ReviewCalculated changed)
    {
        var known = Review.Calculate(null, Calculated, atRest: true).State;
        var (state, events) = Review.Calculate(known, changed with { Position = 11 }, atRest: true);
        events.OfType<ReviewCalculated>().ShouldHaveSingleItem(what).Position.ShouldBe(11);
        Review.Calculate(state, changed with { Position = 12 }, atRest: true).Events.ShouldBeEmpty(what);
    }

    [Fact]
    public void What_was_computed_from_less_than_is_known_changes_nothing()
    {
        var known = Review.Calculate(null, Calculated, atRest: true).State;
        Review.Calculate(known, Calculated with { Closed = 2, Position = 9 }, atRest: true).Events.ShouldBeEmpty();
        Review.Void(known, position: 9, Today).Events.ShouldBeEmpty();
    }

    [Fact]
    public void A_review_outside_the_team_s_life_is_void_once_until_it_is_computed_again()
    {
        var (known, first) = Review.Calculate(null, Calculated, atRest: true);
        var (state, events) = Review.Void(known, position: 11, Today);
        events.ShouldHaveSingleItem().ShouldBeOfType<ReviewCalculated>().State.ShouldBe(ReviewState.Void);
        Review.Void(state, position: 12, Today).Events.ShouldBeEmpty();
        Review.Void(null, position: 12, Today).Events.ShouldBeEmpty("there was none");
        Review.Calculate(state, Calculated with { Position = 13 }, atRest: true).State.Latest!.State.ShouldBe(ReviewState.Provisional);
        first.ShouldNotBeEmpty();
    }

    [Fact]
    public void The_state_is_what_its_stored_events_say()
    {
        var (state, first) = Review.Calculate(null, Calculated, atRest: true);
        (state, var second) = Review.Calculate(state, Calculated with { Closed = 2 }, atRest: true);
        var folded = ((object[])[.. first, .. second]).Cast<ReviewCalculated>()
            .Select(happened => JsonSerializer.Deserialize<ReviewCalculated>(JsonSerializer.Serialize(happened, FactsTable.Json), FactsTable.Json)!)
            .Aggregate(new Review(), (review, happened) => review.Apply(happened));
        folded.Latest!.Agrees(state.Latest!).ShouldBeTrue();
    }
}

public sealed class TeamTrendTests
{
    static readonly DateOnly March = new(2026, 3, 1);

    static readonly TrendCalculated Calculated = new(
        "demo", "norr", "mst@1", Position: 10, AsOf: new(2026, 3, 15),
        [new(March, new Fraction(17, 28), 1)], [new(March, 0, 1)], [new(March, 1, 2)]);

    [Fact]
    public void The_first_computation_is_an_event_and_the_same_figures_later_are_none()
    {
        var (state, events) = TeamTrend.Calculate(null, Calculated);
        events.ShouldBe([Calculated]);
        var again = Calculated with { Position = 99, AsOf = new(2026, 3, 16), Adherence = [new(March, new Fraction(34, 56), 1)] };
        TeamTrend.Calculate(state, again).Events.ShouldBeEmpty("34/56 is 17/28");
    }

    [Fact]
    public void What_was_computed_from_less_than_is_known_changes_nothing()
    {
        var known = TeamTrend.Calculate(null, Calculated).State;
        TeamTrend.Calculate(known, Calculated with { Position = 9, Adherence = [] }).Events.ShouldBeEmpty();
    }

    public static TheoryData<string, TrendCalculated> Changes => new()
    {
        { "profile", Calculated with { Profile = "mst-can@1" } },
        { "adherence", Calculated with { Adherence = [new(March, new Fraction(18, 28), 1)] } },
        { "a gap", Calculated with { Adherence = [.. Calculated.Adherence, new(March.AddMonths(1), null, 0)] } },
        { "adherence above", Calculated with { AdherenceAbove = [new(March, 1, 1)] } },
        { "completed", Calculated with { TamCompleted = [new(March, 2, 2)] } },
    };

    [Theory]
    [MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public void Whatever_changed_is_an_event(string what, TrendCalculated changed)
    {
        var known = TeamTrend.Calculate(null, Calculated).State;
        var (state, events) = TeamTrend.Calculate(known, changed);
        events.ShouldBe([changed], what);
        state.Latest.ShouldBe(changed, what);
    }
}
