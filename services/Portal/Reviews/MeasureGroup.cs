using Fidelity.Measurement;

namespace Fidelity.Portal.Reviews;

/// <summary>Measures that are read together. A measure that no group names stands in the last.</summary>
public sealed record MeasureGroup(string Key, IReadOnlyList<MeasureResult> Measures)
{
    const string Other = "other";

    static readonly IReadOnlyList<string> Order = ["outcomes", "course", "adherence", "completion", "sam", "cam", Other];

    /// <summary>The groups that have measures, each in the profile's order.</summary>
    public static IReadOnlyList<MeasureGroup> Of(IEnumerable<MeasureResult> measures)
    {
        var groups = measures.ToLookup(measure => GroupOf(measure.Measure), StringComparer.Ordinal);
        return [.. Order.Where(groups.Contains).Select(key => new MeasureGroup(key, [.. groups[key]]))];
    }

    static string GroupOf(string measure) => measure switch
    {
        "living_at_home" or "in_school_or_work" or "no_new_arrest" or "no_new_report" or "no_new_substance_report" => "outcomes",
        "completed" or "lack_of_engagement" or "placed" or "length_of_stay" => "course",
        "adherence" or "adherence_above" => "adherence",
        "any_tam" or "tam_completed" or "sam_completed" or "cam_completed" => "completion",
        _ when measure.StartsWith("sam_", StringComparison.Ordinal) => "sam",
        _ when measure.StartsWith("cam_", StringComparison.Ordinal) => "cam",
        _ => Other,
    };
}
