using Fidelity.Contracts.Pir;
using Fidelity.Measurement;

namespace Fidelity.Portal.Reviews;

/// <summary>One measure of one team in one period, as the API gives it (measurement.md §4).</summary>
/// <param name="Programme">The programme.</param>
/// <param name="Team">The id of the team.</param>
/// <param name="Period">The name of the period, such as `2026-H1`.</param>
/// <param name="Measure">The key of the measure.</param>
/// <param name="Value">A share from 0 to 1, or a mean in the measure's own unit; null when nothing was counted, or it is withheld.</param>
/// <param name="Numerator">The numerator of a share; null for a mean.</param>
/// <param name="Denominator">What was counted: of a share its denominator, of a mean the cases or raters; null when withheld.</param>
/// <param name="N">As `denominator`.</param>
/// <param name="Low">The lower end of the 95 % interval; null without one.</param>
/// <param name="High">The upper end of the 95 % interval; null without one.</param>
/// <param name="Target">The target as text: at least, less than, or from one to another; null when the profile sets none.</param>
/// <param name="Status">The verdict, from exact numbers.</param>
/// <param name="Withheld">Why the value is not told; null when it is.</param>
/// <param name="State">Where in its life the review is.</param>
/// <param name="Profile">The programme profile that it was computed with.</param>
/// <param name="Position">Up to which of the stored facts it was computed.</param>
/// <param name="AsOf">The day on which it was computed.</param>
/// <param name="DataTo">The newest date of any record in it; null when there is none.</param>
sealed record ReviewMeasure(
    string Programme, string Team, string Period, string Measure, double? Value, int? Numerator, int? Denominator, int? N, double? Low,
    double? High, string? Target, MeasureStatus Status, WithheldReason? Withheld, ReviewState State, string Profile, long Position, DateOnly AsOf,
    DateOnly? DataTo)
{
    public static ReviewMeasure Of(ReviewComputed review, MeasureResult measure) => new(
        review.Programme, review.TeamId, review.Period, measure.Measure, measure.Value, measure.Numerator, Count(measure), Count(measure),
        measure.Low, measure.High, measure.Target, measure.Status, measure.Withheld, review.State, review.Profile, review.Position,
        review.AsOf, review.DataTo);

    /// <summary>How many raters answered is withheld with what they answered: null, and never a zero.</summary>
    static int? Count(MeasureResult measure) => measure.Withheld is null ? measure.Denominator : null;

    public static IReadOnlyList<ReviewMeasure> Examples =>
    [
        new("main", "nord", "2026-H1", "completed", 13 / 15d, 13, 15, 15, 0.6212, 0.9626, ">= 0.85", MeasureStatus.Met, null,
            ReviewState.Refreshed, "mst@1", 4711, new(2026, 7, 1), new(2026, 6, 29)),
        new("main", "nord", "2026-H1", "sam_principles", null, null, null, null, null, null, null, MeasureStatus.Withheld,
            WithheldReason.TooFewRaters, ReviewState.Refreshed, "mst@1", 4711, new(2026, 7, 1), new(2026, 6, 29)),
    ];
}
