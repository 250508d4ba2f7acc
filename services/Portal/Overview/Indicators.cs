using Fidelity.Measurement;
using Fidelity.Portal.Figures;

namespace Fidelity.Portal.Overview;

/// <summary>
/// The measures that an overview has room for; a PIR has them all. Those that every profile has come first and in one order, so that
/// the columns of the profiles stand below each other.
/// </summary>
public static class Indicators
{
    static readonly string[] Shown =
    [
        "adherence", "tam_completed", "completed", "living_at_home", "in_school_or_work", "no_new_arrest",
        "adherence_above", "no_new_report", "no_new_substance_report",
    ];

    public static IReadOnlyList<string> Of(ProgrammeProfile? profile) => profile is null ? [] : [.. Shown.Where(key => Has(profile, key))];

    /// <summary>Whether only some profiles have it, so that no other column compares with it.</summary>
    public static bool IsOwn(string key) => !Profiles.All.All(profile => Has(profile, key));

    /// <summary>The target to stand in a column's heading: the only one that any of the teams has.</summary>
    public static string? Target(string key, IEnumerable<TeamStanding> teams)
    {
        var measures = teams.SelectMany(team => team.Review?.Measures ?? []).Where(measure => measure.Measure == key).ToList();
        return measures.Select(measure => measure.Target).OfType<string>().Distinct(StringComparer.Ordinal).ToList() is [var only]
            ? Figure.Of(TargetLines.Of(only)!, Figure.UnitOf(key, measures[0].Kind))
            : null;
    }

    static bool Has(ProgrammeProfile profile, string key) => profile.Measures.Any(measure => measure.Key == key);
}
