using Fidelity.Contracts;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using static Fidelity.Validation.Tests.Examples;

namespace Fidelity.Validation.Tests;

public class CommandValidationTests
{
    static readonly DateOnly Year1899 = Day("1899-12-31");
    static readonly string TooLong = new('x', 2001);

    public static TheoryData<Command> Faultless() =>
    [
        Team, TherapistPost, OpenCase, ClosedCase, Handover, FollowUp, Interview, FailedCall, ItemCorrection, Withdrawal, Sam, Cam,
        SurveyCorrection, SurveyWithdrawal, Rebase, RebaseWithdrawal, Signing, SignatureWithdrawal, Note, Hypothesis, ActionTaken, Check,
        Interview with { InterviewerId = null, Mode = InterviewMode.Online, Language = null, Interpreter = null },
        Interview with { Language = "zh-Hant-TW" },
        TherapistPost with { To = TherapistPost.From },
        ClosedCase with { Discharged = ClosedCase.Started },
        Interview with { Answers = [.. Enumerable.Repeat(Answer.Blank, 28)] },
        ItemCorrection with { Reason = "see 0190a6f2-7b1c-7c3e-9d55-201102291234" },
    ];

    [Theory, MemberData(nameof(Faultless), DisableDiscoveryEnumeration = true)]
    public void A_faultless_command_passes(Command command) => CommandValidation.Check(command).ShouldBeEmpty();

    public static TheoryData<Command, string, string> Faulty() => new()
    {
        { Team with { Programme = "Demo" }, "programme", "bad_id" },
        { Team with { Programme = "" }, "programme", "missing_value" },
        { Team with { TeamId = "" }, "team_id", "missing_value" },
        { Team with { TeamId = "mst norr" }, "team_id", "bad_id" },
        { Team with { TeamId = new('x', 41) }, "team_id", "bad_id" },
        { Team with { TeamId = TooLong }, "team_id", "too_large" },
        { Team with { TeamId = "20110229-1234" }, "team_id", "personal_identity_number" },
        { Team with { Name = " " }, "name", "missing_value" },
        { Team with { Name = new('x', 201) }, "name", "too_large" },
        { Team with { Name = "Norr (110229+1234)" }, "name", "personal_identity_number" },
        { Team with { Name = "Norr\0" }, "name", "bad_encoding" },
        { Team with { Name = "Norr\ud800" }, "name", "bad_encoding" },
        { Team with { Profile = "mst@7" }, "profile", "unknown_code" },
        { Team with { Opened = default }, "opened", "bad_date" },
        { Team with { Closed = Day("2024-12-31") }, "closed", "inconsistent" },
        { Team with { PirStartMonth = 13 }, "pir_start_month", "out_of_scale" },
        { Signing with { Period = "2026-H3" }, "period", "unknown_code" },
        { Signing with { Role = (SignatoryRole)9 }, "role", "unknown_code" },
        { Signing with { SignedBy = "" }, "signed_by", "missing_value" },
        { Signing with { Text = Signing.Text with { Strengths = " " } }, "strengths", "missing_value" },
        { Signing with { Text = Signing.Text with { AreasToImprove = new('x', 10_001) } }, "areas_to_improve", "too_large" },
        { Signing with { Text = Signing.Text with { AreasToImprove = "of 20110229-1234" } }, "areas_to_improve", "personal_identity_number" },
        { Signing with { Text = Signing.Text with { Goals = [Signing.Text.Goals[0] with { Text = "" }] } }, "goal", "missing_value" },
        { Signing with { Text = Signing.Text with { Goals = [Signing.Text.Goals[0] with { Owner = "" }] } }, "owner", "missing_value" },
        { Signing with { Text = Signing.Text with { Goals = [Signing.Text.Goals[0] with { Due = Year1899 }] } }, "due", "bad_date" },
        { Signing with { Text = Signing.Text with { Goals = [.. Enumerable.Repeat(Signing.Text.Goals[0], 51)] } }, "goals", "too_large" },
        { Signing with { Text = Signing.Text with { FollowUps = [Signing.Text.FollowUps[0] with { Note = TooLong }] } }, "note", "too_large" },
        { Signing with { Text = Signing.Text with { FollowUps = [Signing.Text.FollowUps[0] with { Outcome = (GoalOutcome)9 }] } }, "outcome", "unknown_code" },
        { SignatureWithdrawal with { WithdrawnBy = "" }, "withdrawn_by", "missing_value" },
        { TherapistPost with { StaffId = "t;01" }, "staff_id", "bad_id" },
        { TherapistPost with { TeamId = "å" }, "team_id", "bad_id" },
        { TherapistPost with { Role = (StaffRole)99 }, "role", "unknown_code" },
        { TherapistPost with { From = Year1899 }, "from", "bad_date" },
        { TherapistPost with { To = Day("2024-12-31") }, "to", "inconsistent" },
        { OpenCase with { CaseId = "" }, "case_id", "missing_value" },
        { OpenCase with { TherapistId = "t/01" }, "therapist_id", "bad_id" },
        { OpenCase with { Started = Year1899 }, "started", "bad_date" },
        { ClosedCase with { Discharged = Day("2025-01-14") }, "discharged", "inconsistent" },
        { ClosedCase with { Discharged = null }, "discharged", "inconsistent" },
        { ClosedCase with { Reason = null }, "discharge_reason", "inconsistent" },
        { ClosedCase with { Reason = (DischargeReason)99 }, "discharge_reason", "unknown_code" },
        { ClosedCase with { Outcomes = ClosedCase.Outcomes with { NoNewArrest = (Outcome3)9 } }, "no_new_arrest", "unknown_code" },
        { Handover with { TherapistId = "" }, "therapist_id", "missing_value" },
        { Handover with { From = default }, "from", "bad_date" },
        { FollowUp with { Months = 12 }, "months", "unknown_code" },
        { FollowUp with { Date = Day("2200-01-01") }, "date", "bad_date" },
        { Interview with { InterviewId = "200002319999" }, "interview_id", "personal_identity_number" },
        { Interview with { CaseId = "" }, "case_id", "missing_value" },
        { Interview with { InterviewerId = "" }, "interviewer_id", "missing_value" },
        { Interview with { InterviewerId = null }, "interviewer_id", "missing_value" },
        { Interview with { Date = default }, "date", "bad_date" },
        { Interview with { Mode = (InterviewMode)7, InterviewerId = "v-01" }, "mode", "unknown_code" },
        { Interview with { Language = "Swedish or Finnish" }, "language", "unknown_code" },
        { Interview with { Language = "1102291234" }, "language", "personal_identity_number" },
        { Interview with { Instrument = "sam@1" }, "instrument", "unknown_instrument" },
        { Interview with { Instrument = "" }, "instrument", "missing_value" },
        { Interview with { Answers = Replace(Interview.Answers, 5, 6) }, "i5", "out_of_scale" },
        { Interview with { Answers = Replace(Interview.Answers, 28, 0) }, "i28", "out_of_scale" },
        { Interview with { Answers = Answers(27) }, "i28", "missing_value" },
        { Interview with { Answers = Answers(29) }, "i28", "out_of_scale" },
        { FailedCall with { Outcome = (AttemptOutcome)99 }, "outcome", "unknown_code" },
        { ItemCorrection with { Item = 29 }, "item", "out_of_scale" },
        { ItemCorrection with { Item = 0 }, "item", "out_of_scale" },
        { ItemCorrection with { Value = Answer.Of(6) }, "value", "out_of_scale" },
        { ItemCorrection with { Reason = "he is 19990231-0000, born in May" }, "reason", "personal_identity_number" },
        { ItemCorrection with { Reason = TooLong }, "reason", "too_large" },
        { Withdrawal with { InterviewId = "" }, "id", "missing_value" },
        { Sam with { Pair = Sam.Pair with { RatedId = "s 01" } }, "supervisor_id", "bad_id" },
        { Sam with { Pair = Sam.Pair with { RatedId = "t-01" } }, "supervisor_id", "inconsistent" },
        { Sam with { Instrument = "cam@1" }, "instrument", "unknown_instrument" },
        { Sam with { Answers = Replace(Sam.Answers, 40, 6) }, "i40", "out_of_scale" },
        { Cam with { Pair = Cam.Pair with { RatedId = "" } }, "consultant_id", "missing_value" },
        { Cam with { Answers = Replace(Cam.Answers, 3, 7) }, "i3", "out_of_scale" },
        { SurveyCorrection with { Item = 24 }, "item", "out_of_scale" },
        { SurveyCorrection with { Value = Answer.Of(7) }, "value", "out_of_scale" },
        { SurveyWithdrawal with { Date = default }, "date", "bad_date" },
        { Rebase with { ChangeId = Guid.Empty }, "change_id", "missing_value" },
        { Rebase with { Series = (TrendSeries)9 }, "series", "unknown_code" },
        { Rebase with { Month = Day("2026-02-02") }, "month", "bad_date" },
        { Rebase with { Month = Day("2026-04-01") }, "month", "inconsistent" },
        { Rebase with { Author = " " }, "author", "missing_value" },
        { Rebase with { Reason = " " }, "reason", "missing_value" },
        { Rebase with { Reason = TooLong }, "reason", "too_large" },
        { RebaseWithdrawal with { Reason = null! }, "reason", "missing_value" },
        { RebaseWithdrawal with { Reason = "of 19990231-0000" }, "reason", "personal_identity_number" },
        { Note with { TeamId = "" }, "team_id", "missing_value" },
        { Note with { ThreadId = Guid.Empty }, "thread_id", "missing_value" },
        { Note with { Month = Day("2026-04-01") }, "month", "inconsistent" },
        { Note with { Text = "about 19990231-0000" }, "text", "personal_identity_number" },
        { Hypothesis with { Place = 1 }, "place", "out_of_scale" },
        { Hypothesis with { Entry = null! }, "entry", "missing_value" },
        { Hypothesis with { Entry = Hypothesis.Entry with { Kind = (ThreadEntryKind)9 } }, "kind", "unknown_code" },
        { Hypothesis with { Entry = Hypothesis.Entry with { Text = "" } }, "text", "missing_value" },
        { Hypothesis with { Entry = Hypothesis.Entry with { Owner = "v-01" } }, "owner", "inconsistent" },
        { Hypothesis with { Entry = Hypothesis.Entry with { Due = Day("2026-04-01") } }, "due", "inconsistent" },
        { Hypothesis with { Entry = Hypothesis.Entry with { Outcome = CheckOutcome.Helped } }, "outcome", "inconsistent" },
        { ActionTaken with { Entry = ActionTaken.Entry with { Owner = null } }, "owner", "missing_value" },
        { ActionTaken with { Entry = ActionTaken.Entry with { Owner = "mother, 19990231-0000" } }, "owner", "personal_identity_number" },
        { ActionTaken with { Entry = ActionTaken.Entry with { Due = null } }, "due", "missing_value" },
        { ActionTaken with { Entry = ActionTaken.Entry with { Due = Day("2026-03-01") } }, "due", "inconsistent" },
        { Check with { Entry = Check.Entry with { Outcome = null } }, "outcome", "missing_value" },
        { Check with { Entry = Check.Entry with { Outcome = (CheckOutcome)9 } }, "outcome", "unknown_code" },
    };

    [Theory, MemberData(nameof(Faulty), DisableDiscoveryEnumeration = true)]
    public void A_fault_is_named_by_column_and_code(Command command, string column, string code)
    {
        var cause = CommandValidation.Check(command).ShouldHaveSingleItem();
        (cause.Field, cause.Code).ShouldBe((column, code));
        cause.Message.ShouldEndWith(".");
    }

    [Fact]
    public void Every_faulty_column_is_named_and_each_only_once()
    {
        var command = Interview with { InterviewId = "", Date = default, Answers = Replace(Replace(Interview.Answers, 3, 7), 9, 0) };
        CommandValidation.Check(command).Select(cause => cause.Field).ShouldBe(["interview_id", "date", "i3", "i9"]);
    }

    [Fact]
    public void What_a_hostile_message_leaves_out_is_a_fault_and_no_exception()
    {
        CommandValidation.Check(Sam with { Pair = null! }).ShouldNotBeEmpty();
        CommandValidation.Check(Sam with { Answers = null! }).ShouldNotBeEmpty();
        CommandValidation.Check(FollowUp with { Outcomes = null! }).ShouldNotBeEmpty();
        CommandValidation.Check(Team with { TeamId = null!, Name = null!, Profile = null! }).Count.ShouldBe(3);
    }

    [Fact]
    public void Many_threads_may_check_at_once() =>
        Parallel.For(0, 1000, _ => CommandValidation.Check(Interview with { Date = default }).Count.ShouldBe(1));
}
