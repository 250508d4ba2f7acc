using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Submitting;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Validation;

namespace Fidelity.Portal.Importing;

/// <summary>
/// A kind of import file (formats.md §1): its name, and how a row becomes a command. Its columns are those that the reading asks
/// for, in that order; the first is the one on which a row's identity is reported.
/// </summary>
public sealed class ImportKind
{
    static readonly string[] ProfileIds = [.. Profiles.All.Select(profile => profile.Id)];
    static readonly string[] TamIds = Definitions(Instrument.Tam);
    static readonly string[] SamIds = Definitions(Instrument.Sam);
    static readonly string[] CamIds = Definitions(Instrument.Cam);

    /// <summary>Every kind, in the order in which reports name them; what a row refers to comes before it.</summary>
    public static IReadOnlyList<ImportKind> All { get; } =
    [
        new("teams.csv", row => new RegisterTeam(Guid.Empty, row.Programme,
            TeamId: row.Id("team_id"),
            Name: row.Text("name"),
            Profile: row.OneOf("profile", ProfileIds),
            Opened: row.Date("opened"),
            Closed: row.OptionalDate("closed"),
            PirStartMonth: row.Number("pir_start_month"))),

        new("staff.csv", row => new RegisterPost(Guid.Empty, row.Programme,
            StaffId: row.Reference("staff_id"),
            TeamId: row.Reference("team_id"),
            Role: row.Code<StaffRole>("role"),
            From: row.Date("from"),
            To: row.OptionalDate("to"))),

        new("cases.csv", row => new RegisterCase(Guid.Empty, row.Programme,
            CaseId: row.Id("case_id"),
            TeamId: row.Reference("team_id"),
            TherapistId: row.Reference("therapist_id"),
            Started: row.Date("started"),
            Discharged: row.OptionalDate("discharged"),
            Reason: row.OptionalCode<DischargeReason>("discharge_reason"),
            Outcomes: Outcomes(row))),

        new("reassignments.csv", row => new ReassignCase(Guid.Empty, row.Programme,
            CaseId: row.Reference("case_id"),
            TherapistId: row.Reference("therapist_id"),
            From: row.Date("from"))),

        new("followups.csv", row => new RecordFollowUp(Guid.Empty, row.Programme,
            CaseId: row.Reference("case_id"),
            Months: row.Number("months"),
            Date: row.Date("date"),
            Outcomes: Outcomes(row))),

        new("tam.csv", row => new RecordTamInterview(Guid.Empty, row.Programme,
            InterviewId: row.Id("interview_id"),
            CaseId: row.Reference("case_id"),
            InterviewerId: row.OptionalReference("interviewer_id"),
            Date: row.Date("date"),
            Mode: row.Code<InterviewMode>("mode"),
            Language: row.OptionalText("language"),
            Interpreter: row.Flag("interpreter"),
            Instrument: row.OneOf("instrument", TamIds),
            Answers: row.Answers(Instruments.TamR.Items))),

        new("tam_attempts.csv", row => new RecordTamAttempt(Guid.Empty, row.Programme,
            CaseId: row.Reference("case_id"),
            Date: row.Date("date"),
            Outcome: row.Code<AttemptOutcome>("outcome"))),

        new("sam.csv", row => new RecordSurvey(Guid.Empty, row.Programme,
            SurveyId: row.Id("survey_id"),
            Pair: new(Instrument.Sam,
                TeamId: row.Reference("team_id"),
                RaterId: row.Reference("rater_id"),
                RatedId: row.Reference("supervisor_id")),
            Date: row.Date("date"),
            Instrument: row.OneOf("instrument", SamIds),
            Answers: row.Answers(Instruments.Sam.Items))),

        new("cam.csv", row => new RecordSurvey(Guid.Empty, row.Programme,
            SurveyId: row.Id("survey_id"),
            Pair: new(Instrument.Cam,
                TeamId: row.Reference("team_id"),
                RaterId: row.Reference("rater_id"),
                RatedId: row.Reference("consultant_id")),
            Date: row.Date("date"),
            Instrument: row.OneOf("instrument", CamIds),
            Answers: row.Answers(Instruments.Cam.Items))),

        new("corrections.csv", row => new Correction(Guid.Empty, row.Programme,
            Id: row.Id("id"),
            Date: row.Date("date"),
            Item: row.Number("item"),
            Value: row.Answer("value"),
            Reason: row.OptionalText("reason"))),

        new("withdrawals.csv", row => new Withdrawal(Guid.Empty, row.Programme,
            Id: row.Id("id"),
            Date: row.Date("date"),
            Reason: row.OptionalText("reason"))),
    ];

    static readonly CorrectionValidator Corrections = new();
    static readonly WithdrawalValidator Withdrawals = new();

    readonly Func<ImportRow, Command> _read;

    ImportKind(string file, Func<ImportRow, Command> read)
    {
        var asked = new AskedRow();
        read(asked);
        (File, Values, Columns, _read) = (file, asked.Values, [.. asked.Values.Select(value => value.Column)], read);
    }

    /// <summary>The file's name.</summary>
    public string File { get; }

    /// <summary>Its columns, in order. All must be there, in any order.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>What each of the columns holds.</summary>
    public IReadOnlyList<ColumnValue> Values { get; }

    /// <summary>The kind of the file with this name, letter case aside; null when there is none.</summary>
    public static ImportKind? Find(string file) => All.FirstOrDefault(kind => kind.File.Equals(file, StringComparison.OrdinalIgnoreCase));

    /// <summary>Where a column stands, for the order of a report; what concerns no single column comes first.</summary>
    public int Position(string? column) => column is null ? -1 : Columns.TakeWhile(name => !name.Equals(column, StringComparison.Ordinal)).Count();

    /// <summary>The command that a row says, and every fault of it by itself, one for a column.</summary>
    public Command Read(ImportRow row, out IReadOnlyList<Cause> faults)
    {
        ArgumentNullException.ThrowIfNull(row);
        var command = _read(row);
        var unread = row.TakeFaults();
        var refused = command switch
        {
            Correction correction => CommandValidation.Check(correction, Corrections),
            Withdrawal withdrawal => CommandValidation.Check(withdrawal, Withdrawals),
            _ => CommandValidation.Check(command),
        };
        faults = unread is [] ? refused : [.. unread.Concat(refused).DistinctBy(fault => fault.Field, StringComparer.Ordinal)];
        return command;
    }

    static string[] Definitions(Instrument instrument) =>
        [.. Instruments.All.Where(definition => definition.Instrument == instrument).Select(definition => definition.Id)];

    static CaseOutcomes Outcomes(ImportRow row) => new(
        LivingAtHome: row.YesNo("living_at_home"),
        InSchoolOrWork: row.YesNo("in_school_or_work"),
        NoNewArrest: row.YesNo("no_new_arrest"),
        NoNewReport: row.YesNo("no_new_report"),
        NoNewSubstanceReport: row.YesNo("no_new_substance_report"));
}
