using Fidelity.Measurement;
using Fidelity.Portal.Figures;

namespace Fidelity.Portal.Overview;

/// <summary>The measures that an overview has room for, in order; a team's page has them all.</summary>
static class Indicators
{
    public static IReadOnlyList<string> Keys { get; } =
        ["adherence", "adherence_above", "tam_completed", "completed", "living_at_home", "in_school_or_work", "no_new_arrest"];

    /// <summary>The target to stand in a column's heading: the only one that any of the teams has.</summary>
    public static string? Target(string key, IEnumerable<TeamStanding> teams)
    {
        var measures = teams.SelectMany(team => team.Review?.Measures ?? []).Where(measure => measure.Measure == key).ToList();
        return measures.Select(measure => measure.Target).OfType<string>().Distinct(StringComparer.Ordinal).ToList() is [var only]
            ? Figure.Of(TargetLines.Of(only)!, Figure.UnitOf(key, measures[0].Kind))
            : null;
    }
}
