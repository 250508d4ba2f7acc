using System.Text.Json.Serialization;
using static Fidelity.Measurement.SourceStatus;

namespace Fidelity.Measurement;

/// <summary>Whether a measure is a share of a count or a mean over units.</summary>
[JsonConverter(typeof(CodeJsonConverter<MeasureKind>))]
public enum MeasureKind
{
    /// <summary>A number 0–1 with numerator and denominator, and a Wilson interval.</summary>
    Share,

    /// <summary>A mean over cases or raters, with their number as denominator, and a Student interval.</summary>
    Mean,
}

/// <summary>A target, compared exactly and unrounded (measurement.md §4): at least, below, or from–to with both ends good.</summary>
public sealed record Target
{
    decimal? Lowest { get; init; }

    decimal? Highest { get; init; }

    decimal? Bound { get; init; }

    /// <summary>At least this.</summary>
    public static Target AtLeast(decimal value) => new() { Lowest = value };

    /// <summary>Less than this.</summary>
    public static Target Below(decimal value) => new() { Bound = value };

    /// <summary>From the first to the second, both included.</summary>
    public static Target Between(decimal lowest, decimal highest) => new() { Lowest = lowest, Highest = highest };

    /// <summary>True when the value meets the target.</summary>
    public bool IsMetBy(Fraction value) => !(value < Lowest) && !(value > Highest) && !(value >= Bound);

    /// <summary>True when no value of the band meets the target.</summary>
    internal bool IsMissedByAll(Fraction lower, Fraction upper) => upper < Lowest || lower > Highest || lower >= Bound;

    /// <summary><c>&gt;= 0.9</c>, <c>&lt; 0.05</c> or <c>100-140</c>.</summary>
    public override string ToString() => Bound is not null ? FormattableString.Invariant($"< {Bound}")
        : Highest is not null ? FormattableString.Invariant($"{Lowest}-{Highest}")
        : FormattableString.Invariant($">= {Lowest}");
}

/// <summary>One measure of a programme: its key, its target, and the denominator below which there is no verdict.</summary>
/// <param name="Key">For example <c>tam_completed</c>; <see cref="Measures"/> knows how each is computed.</param>
/// <param name="Kind">Share or mean.</param>
/// <param name="Target">Null where the programme sets none.</param>
/// <param name="Minimum">The least denominator, or number of cases or raters, that allows a verdict.</param>
/// <param name="Status">How surely definition and target are known.</param>
/// <param name="Note">What of it is not, and why; empty when there is nothing to say.</param>
/// <param name="RatersToShow">
/// The least number of distinct raters with which the value may be shown, and then only once and after the period
/// (measurement.md §6); null where it tells of no rater.
/// </param>
public sealed record MeasureDefinition(
    string Key, MeasureKind Kind, Target? Target, int Minimum, SourceStatus Status, string Note = "", int? RatersToShow = null);

/// <summary>Which measures a programme has, and the instruments that fill them: versioned data (measurement.md §4).</summary>
/// <param name="Id">Name and version, <c>mst@1</c>.</param>
/// <param name="Tam">The only instrument whose scores fill the adherence measures.</param>
/// <param name="Sam">The only instrument whose scores fill <c>sam_*</c>.</param>
/// <param name="Cam">The only instrument whose scores fill <c>cam_*</c>.</param>
/// <param name="Measures">In the order in which they are shown.</param>
/// <param name="Source">The public text the measures and targets were read in.</param>
public sealed record ProgrammeProfile(
    string Id,
    InstrumentDefinition Tam,
    InstrumentDefinition Sam,
    InstrumentDefinition Cam,
    IReadOnlyList<MeasureDefinition> Measures,
    string Source)
{
    /// <summary>Verified when every measure is.</summary>
    public SourceStatus Status => Measures.Min(measure => measure.Status);

    /// <summary>The target of one of its measures; null when it has no such measure or no target.</summary>
    public Target? TargetOf(string measure) => Measures.FirstOrDefault(definition => definition.Key == measure)?.Target;
}

/// <summary>The programme profiles of measurement.md §4. A released version never changes.</summary>
public static class Profiles
{
    const int MinimumCases = 5;
    const int MinimumRaters = 3;
    const string TwoStages = "Two stages, cases first, are our reading.";
    const string AsMst = "Taken over from mst@1.";
    const string OwnPlan = "Outcome named in the programme's own plan.";
    const string NoTarget = "No target is published.";

    /// <summary>Multisystemic therapy.</summary>
    public static ProgrammeProfile Mst { get; } = new(
        "mst@1", Instruments.TamR, Instruments.Sam, Instruments.Cam,
        [
            Share("living_at_home", Target.AtLeast(0.9m)),
            Share("in_school_or_work", Target.AtLeast(0.9m)),
            Share("no_new_arrest", Target.AtLeast(0.9m)),
            Share("completed", Target.AtLeast(0.85m)),
            Share("lack_of_engagement", Target.Below(0.05m)),
            Share("placed", Target.Below(0.1m)),
            Mean("length_of_stay", Target.Between(100, 140)),
            Mean("adherence", Target.AtLeast(0.61m), Unverified, ".61 is verified. " + TwoStages),
            Share("adherence_above", Target.AtLeast(0.8m)),
            Share("any_tam", Target.AtLeast(1), Unverified, "Our reading of every family being asked."),
            Share("tam_completed", Target.AtLeast(0.7m)),
            .. Surveys(),
        ],
        "PIR guideline of MST Services");

    /// <summary>MST for child abuse and neglect: no targets set, and no threshold on its TAM.</summary>
    public static ProgrammeProfile MstCan { get; } = new(
        "mst-can@1", Instruments.TamCan, Instruments.Sam, Instruments.Cam,
        [
            Share("living_at_home", status: Unverified, note: AsMst),
            Share("in_school_or_work", status: Unverified, note: AsMst),
            Share("no_new_arrest", status: Unverified, note: AsMst),
            Share("completed", status: Unverified, note: AsMst),
            Share("lack_of_engagement", status: Unverified, note: AsMst),
            Share("placed", status: Unverified, note: AsMst),
            Mean("length_of_stay", status: Unverified, note: AsMst),
            Mean("adherence", status: Unverified, note: AsMst + " " + TwoStages),
            Share("any_tam", status: Unverified, note: AsMst),
            Share("tam_completed", status: Unverified, note: AsMst),
            .. Surveys(),
            Share("no_new_report", status: Unverified, note: OwnPlan),
            Share("no_new_substance_report", status: Unverified, note: OwnPlan),
        ],
        "PIR guideline of MST Services, and the programme's own plan for MST-CAN; no targets are published");

    /// <summary>Every profile.</summary>
    public static IReadOnlyList<ProgrammeProfile> All { get; } = [Mst, MstCan];

    /// <summary>The profile with this id, or null.</summary>
    public static ProgrammeProfile? Find(string id) => All.FirstOrDefault(profile => profile.Id == id);

    static MeasureDefinition Share(string key, Target? target = null, SourceStatus status = Verified, string note = "") =>
        new(key, MeasureKind.Share, target, MinimumCases, status, note);

    static MeasureDefinition Mean(string key, Target? target = null, SourceStatus status = Verified, string note = "") =>
        new(key, MeasureKind.Mean, target, MinimumCases, status, note);

    static IEnumerable<MeasureDefinition> Surveys() =>
    [
        Share("sam_completed", status: Unverified, note: NoTarget),
        Share("cam_completed", status: Unverified, note: NoTarget),
        .. Subscales("sam", Instruments.Sam),
        .. Subscales("cam", Instruments.Cam),
    ];

    static IEnumerable<MeasureDefinition> Subscales(string prefix, InstrumentDefinition instrument) =>
        instrument.Subscales.Select(subscale => new MeasureDefinition(
            $"{prefix}_{subscale.Key}", MeasureKind.Mean, null, MinimumRaters, instrument.Status,
            instrument.Status == Verified ? "" : "The item key is unverified.", RatersToShow: MinimumRaters));
}
