using Fidelity.Measurement;

namespace Fidelity.Pir;

/// <summary>
/// What of a review may leave the service (measurement.md §6). What raters said of their supervisor or consultant leaves
/// after the period, with enough raters in it, and once: two values of one thing could be subtracted from each other.
/// </summary>
static class RaterProtection
{
    /// <summary>Names the rules of measurement.md §6 as they are here; another rule is another version.</summary>
    public const string Version = "showing@1";

    /// <summary>The measures as they may be shown: a protected one as it was first shown, or withheld.</summary>
    public static IReadOnlyList<MeasureResult> MayLeave(ReviewCalculated review) =>
    [
        .. review.Measures.Select(measure => RatersToShow(review, measure) is not { } raters ? measure
            : review.Shown.FirstOrDefault(shown => shown.Measure == measure.Measure) ?? Withhold(measure, Reason(review, measure, raters))),
    ];

    /// <summary>
    /// What made a measure another, as it may be told: of surveys, answered or due, how many and why; neither whose they are, of when nor
    /// what they say.
    /// </summary>
    public static IReadOnlyList<BasisChange> MayLeave(ReviewCalculated review, MeasureResult measure, IReadOnlyList<BasisChange> changes) =>
        RatersToShow(review, measure) is null && measure.Measure is not ("sam_completed" or "cam_completed") ? changes
            : [.. changes.Select(change => change with { Before = null, After = null })];

    /// <summary>The protected values that could be shown now and have not been.</summary>
    public static IReadOnlyList<MeasureResult> Ready(ReviewCalculated review) =>
    [
        .. review.Measures.Where(measure =>
            RatersToShow(review, measure) is { } raters && Reason(review, measure, raters) == WithheldReason.NotAtRest
            && review.Shown.All(shown => shown.Measure != measure.Measure)),
    ];

    static WithheldReason Reason(ReviewCalculated review, MeasureResult measure, int raters) =>
        review.AsOf <= review.To ? WithheldReason.PeriodRunning
        : measure.Denominator < raters ? WithheldReason.TooFewRaters
        : WithheldReason.NotAtRest;

    /// <summary>How many raters answered is no completion count, and stays inside as well.</summary>
    static MeasureResult Withhold(MeasureResult measure, WithheldReason reason) => measure with
    {
        Value = null, Numerator = null, Denominator = 0, Low = null, High = null, Status = MeasureStatus.Withheld, Withheld = reason,
    };

    static int? RatersToShow(ReviewCalculated review, MeasureResult measure) =>
        Profiles.Find(review.Profile)!.Measures.Single(definition => definition.Key == measure.Measure).RatersToShow;
}
