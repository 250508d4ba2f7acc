using Fidelity.Measurement;
using Fidelity.Portal.Trends;

namespace Fidelity.Portal.Overview;

/// <summary>
/// How much a team asks to be looked at. What has changed for the worse comes before what has long been so, and that before a target
/// missed in one period; what rests on too few cases for a verdict is no concern.
/// </summary>
static class Concern
{
    /// <summary>
    /// To be compared in this order: how many indicators have a signal for the worse in their newest month, how many consistently fail
    /// their target, and how many miss it in the period shown.
    /// </summary>
    public static (int Worse, int Failing, int NotMet) Of(TeamStanding team)
    {
        var charts = team.Trend?.Standings.Values ?? [];
        return (
            charts.Count(chart => chart.Variation == Side.Worse), charts.Count(chart => chart.Assurance == Assurance.ConsistentlyFails),
            team.Review?.Measures.Count(measure => measure.Status == MeasureStatus.NotMet) ?? 0);
    }
}
