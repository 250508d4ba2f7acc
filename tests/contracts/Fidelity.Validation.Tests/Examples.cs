using System.Globalization;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;

namespace Fidelity.Validation.Tests;

/// <summary>One faultless command of each kind.</summary>
static class Examples
{
    static readonly CaseOutcomes NotKnown = new(Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown);

    public static DateOnly Day(string date) => DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static readonly RegisterTeam Team =
        new(Guid.Empty, "demo", "mst-norr", "Team Norr", "mst@1", Day("2025-01-01"), null, 1);

    public static readonly ChangeBaseline Rebase = new(
        Guid.Empty, "demo", "mst-norr", Guid.CreateVersion7(), TrendSeries.Adherence, Day("2026-03-01"), "k-01", Day("2026-03-01"), "new supervisor");

    public static readonly WithdrawBaseline RebaseWithdrawal =
        new(Guid.Empty, "demo", "mst-norr", Guid.CreateVersion7(), "k-01", Day("2026-03-02"), "began in April");

    public static readonly BeginThread Note = new(
        Guid.Empty, "demo", "mst-norr", Guid.CreateVersion7(), TrendSeries.TamCompleted, Day("2026-03-01"), "s-01", Day("2026-03-02"), "nobody to call");

    public static readonly ContinueThread Hypothesis =
        new(Guid.Empty, "demo", "mst-norr", Guid.CreateVersion7(), 2, new(ThreadEntryKind.Hypothesis, "s-01", Day("2026-03-02"), "office hours"));

    public static readonly ContinueThread ActionTaken = Hypothesis with
    {
        Place = 3, Entry = new(ThreadEntryKind.Action, "s-01", Day("2026-03-02"), "call at seven", "v-01", Day("2026-03-02")),
    };

    public static readonly ContinueThread Check = Hypothesis with
    {
        Place = 4, Entry = new(ThreadEntryKind.Check, "s-01", Day("2026-07-02"), "eight of ten", Outcome: CheckOutcome.Helped),
    };

    public static readonly SignReview Signing = new(
        Guid.Empty, "demo", "mst-norr", "2026-H1", SignatoryRole.Supervisor, "s-01", DateTimeOffset.UnixEpoch, 1,
        new(3, "called in time", "school", [new(Guid.CreateVersion7(), "nine of ten", "s-01", Day("2026-12-01"))], [new(Guid.CreateVersion7(), GoalOutcome.Reached, null)]));

    public static readonly WithdrawSignature SignatureWithdrawal =
        new(Guid.Empty, "demo", "mst-norr", "2026-H1", SignatoryRole.Supervisor, "s-01", DateTimeOffset.UnixEpoch);

    public static readonly RegisterPost TherapistPost =
        new(Guid.Empty, "demo", "t-01", "mst-norr", StaffRole.Therapist, Day("2025-01-01"), null);

    public static readonly RegisterCase OpenCase =
        new(Guid.Empty, "demo", "c-01", "mst-norr", "t-01", Day("2025-01-15"), null, null, NotKnown);

    public static readonly RegisterCase ClosedCase = OpenCase with
    {
        Discharged = Day("2025-05-23"),
        Reason = DischargeReason.Completed,
        Outcomes = NotKnown with { LivingAtHome = Outcome3.Yes },
    };

    public static readonly ReassignCase Handover = new(Guid.Empty, "demo", "c-01", "t-02", Day("2025-03-01"));

    public static readonly RecordFollowUp FollowUp = new(Guid.Empty, "demo", "c-01", 6, Day("2025-11-25"), NotKnown);

    public static readonly RecordTamInterview Interview = new(
        Guid.Empty, "demo", "i-001", "c-01", "v-01", Day("2025-01-30"), InterviewMode.Phone, "sv", false, "tam-r@1", Answers(28));

    public static readonly RecordTamAttempt FailedCall = new(Guid.Empty, "demo", "c-01", Day("2025-02-25"), AttemptOutcome.NoAnswer);

    public static readonly CorrectTamInterview ItemCorrection =
        new(Guid.Empty, "demo", "i-001", "c-01", Day("2025-02-03"), 7, Answer.Of(5), "typing error");

    public static readonly WithdrawTamInterview Withdrawal =
        new(Guid.Empty, "demo", "i-001", "c-01", Day("2025-02-03"), "entered on the wrong case");

    public static readonly RecordSurvey Sam = new(
        Guid.Empty, "demo", "a-001", new(Instrument.Sam, "mst-norr", "t-01", "s-01"), Day("2025-02-01"), "sam@1", Answers(43));

    public static readonly RecordSurvey Cam = new(
        Guid.Empty, "demo", "b-001", new(Instrument.Cam, "mst-norr", "t-01", "k-01"), Day("2025-02-01"), "cam@1", Answers(23));

    public static readonly CorrectSurvey SurveyCorrection =
        new(Guid.Empty, "demo", "b-001", Cam.Pair, Day("2025-02-03"), 23, Answer.Of(6), null);

    public static readonly WithdrawSurvey SurveyWithdrawal = new(Guid.Empty, "demo", "b-001", Cam.Pair, Day("2025-02-03"), null);

    public static IReadOnlyList<Answer> Answers(int count) =>
        [.. Enumerable.Range(0, count).Select(index => index switch { 0 => Answer.NotApplicable, 1 => Answer.Blank, _ => Answer.Of(5) })];

    public static IReadOnlyList<Answer> Replace(IReadOnlyList<Answer> answers, int item, int value) =>
        [.. answers.Select((answer, index) => index == item - 1 ? Answer.Of(value) : answer)];
}
