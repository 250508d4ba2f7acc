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
/// <param name="Counts">Independent and not withdrawn.</param>
public sealed record InterviewScore(string Case, DateOnly Date, string Definition, Fraction? Value, bool Counts);

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
        var known = new PeriodFacts(profile, period, facts, today);
        return [.. profile.Measures.Select(measure => Compute(measure, profile, known))];
    }

    static MeasureResult Compute(MeasureDefinition measure, ProgrammeProfile profile, PeriodFacts facts)
    {
        return measure.Key switch
        {
            "living_at_home" => Outcome(outcomes => outcomes.LivingAtHome),
            "in_school_or_work" => Outcome(outcomes => outcomes.InSchoolOrWork),
            "no_new_arrest" => Outcome(outcomes => outcomes.NoNewArrest),
            "no_new_report" => Outcome(outcomes => outcomes.NoNewReport),
            "no_new_substance_report" => Outcome(outcomes => outcomes.NoNewSubstanceReport),
            "completed" => Reason(DischargeReason.Completed),
            "lack_of_engagement" => Reason(DischargeReason.LackOfEngagement),
            "placed" => Reason(DischargeReason.Placed),
            "length_of_stay" => Mean(measure, [.. facts.FullCourse.Select(DaysOfTreatment)]),
            "adherence" => Mean(measure, facts.CaseMeans),
            "adherence_above" => Share(measure, facts.CaseMeans.Count(mean => mean >= profile.Tam.Threshold), facts.CaseMeans.Count),
            "any_tam" => Share(measure, facts.CasesDue.Count(due => due.Any(IsCompleted)), facts.CasesDue.Count),
            "tam_completed" => Completed(facts.TamDue),
            "sam_completed" => Completed(facts.SamDue),
            "cam_completed" => Completed(facts.CamDue),
            _ => Subscale(profile.Sam, "sam_") ?? Subscale(profile.Cam, "cam_")
                ?? throw new ArgumentException($"No measure is called {measure.Key}.", nameof(measure)),
        };

        MeasureResult Outcome(Func<CaseOutcomes, Outcome3> outcome)
        {
            var known = facts.FullCourse.Select(c => outcome(c.Outcomes)).Where(answer => answer != Outcome3.Unknown).ToList();
            return Share(measure, known.Count(answer => answer == Outcome3.Yes), known.Count);
        }

        MeasureResult Reason(DischargeReason reason) =>
            Share(measure, facts.FullCourse.Count(c => c.Reason == reason), facts.FullCourse.Count);

        MeasureResult Completed(IReadOnlyList<Opportunity> due) => Share(measure, due.Count(IsCompleted), due.Count);

        MeasureResult? Subscale(InstrumentDefinition instrument, string prefix) =>
            instrument.Subscales.FirstOrDefault(subscale => prefix + subscale.Key == measure.Key) is { } subscale
                ? Mean(measure, facts.RaterMeans(instrument, subscale.Key))
                : null;
    }

    static Fraction DaysOfTreatment(CaseFacts c) => c.Discharged!.Value.DayNumber - c.Started.DayNumber;

    static bool IsCompleted(Opportunity opportunity) => opportunity.Outcome == OpportunityOutcome.Completed;

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

    /// <summary>The facts of one period that measures count, each picked once.</summary>
    sealed class PeriodFacts(ProgrammeProfile profile, Period period, TeamFacts facts, DateOnly today)
    {
        /// <summary>Cases closed in the period that had the opportunity for a full course.</summary>
        public IReadOnlyList<CaseFacts> FullCourse { get; } =
        [
            .. facts.Cases.Where(c => c.Discharged is { } discharged && IsIn(period, discharged, today)
                && c.Reason is DischargeReason.Completed or DischargeReason.LackOfEngagement or DischargeReason.Placed),
        ];

        public IReadOnlyList<Fraction> CaseMeans { get; } =
            ValidTam.CaseMeans(ValidTam.Of(profile, facts.Interviews, today).Where(interview => period.Contains(interview.Date)));

        /// <summary>The opportunities due in the period, by case.</summary>
        public IReadOnlyList<IEnumerable<Opportunity>> CasesDue { get; } =
        [
            .. facts.TamOpportunities.Where(due => IsDue(period, due.Opportunity, today))
                .GroupBy(due => due.Case, due => due.Opportunity, StringComparer.Ordinal),
        ];

        public IReadOnlyList<Opportunity> TamDue => [.. CasesDue.SelectMany(due => due)];

        public IReadOnlyList<Opportunity> SamDue { get; } = [.. facts.SamOpportunities.Where(due => IsDue(period, due, today))];

        public IReadOnlyList<Opportunity> CamDue { get; } = [.. facts.CamOpportunities.Where(due => IsDue(period, due, today))];

        /// <summary>For each rater the mean of the rater's sufficient scores of a subscale.</summary>
        public IReadOnlyList<Fraction> RaterMeans(InstrumentDefinition instrument, string subscale) =>
        [
            .. facts.Surveys.Where(survey => survey.Counts && survey.Definition == instrument.Id && IsIn(period, survey.Date, today))
                .Select(survey => (survey.Rater, Value: survey.Values.GetValueOrDefault(subscale)))
                .Where(score => score.Value is not null)
                .GroupBy(score => score.Rater, score => score.Value!.Value, StringComparer.Ordinal)
                .Select(Fraction.Mean),
        ];

        static bool IsIn(Period period, DateOnly date, DateOnly today) => period.Contains(date) && date <= today;

        static bool IsDue(Period period, Opportunity due, DateOnly today) =>
            due.Outcome != OpportunityOutcome.Void && IsIn(period, due.Due, today);
    }
}
