using System.Globalization;
using Fidelity.Contracts;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;

namespace Fidelity.Portal.Importing;

/// <summary>What a key identifies within a programme.</summary>
public enum RecordKind
{
    /// <summary>A team.</summary>
    Team,

    /// <summary>One post of one person.</summary>
    Post,

    /// <summary>A person, known by holding any post: asks for all posts of that person.</summary>
    Staff,

    /// <summary>A case.</summary>
    Case,

    /// <summary>A case's change of therapist on one day.</summary>
    Reassignment,

    /// <summary>A case's follow-up after so many months.</summary>
    FollowUp,

    /// <summary>An interview or a survey: they share one id space.</summary>
    Record,

    /// <summary>An attempt to interview.</summary>
    Attempt,

    /// <summary>A correction of one item on one day.</summary>
    Correction,

    /// <summary>The withdrawal of an interview or survey.</summary>
    Withdrawal,

    /// <summary>A signature under a review, or its end, at one moment.</summary>
    Signature,

    /// <summary>A change of a chart's baseline.</summary>
    Baseline,

    /// <summary>The withdrawal of such a change.</summary>
    BaselineWithdrawal,

    /// <summary>An entry of a thread on a chart, its first included.</summary>
    ThreadEntry,
}

/// <summary>What identifies a command's subject within its programme (formats.md §1); a repeat has the same key.</summary>
/// <param name="Kind">What is identified.</param>
/// <param name="Key">Its id, or what takes the place of one, joined by <c>|</c>, which no id contains.</param>
public readonly record struct RecordKey(RecordKind Kind, string Key)
{
    /// <summary>The key of any command.</summary>
    public static RecordKey Of(Command command) => command switch
    {
        RegisterTeam team => Team(team.TeamId),
        RegisterPost post => new(RecordKind.Post, $"{post.StaffId}|{post.TeamId}|{RoleOf(post)}|{Day(post.From)}"),
        RegisterCase @case => Case(@case.CaseId),
        ReassignCase change => new(RecordKind.Reassignment, $"{change.CaseId}|{Day(change.From)}"),
        RecordFollowUp followUp => new(RecordKind.FollowUp, string.Create(CultureInfo.InvariantCulture, $"{followUp.CaseId}|{followUp.Months}")),
        RecordTamInterview interview => Record(interview.InterviewId),
        RecordTamAttempt attempt => new(RecordKind.Attempt, $"{attempt.CaseId}|{Day(attempt.Date)}|{OutcomeOf(attempt)}"),
        RecordSurvey survey => Record(survey.SurveyId),
        Correction correction => CorrectionOf(correction.Id, correction.Date, correction.Item),
        CorrectTamInterview correction => CorrectionOf(correction.InterviewId, correction.Date, correction.Item),
        CorrectSurvey correction => CorrectionOf(correction.SurveyId, correction.Date, correction.Item),
        Withdrawal withdrawal => new(RecordKind.Withdrawal, withdrawal.Id),
        WithdrawTamInterview withdrawal => new(RecordKind.Withdrawal, withdrawal.InterviewId),
        WithdrawSurvey withdrawal => new(RecordKind.Withdrawal, withdrawal.SurveyId),
        SignReview sign => Signature(sign.TeamId, sign.Period, sign.SignedBy, sign.At),
        WithdrawSignature withdraw => Signature(withdraw.TeamId, withdraw.Period, withdraw.WithdrawnBy, withdraw.At),
        ChangeBaseline change => new(RecordKind.Baseline, change.ChangeId.ToString("n")),
        WithdrawBaseline withdrawal => new(RecordKind.BaselineWithdrawal, withdrawal.ChangeId.ToString("n")),
        BeginThread thread => ThreadEntry(thread.ThreadId, 1),
        ContinueThread thread => ThreadEntry(thread.ThreadId, thread.Place),
        _ => throw new ArgumentException($"{command.GetType().Name} has no key.", nameof(command)),
    };

    /// <summary>The key of a team.</summary>
    public static RecordKey Team(string id) => new(RecordKind.Team, id);

    /// <summary>The key of a person.</summary>
    public static RecordKey Staff(string id) => new(RecordKind.Staff, id);

    /// <summary>The key of a case.</summary>
    public static RecordKey Case(string id) => new(RecordKind.Case, id);

    /// <summary>The key of an interview or survey.</summary>
    public static RecordKey Record(string id) => new(RecordKind.Record, id);

    static RecordKey CorrectionOf(string id, DateOnly date, int item) =>
        new(RecordKind.Correction, string.Create(CultureInfo.InvariantCulture, $"{id}|{Day(date)}|{item}"));

    static RecordKey Signature(string team, string period, string by, DateTimeOffset at) =>
        new(RecordKind.Signature, string.Create(CultureInfo.InvariantCulture, $"{team}|{period}|{by}|{at:O}"));

    static RecordKey ThreadEntry(Guid thread, int place) =>
        new(RecordKind.ThreadEntry, string.Create(CultureInfo.InvariantCulture, $"{thread:n}|{place}"));

    static string Day(DateOnly date) => date.ToString("O", CultureInfo.InvariantCulture);

    // A row whose code could not be read has a key too, one that nothing else has.
    static string RoleOf(RegisterPost post) => Enum.IsDefined(post.Role) ? Codes.Of(post.Role) : "";

    static string OutcomeOf(RecordTamAttempt attempt) => Enum.IsDefined(attempt.Outcome) ? Codes.Of(attempt.Outcome) : "";
}
