using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.Overview;
using Fidelity.Portal.Trends;

namespace Fidelity.Portal.Tests.Overview;

/// <summary>Which teams an overview puts first.</summary>
public sealed class ConcernTests
{
    static readonly ChartStanding Quiet = new(Side.None, Assurance.HitAndMiss, null);

    static TeamStanding Team(string id, MeasureStatus completed, params ChartStanding[] charts) => new(
        new TeamChanged(1, "demo", id, id, "mst@1", new(2025, 1, 1), null, 1, []),
        new ReviewComputed(
            1, "demo", id, "2026-H1", new(2026, 1, 1), new(2026, 6, 30), ReviewState.Refreshed, "mst@1", 1, new(2026, 7, 1), null, 0, 0,
            [new("completed", MeasureKind.Share, 0.5, 5, 10, 0, 1, ">= 0.85", completed)]),
        new(default, [], [], null, charts.Select((chart, place) => (chart, place)).ToDictionary(pair => $"{pair.place}", pair => pair.chart, StringComparer.Ordinal)));

    [Fact]
    public void A_change_for_the_worse_comes_before_a_lasting_failure_and_that_before_a_target_missed_once()
    {
        TeamStanding[] teams =
        [
            Team("fine", MeasureStatus.Met, Quiet with { Variation = Side.Better }),
            Team("few", MeasureStatus.Insufficient, Quiet with { Assurance = null, Missing = NoAssurance.TrialLimits }),
            Team("missed", MeasureStatus.NotMet, Quiet),
            Team("failing", MeasureStatus.Met, Quiet with { Assurance = Assurance.ConsistentlyFails }),
            Team("worse", MeasureStatus.Met, Quiet with { Variation = Side.Worse }, Quiet),
            Team("worse and missed", MeasureStatus.NotMet, Quiet with { Variation = Side.Worse }),
            Team("worse twice", MeasureStatus.Met, Quiet with { Variation = Side.Worse }, Quiet with { Variation = Side.Worse }),
        ];
        teams.OrderByDescending(Concern.Of).Select(team => team.Team.TeamId)
            .ShouldBe(["worse twice", "worse and missed", "worse", "failing", "missed", "fine", "few"]);
        Concern.Of(new(teams[0].Team, null, null)).ShouldBe((0, 0, 0), "nothing is known of it");
    }
}
