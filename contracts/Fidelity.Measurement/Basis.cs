using System.Text.Json.Serialization;

namespace Fidelity.Measurement;

/// <summary>What a measure makes of one record (measurement.md §4).</summary>
[JsonConverter(typeof(CodeJsonConverter<Ruling>))]
public enum Ruling
{
    /// <summary>It is in the measure.</summary>
    Counts,

    /// <summary>The case was closed for a reason that left no opportunity for a full course.</summary>
    NoFullCourse,

    /// <summary>The outcome is not known.</summary>
    OutcomeUnknown,

    /// <summary>Too few items were answered for a score.</summary>
    Insufficient,

    /// <summary>It was scored with another instrument than the profile's own.</summary>
    OtherInstrument,

    /// <summary>The interviewer was not independent of the case's team.</summary>
    NotIndependent,

    /// <summary>It was withdrawn.</summary>
    Withdrawn,

    /// <summary>It is dated before the case's start or more than 14 days after its discharge.</summary>
    OutsideCase,

    /// <summary>It never fell due after all, as after a retroactive discharge.</summary>
    Void,
}

/// <summary>One record of a measure's period, and what the measure makes of it.</summary>
/// <param name="Record">
/// Its id among records of its kind: of a case or an interview its own, of an opportunity its case, a slash and its due date. Empty for a survey.
/// </param>
/// <param name="Unit">The case, or the rater, that it belongs to; empty for an opportunity of a survey.</param>
/// <param name="Date">The day of discharge, interview or survey, or the due date.</param>
/// <param name="Ruling">Why it is in the measure or not.</param>
/// <param name="Value">Days, a score, or 1 and 0 for yes and no; null when it is not in the measure.</param>
public sealed record BasisRow(string Record, string Unit, DateOnly Date, Ruling Ruling, Fraction? Value);

/// <summary>What kind of record a measure rests on.</summary>
public enum BasisKind
{
    /// <summary>A case that was closed.</summary>
    Case,

    /// <summary>An interview.</summary>
    Interview,

    /// <summary>An interview or survey that fell due.</summary>
    Opportunity,

    /// <summary>A survey.</summary>
    Survey,
}

/// <summary>What a measure rests on.</summary>
/// <param name="Kind">What its rows are.</param>
/// <param name="Rows">Every record of its kind and period, those that are left out too; order says nothing.</param>
/// <param name="Units">What is counted or averaged: the cases, opportunities or raters, each with its value.</param>
public sealed record MeasureBasis(BasisKind Kind, IReadOnlyList<BasisRow> Rows, IReadOnlyList<Fraction> Units);

/// <summary>
/// The records of one period and what each measure makes of them (measurement.md §4). A measure is computed from its basis and from
/// nothing else, so the basis explains the whole of it.
/// </summary>
public sealed class PeriodBasis
{
    readonly ProgrammeProfile _profile;
    readonly IReadOnlyList<CaseFacts> _closed;
    readonly IReadOnlyList<BasisRow> _interviews;
    readonly IReadOnlyList<BasisRow> _due;
    readonly Func<DateOnly, bool> _isIn;
    readonly TeamFacts _facts;

    /// <summary>Facts dated after <paramref name="today"/> do not exist yet.</summary>
    public PeriodBasis(ProgrammeProfile profile, Period period, TeamFacts facts, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(facts);
        (_profile, _facts, _isIn) = (profile, facts, date => period.Contains(date) && date <= today);
        _closed = [.. facts.Cases.Where(known => known.Discharged is { } discharged && _isIn(discharged))];
        _interviews = [.. facts.Interviews.Where(interview => _isIn(interview.Date)).Select(Row)];
        _due = [.. Due(facts.TamOpportunities, due => due.Opportunity, due => due.Case)];
    }

    /// <summary>What one of the profile's measures rests on.</summary>
    /// <exception cref="ArgumentException">No measure has that key.</exception>
    public MeasureBasis Of(string measure) => measure switch
    {
        "living_at_home" => Outcome(outcomes => outcomes.LivingAtHome),
        "in_school_or_work" => Outcome(outcomes => outcomes.InSchoolOrWork),
        "no_new_arrest" => Outcome(outcomes => outcomes.NoNewArrest),
        "no_new_report" => Outcome(outcomes => outcomes.NoNewReport),
        "no_new_substance_report" => Outcome(outcomes => outcomes.NoNewSubstanceReport),
        "completed" => Reason(DischargeReason.Completed),
        "lack_of_engagement" => Reason(DischargeReason.LackOfEngagement),
        "placed" => Reason(DischargeReason.Placed),
        "length_of_stay" => Each(BasisKind.Case, _closed.Select(known => Row(known, Ruling.Counts, known.Discharged!.Value.DayNumber - known.Started.DayNumber))),
        "adherence" => ByUnit(BasisKind.Interview, _interviews, Fraction.Mean),
        "adherence_above" => ByUnit(BasisKind.Interview, _interviews, scores => YesNo(Fraction.Mean(scores) >= _profile.Tam.Threshold)),
        "any_tam" => ByUnit(BasisKind.Opportunity, _due, completed => completed.Max()),
        "tam_completed" => Each(BasisKind.Opportunity, _due),
        "sam_completed" => Each(BasisKind.Opportunity, Due(_facts.SamOpportunities, due => due, _ => "")),
        "cam_completed" => Each(BasisKind.Opportunity, Due(_facts.CamOpportunities, due => due, _ => "")),
        _ => Subscale(_profile.Sam, "sam_", measure) ?? Subscale(_profile.Cam, "cam_", measure)
            ?? throw new ArgumentException($"No measure is called {measure}.", nameof(measure)),
    };

    MeasureBasis Outcome(Func<CaseOutcomes, Outcome3> outcome) => Each(BasisKind.Case, _closed.Select(known => outcome(known.Outcomes) switch
    {
        Outcome3.Unknown => Row(known, Ruling.OutcomeUnknown, null),
        var answer => Row(known, Ruling.Counts, YesNo(answer == Outcome3.Yes)),
    }));

    MeasureBasis Reason(DischargeReason reason) => Each(BasisKind.Case, _closed.Select(known => Row(known, Ruling.Counts, YesNo(known.Reason == reason))));

    MeasureBasis? Subscale(InstrumentDefinition instrument, string prefix, string measure) =>
        instrument.Subscales.FirstOrDefault(subscale => prefix + subscale.Key == measure) is not { } subscale ? null
            : ByUnit(
                BasisKind.Survey,
                [
                    .. _facts.Surveys.Where(survey => survey.Definition == instrument.Id && _isIn(survey.Date)).Select(survey =>
                        Row("", survey.Rater, survey.Date, survey.Counts ? null : Ruling.Withdrawn, survey.Values.GetValueOrDefault(subscale.Key))),
                ], Fraction.Mean);

    /// <summary>A case that was closed without an opportunity for a full course is in no measure of closed cases.</summary>
    static BasisRow Row(CaseFacts known, Ruling ruling, Fraction? value) =>
        known.Reason is DischargeReason.Completed or DischargeReason.LackOfEngagement or DischargeReason.Placed
            ? new(known.Id, known.Id, known.Discharged!.Value, ruling, value)
            : new(known.Id, known.Id, known.Discharged!.Value, Ruling.NoFullCourse, null);

    BasisRow Row(InterviewScore interview) => Row(
        interview.Id, interview.Case, interview.Date,
        !interview.Counts ? interview.LeftOut : interview.Definition != _profile.Tam.Id ? Ruling.OtherInstrument : null, interview.Value);

    static BasisRow Row(string record, string unit, DateOnly date, Ruling? leftOut, Fraction? score)
    {
        var ruling = leftOut ?? (score is null ? Ruling.Insufficient : Ruling.Counts);
        return new(record, unit, date, ruling, ruling == Ruling.Counts ? score : null);
    }

    IEnumerable<BasisRow> Due<T>(IEnumerable<T> all, Func<T, Opportunity> opportunity, Func<T, string> unit) =>
        from one in all
        let due = opportunity(one)
        where _isIn(due.Due)
        let isVoid = due.Outcome == OpportunityOutcome.Void
        select new BasisRow(
            FormattableString.Invariant($"{unit(one)}/{due.Due:yyyy-MM-dd}"), unit(one), due.Due, isVoid ? Ruling.Void : Ruling.Counts,
            isVoid ? null : YesNo(due.Outcome == OpportunityOutcome.Completed));

    static MeasureBasis Each(BasisKind kind, IEnumerable<BasisRow> rows)
    {
        var all = rows.ToList();
        return new(kind, all, [.. all.Select(row => row.Value).OfType<Fraction>()]);
    }

    /// <summary>The first of two stages: what belongs to a case or a rater becomes one value.</summary>
    static MeasureBasis ByUnit(BasisKind kind, IReadOnlyList<BasisRow> rows, Func<IEnumerable<Fraction>, Fraction> value) => new(
        kind, rows, [.. rows.Where(row => row.Value is not null).GroupBy(row => row.Unit, row => row.Value!.Value, StringComparer.Ordinal).Select(value)]);

    static Fraction YesNo(bool yes) => yes ? 1 : 0;
}
