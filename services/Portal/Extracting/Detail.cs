using System.Globalization;
using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Figures;

namespace Fidelity.Portal.Extracting;

/// <summary>One thing that is said of a family.</summary>
/// <param name="Name">What it is called: the text <c>field.NAME</c>.</param>
/// <param name="Value">Null when nothing was said.</param>
/// <param name="Words">Where the words of a code are, the text <c>WORDS.VALUE</c>; null for what is shown as it is.</param>
public sealed record Detail(string Name, string? Value, string? Words = null)
{
    /// <summary>Everything that a record says besides whose it is.</summary>
    public static IReadOnlyList<Detail> Of(Command record) => record switch
    {
        RegisterCase known =>
        [
            new("team", known.TeamId), new("therapist", known.TherapistId), Day("started", known.Started), Day("discharged", known.Discharged),
            Discharge(known.Reason), .. Of(known.Outcomes),
        ],
        ReassignCase known => [new("therapist", known.TherapistId), Day("from", known.From)],
        RecordFollowUp known => [Number("months", known.Months), Day("date", known.Date), .. Of(known.Outcomes)],
        RecordTamInterview known =>
        [
            new("interview", known.InterviewId), new("interviewer", known.InterviewerId), Day("date", known.Date), Mode(known.Mode),
            new("language", known.Language), YesNo("interpreter", known.Interpreter), new("instrument", known.Instrument), Answers(known.Answers),
        ],
        RecordTamAttempt known => [Day("date", known.Date), new("attempt", Codes.Of(known.Outcome), "attempt")],
        CorrectTamInterview known =>
        [
            new("interview", known.InterviewId), Day("date", known.Date), Number("item", known.Item), new("value", Shown(known.Value)), new("why", known.Reason),
        ],
        WithdrawTamInterview known => [new("interview", known.InterviewId), Day("date", known.Date), new("why", known.Reason)],
        _ => throw new ArgumentException($"{record.GetType().Name} is about no family.", nameof(record)),
    };

    public static IReadOnlyList<Detail> Of(CaseChanged known) =>
    [
        new("team", known.TeamId), Day("started", known.Started), Day("discharged", known.Discharged), Discharge(known.Reason), .. Of(known.Outcomes),
    ];

    public static IReadOnlyList<Detail> Of(TamInterview held) =>
    [
        new("interview", held.InterviewId), new("interviewer", held.InterviewerId), new("therapist", held.TherapistId), Mode(held.Mode),
        new("language", held.Language), YesNo("interpreter", held.Interpreter),
    ];

    public static IReadOnlyList<Detail> Of(CaseOutcomes outcomes) =>
    [
        YesNo("living_at_home", outcomes.LivingAtHome), YesNo("in_school_or_work", outcomes.InSchoolOrWork), YesNo("no_new_arrest", outcomes.NoNewArrest),
        YesNo("no_new_report", outcomes.NoNewReport), YesNo("no_new_substance_report", outcomes.NoNewSubstanceReport),
    ];

    /// <summary>An answer as files have it; a blank one is a statement too.</summary>
    public static string Shown(Answer answer) => answer == Answer.Blank ? "–" : answer.ToString();

    static Detail Day(string name, DateOnly? day) => new(name, day is { } known ? Dates.Day(known) : null);

    static Detail Number(string name, int number) => new(name, number.ToString(CultureInfo.CurrentCulture));

    static Detail Discharge(DischargeReason? reason) => new("discharge", reason is { } known ? Codes.Of(known) : null, "discharge");

    static Detail Mode(InterviewMode mode) => new("mode", Codes.Of(mode), "mode");

    static Detail YesNo(string name, bool? said) => new(name, said is { } known ? Codes.Of(known ? Outcome3.Yes : Outcome3.No) : null, "said");

    static Detail YesNo(string name, Outcome3 said) => new(name, Codes.Of(said), "said");

    static Detail Answers(IReadOnlyList<Answer> answers) =>
        new("answers", string.Join(", ", answers.Index().Select(answer => string.Create(CultureInfo.InvariantCulture, $"{answer.Index + 1}:\u00a0{Shown(answer.Item)}"))));
}
