using Fidelity.Measurement;

namespace Fidelity.Portal.Defining;

/// <summary>What a programme measures, and with which instruments (measurement.md §4).</summary>
/// <param name="Id">Its name and version.</param>
/// <param name="Instruments">The only instruments whose scores fill its measures.</param>
/// <param name="Measures">Its measures, in the order in which they are shown.</param>
/// <param name="Source">The public text that measures and targets were read in.</param>
/// <param name="Status">Verified when every measure is.</param>
sealed record ProfileShown(
    string Id, ProfileInstruments Instruments, IReadOnlyList<MeasureShown> Measures, string Source, SourceStatus Status)
{
    public static ProfileShown Of(ProgrammeProfile profile) => new(
        profile.Id, new(profile.Tam.Id, profile.Sam.Id, profile.Cam.Id), [.. profile.Measures.Select(MeasureShown.Of)], profile.Source, profile.Status);
}

/// <summary>The instrument definitions that a profile uses, by id.</summary>
/// <param name="Tam">Fills the measures of adherence.</param>
/// <param name="Sam">Fills the measures of supervision.</param>
/// <param name="Cam">Fills the measures of consultation.</param>
sealed record ProfileInstruments(string Tam, string Sam, string Cam);

/// <summary>One measure of a profile.</summary>
/// <param name="Key">Its key, as in reviews.</param>
/// <param name="Kind">Whether it is a share of a count or a mean over cases or raters.</param>
/// <param name="Target">The target as text: at least, less than, or from one to another. It is compared exactly and unrounded. Null when none is set.</param>
/// <param name="Minimum">The least denominator that allows a verdict.</param>
/// <param name="RatersToShow">The least number of raters with which its value is told, and then only after the period; null where it tells of no rater.</param>
/// <param name="Status">How surely definition and target are known.</param>
/// <param name="Note">What of it is not, and why; empty when there is nothing to say.</param>
sealed record MeasureShown(string Key, MeasureKind Kind, string? Target, int Minimum, int? RatersToShow, SourceStatus Status, string Note)
{
    public static MeasureShown Of(MeasureDefinition measure) => new(
        measure.Key, measure.Kind, measure.Target?.ToString(), measure.Minimum, measure.RatersToShow, measure.Status, measure.Note);
}
