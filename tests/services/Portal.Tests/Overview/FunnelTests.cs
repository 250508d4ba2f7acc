using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.Overview;
using Fidelity.Portal.Trends;

namespace Fidelity.Portal.Tests.Overview;

/// <summary>Teams against the network's share.</summary>
public sealed class FunnelTests
{
    static TeamStanding Team(string id, string measure, int numerator, int denominator, string? target = ">= 0.85") => new(
        new TeamChanged(1, "demo", id, id, "mst@1", new(2025, 1, 1), null, 1, []),
        new ReviewComputed(
            1, "demo", id, "2026-H1", new(2026, 1, 1), new(2026, 6, 30), ReviewState.Refreshed, "mst@1", 1, new(2026, 7, 1), null, 0, 0,
            [
                new(measure, MeasureKind.Share, denominator == 0 ? null : (double)numerator / denominator, numerator, denominator, 0, 1, target,
                    denominator < 5 ? MeasureStatus.Insufficient : MeasureStatus.NotMet),
            ]),
        null);

    [Fact]
    public void A_team_lies_within_or_outside_the_limits_of_its_own_number()
    {
        // 160 of 400: p̄ = .4. At 96 the standard error is .05, so .302–.498 (95 %) and .2455–.5545 (99.8 %); at 24 it is .1: .204–.596.
        var funnel = Funnel.Of("mst@1", "completed",
        [
            Team("within", "completed", 47, 96), Team("above", "completed", 49, 96), Team("far below", "completed", 23, 96),
            Team("small", "completed", 14, 24), Team("rest", "completed", 27, 84), Team("few", "completed", 0, 4), Team("none", "completed", 0, 0),
        ]).ShouldNotBeNull();
        funnel.PBar.ShouldBe(new Fraction(2, 5));
        funnel.Teams.ToDictionary(team => team.Team.TeamId, team => (team.Place, team.Side)).ShouldBe(new Dictionary<string, (Place, Side)>
        {
            ["far below"] = (Place.Beyond998, Side.Worse), ["above"] = (Place.Beyond95, Side.Better), ["within"] = (Place.Within, Side.None),
            ["small"] = (Place.Within, Side.None), ["rest"] = (Place.Within, Side.None), ["few"] = (Place.Within, Side.None),
        }, ignoreOrder: true);
        funnel.Teams.Take(2).Select(team => team.Team.TeamId).ShouldBe(["far below", "above"], "the furthest first");
        // (23/96 − .4) / .05
        funnel.Teams[0].Deviation.ShouldBe(-3.208333, 1e-6);
        funnel.Teams.Where(team => team.IsFew).Select(team => team.Team.TeamId).ShouldBe(["few"]);
        funnel.Curve.Count().ShouldBe(96);
    }

    [Fact]
    public void Where_the_target_is_to_stay_below_less_is_better()
    {
        var funnel = Funnel.Of("mst@1", "placed", [Team("many", "placed", 40, 80, "< 0.1"), Team("no one", "placed", 0, 320, "< 0.1")]).ShouldNotBeNull();
        funnel.Teams.Select(team => (team.Team.TeamId, team.Side)).ShouldBe([("many", Side.Worse), ("no one", Side.Better)]);
    }

    [Fact]
    public void Where_all_are_alike_nobody_lies_outside_and_where_nothing_was_counted_there_is_no_funnel()
    {
        Funnel.Of("mst@1", "completed", [Team("a", "completed", 10, 10), Team("b", "completed", 3, 3)])!.Teams.ShouldAllBe(team => team.Place == Place.Within && team.Deviation == 0);
        Funnel.Of("mst@1", "completed", [Team("a", "completed", 0, 0)]).ShouldBeNull();
        Funnel.Of("mst@1", "adherence", [Team("a", "completed", 1, 2)]).ShouldBeNull();
    }
}
