using System.Text.Json.Serialization;

namespace Fidelity.Measurement;

/// <summary>An outcome that may not be known.</summary>
[JsonConverter(typeof(CodeJsonConverter<Outcome3>))]
public enum Outcome3
{
    /// <summary>Not known; in neither numerator nor denominator.</summary>
    Unknown,

    /// <summary>The good outcome.</summary>
    Yes,

    /// <summary>The bad outcome.</summary>
    No,
}

/// <summary>Why a case was discharged.</summary>
[JsonConverter(typeof(CodeJsonConverter<DischargeReason>))]
public enum DischargeReason
{
    /// <summary>Treatment completed.</summary>
    Completed,

    /// <summary>The family did not engage.</summary>
    LackOfEngagement,

    /// <summary>The young person was placed.</summary>
    Placed,

    /// <summary>The family moved; no opportunity for a full course.</summary>
    Moved,

    /// <summary>An administrative reason; no opportunity for a full course.</summary>
    Administrative,

    /// <summary>Placed for something before treatment; no opportunity for a full course.</summary>
    PlacedPriorEvent,
}

/// <summary>The outcomes recorded at discharge and at follow-ups.</summary>
public sealed record CaseOutcomes(
    Outcome3 LivingAtHome, Outcome3 InSchoolOrWork, Outcome3 NoNewArrest, Outcome3 NoNewReport, Outcome3 NoNewSubstanceReport);

/// <summary>A case as measures see it.</summary>
public sealed record CaseFacts(string Id, DateOnly Started, DateOnly? Discharged, DischargeReason? Reason, CaseOutcomes Outcomes);

/// <summary>A TAM as measures see it.</summary>
/// <param name="Case">The case's id.</param>
/// <param name="Date">The day of the interview.</param>
/// <param name="Definition">The instrument definition it was scored with.</param>
/// <param name="Value">Null when insufficient.</param>
/// <param name="Counts">Independent, within its case and not withdrawn.</param>
public sealed record InterviewScore(string Case, DateOnly Date, string Definition, Fraction? Value, bool Counts)
{
    /// <summary>Its id; no measure asks for it, only who asks what a measure rests on.</summary>
    public string Id { get; init; } = "";

    /// <summary>Why it does not count, when it does not.</summary>
    public Ruling LeftOut { get; init; } = Ruling.Withdrawn;
}

/// <summary>A SAM or CAM as measures see it.</summary>
/// <param name="Rater">Who answered.</param>
/// <param name="Date">The day of the survey.</param>
/// <param name="Definition">The instrument definition it was scored with.</param>
/// <param name="Values">By subscale key; null or absent when insufficient.</param>
/// <param name="Counts">Not withdrawn.</param>
public sealed record SurveyScore(
    string Rater, DateOnly Date, string Definition, IReadOnlyDictionary<string, Fraction?> Values, bool Counts);

/// <summary>A TAM opportunity and the case it belongs to.</summary>
public sealed record CaseOpportunity(string Case, Opportunity Opportunity);

/// <summary>Everything one team's measures rest on, of any date; order does not matter.</summary>
public sealed record TeamFacts
{
    /// <summary>The team's cases.</summary>
    public IReadOnlyList<CaseFacts> Cases { get; init; } = [];

    /// <summary>TAMs of those cases.</summary>
    public IReadOnlyList<InterviewScore> Interviews { get; init; } = [];

    /// <summary>TAM opportunities of those cases.</summary>
    public IReadOnlyList<CaseOpportunity> TamOpportunities { get; init; } = [];

    /// <summary>SAMs and CAMs given on the team.</summary>
    public IReadOnlyList<SurveyScore> Surveys { get; init; } = [];

    /// <summary>SAM opportunities of the team's pairs.</summary>
    public IReadOnlyList<Opportunity> SamOpportunities { get; init; } = [];

    /// <summary>CAM opportunities of the team's pairs.</summary>
    public IReadOnlyList<Opportunity> CamOpportunities { get; init; } = [];
}

/// <summary>The verdict on a measure.</summary>
[JsonConverter(typeof(CodeJsonConverter<MeasureStatus>))]
public enum MeasureStatus
{
    /// <summary>The target is met.</summary>
    Met,

    /// <summary>The target is not met.</summary>
    NotMet,

    /// <summary>The programme sets no target.</summary>
    NoTarget,

    /// <summary>The denominator is below the profile's minimum: there is no verdict.</summary>
    Insufficient,

    /// <summary>
    /// There may be a value, and it may not be shown (measurement.md §6). Never a result of <see cref="Measures"/>: the
    /// service that lets numbers out writes it, with the reason.
    /// </summary>
    Withheld,
}

/// <summary>Why a value is withheld (measurement.md §6).</summary>
[JsonConverter(typeof(CodeJsonConverter<WithheldReason>))]
public enum WithheldReason
{
    /// <summary>The period has not ended.</summary>
    PeriodRunning,

    /// <summary>Fewer raters answered than the profile asks for, so that what one said could be guessed.</summary>
    TooFewRaters,

    /// <summary>Records are still arriving. A value is shown once and never altered, so it waits until they have come to rest.</summary>
    NotAtRest,
}

/// <summary>One measure of one team and period (measurement.md §4).</summary>
/// <param name="Measure">Its key.</param>
/// <param name="Kind">Share or mean.</param>
/// <param name="Value">A share 0–1, or a mean in the measure's own unit; null only when the denominator is 0.</param>
/// <param name="Numerator">Null for a mean.</param>
/// <param name="Denominator">For a mean the number of cases or raters.</param>
/// <param name="Low">Lower end of the 95 % interval; null without one.</param>
/// <param name="High">Upper end.</param>
/// <param name="Target">As <see cref="Target.ToString"/> writes it; null without one.</param>
/// <param name="Status">The verdict, from exact numbers.</param>
/// <param name="Withheld">Why neither value, interval nor counts are told, when they are not: then those are null and 0.</param>
public sealed record MeasureResult(
    string Measure, MeasureKind Kind, double? Value, int? Numerator, int Denominator, double? Low, double? High, string? Target,
    MeasureStatus Status, WithheldReason? Withheld = null);

/// <summary>The measures of a team in a period (measurement.md §4).</summary>
public static class Measures
{
    /// <summary>Every measure of the profile, in its order. Facts dated after <paramref name="today"/> do not exist yet.</summary>
    public static IReadOnlyList<MeasureResult> Compute(ProgrammeProfile profile, Period period, TeamFacts facts, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var basis = new PeriodBasis(profile, period, facts, today);
        return [.. profile.Measures.Select(measure => Of(measure, basis.Of(measure.Key)))];
    }

    /// <summary>A measure as its basis has it.</summary>
    public static MeasureResult Of(MeasureDefinition measure, MeasureBasis basis)
    {
        ArgumentNullException.ThrowIfNull(measure);
        ArgumentNullException.ThrowIfNull(basis);
        return measure.Kind == MeasureKind.Share ? Share(measure, basis.Units.Count(unit => unit == 1), basis.Units.Count) : Mean(measure, basis.Units);
    }

    static MeasureResult Share(MeasureDefinition measure, int numerator, int denominator)
    {
        var value = denominator == 0 ? (Fraction?)null : new Fraction(numerator, denominator);
        return Result(measure, value, numerator, denominator, denominator == 0 ? null : Intervals.Wilson(numerator, denominator));
    }

    static MeasureResult Mean(MeasureDefinition measure, IReadOnlyList<Fraction> units) =>
        Result(measure, units.Count == 0 ? null : Fraction.Mean(units), null, units.Count, Intervals.Student(units));

    static MeasureResult Result(MeasureDefinition measure, Fraction? value, int? numerator, int denominator, Interval? interval) =>
        new(measure.Key, measure.Kind, value?.ToDouble(), numerator, denominator, interval?.Low, interval?.High, measure.Target?.ToString(),
            denominator < measure.Minimum || value is null ? MeasureStatus.Insufficient
            : measure.Target is not { } target ? MeasureStatus.NoTarget
            : target.IsMetBy(value.Value) ? MeasureStatus.Met : MeasureStatus.NotMet);
}
