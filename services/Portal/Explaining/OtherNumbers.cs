using Fidelity.Measurement;

namespace Fidelity.Portal.Explaining;

/// <summary>Why somebody who counts the same thing elsewhere may get another number.</summary>
static class OtherNumbers
{
    static readonly IReadOnlyList<string> Outcomes = ["living_at_home", "in_school_or_work", "no_new_arrest", "no_new_report", "no_new_substance_report"];

    /// <summary>The reasons that apply to a measure: the sentences <c>basis.other.REASON</c>.</summary>
    public static IReadOnlyList<string> Reasons(MeasureDefinition measure, BasisKind kind) =>
    [
        .. new (string Reason, bool Applies)[]
        {
            ("by_discharge", kind == BasisKind.Case),
            ("by_interview", kind == BasisKind.Interview),
            ("by_due", kind == BasisKind.Opportunity),
            ("by_survey", kind == BasisKind.Survey),
            ("full_course", kind == BasisKind.Case),
            ("known_outcome", Outcomes.Contains(measure.Key, StringComparer.Ordinal)),
            ("days", measure.Key == "length_of_stay"),
            ("stages_case", kind == BasisKind.Interview),
            ("stages_rater", kind == BasisKind.Survey),
            ("families", measure.Key == "any_tam"),
            ("open_counts", kind == BasisKind.Opportunity),
            ("extra", measure.Key is "tam_completed" or "any_tam"),
            ("own_instrument", kind is BasisKind.Interview or BasisKind.Survey),
            ("corrections", kind == BasisKind.Interview),
            ("later", kind != BasisKind.Survey),
            ("shown_once", kind == BasisKind.Survey),
            ("exact", measure.Target is not null || measure.Key == "adherence_above"),
        }.Where(reason => reason.Applies).Select(reason => reason.Reason),
    ];
}
