using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.Figures;
using Fidelity.Portal.Trends;

namespace Fidelity.Portal.Overview;

/// <summary>Where a team lies in a funnel.</summary>
public enum Place
{
    /// <summary>Within the limits of 95 %.</summary>
    Within,

    /// <summary>Outside those of 95 %, within those of 99.8 %.</summary>
    Beyond95,

    /// <summary>Outside those of 99.8 %.</summary>
    Beyond998,
}

/// <summary>A team in a funnel plot.</summary>
/// <param name="Deviation">From the network's share, in standard errors of the team's number.</param>
public sealed record FunnelTeam(TeamChanged Team, string Period, MeasureResult Measure, FunnelLimits Limits, Place Place, Side Side, double Deviation)
{
    /// <summary>Whether it has too few for a verdict; it counts in the network's share all the same.</summary>
    public bool IsFew => Measure.Status == MeasureStatus.Insufficient;

    public int N => Measure.Denominator;

    public double Value => Measure.Value!.Value;
}

/// <summary>Teams that share a profile, compared in one measure of one period (measurement.md §5).</summary>
/// <param name="PBar">The share over all of them.</param>
/// <param name="Teams">Furthest from it first.</param>
public sealed record Funnel(string ProfileId, string Measure, Fraction PBar, IReadOnlyList<FunnelTeam> Teams)
{
    /// <summary>Null when nothing was counted of any of the teams.</summary>
    public static Funnel? Of(string profile, string measure, IEnumerable<TeamStanding> teams)
    {
        var counted = teams
            .Select(team => (team.Team, team.Review, Measure: team.Review?.Measures.FirstOrDefault(one => one.Measure == measure)))
            .Where(team => team.Measure is { Kind: MeasureKind.Share, Denominator: > 0, Numerator: not null })
            .Select(team => (team.Team, team.Review!.Period, Measure: team.Measure!))
            .ToList();
        if (counted is [])
            return null;
        var pBar = new Fraction(counted.Sum(team => team.Measure.Numerator!.Value), counted.Sum(team => team.Measure.Denominator));
        return new(
            profile, measure, pBar,
            [
                .. counted.Select(team => Placed(team.Team, team.Period, team.Measure, pBar))
                    .OrderByDescending(team => team.Place).ThenByDescending(team => Math.Abs(team.Deviation)).ThenBy(team => team.Team.TeamId, StringComparer.Ordinal),
            ]);
    }

    /// <summary>The limits at every number up to the largest team's, to be drawn.</summary>
    public IEnumerable<(int N, FunnelLimits Limits)> Curve => Enumerable.Range(1, Teams.Max(team => team.N)).Select(n => (n, ControlChart.Funnel(PBar, n)));

    static FunnelTeam Placed(TeamChanged team, string period, MeasureResult measure, Fraction pBar)
    {
        var limits = ControlChart.Funnel(pBar, measure.Denominator);
        var value = (double)measure.Numerator!.Value / measure.Denominator;
        var place = IsOutside(limits.Outer) ? Place.Beyond998 : IsOutside(limits.Inner) ? Place.Beyond95 : Place.Within;
        var distance = value - pBar.ToDouble();
        var halfWidth = limits.Inner.High - pBar.ToDouble();
        return new(
            team, period, measure, limits, place, place == Place.Within ? Side.None : IsGood(measure, distance) ? Side.Better : Side.Worse,
            halfWidth == 0 ? 0 : Intervals.Z95 * distance / halfWidth);

        bool IsOutside(Interval interval) => value < interval.Low || value > interval.High;
    }

    /// <summary>More is better, unless the target is to stay below something.</summary>
    static bool IsGood(MeasureResult measure, double distance) => distance > 0 != TargetLines.Of(measure.Target) is { Bound: not null };
}
