using Fidelity.Contracts.Tam;
using Fidelity.Measurement;

namespace Fidelity.Validation;

/// <summary>A row of <c>tam.csv</c>.</summary>
public sealed class RecordTamInterviewValidator : CommandValidator<RecordTamInterview>
{
    /// <summary>The rules, in the columns' order.</summary>
    public RecordTamInterviewValidator()
    {
        Column("interview_id", interview => interview.InterviewId, Values.OfId);
        Column("case_id", interview => interview.CaseId, Values.OfId);
        Column("interviewer_id", interview => interview.InterviewerId, Values.OfOptionalId);
        // Self-report is independent by having no interviewer (measurement.md §2): a forgotten name must not pass for it.
        Holds("interviewer_id", interview => interview.InterviewerId is not null || interview.Mode is not (InterviewMode.Phone or InterviewMode.InPerson),
            new(ErrorCodes.MissingValue, "Somebody held this interview. Fill in who; only paper and online forms can be self-report."));
        Column("date", interview => interview.Date, Values.OfDate);
        Code("mode", interview => interview.Mode);
        Column("language", interview => interview.Language, Values.OfLanguage);
        Each(interview => Forms.Judge(interview.Instrument, Instrument.Tam, interview.Answers));
    }
}

/// <summary>A row of <c>tam_attempts.csv</c>.</summary>
public sealed class RecordTamAttemptValidator : CommandValidator<RecordTamAttempt>
{
    /// <summary>The rules, in the columns' order.</summary>
    public RecordTamAttemptValidator()
    {
        Column("case_id", attempt => attempt.CaseId, Values.OfId);
        Column("date", attempt => attempt.Date, Values.OfDate);
        Code("outcome", attempt => attempt.Outcome);
    }
}

/// <summary>A row of <c>corrections.csv</c> that belongs to an interview.</summary>
public sealed class CorrectTamInterviewValidator : CommandValidator<CorrectTamInterview>
{
    /// <summary>The rules, in the columns' order.</summary>
    public CorrectTamInterviewValidator()
    {
        Column("id", correction => correction.InterviewId, Values.OfId);
        Column("case_id", correction => correction.CaseId, Values.OfId);
        Column("date", correction => correction.Date, Values.OfDate);
        Each(correction => Forms.JudgeCorrection(Instrument.Tam, correction.Item, correction.Value));
        Column("reason", correction => correction.Reason, Values.OfText);
    }
}

/// <summary>A row of <c>withdrawals.csv</c> that belongs to an interview.</summary>
public sealed class WithdrawTamInterviewValidator : CommandValidator<WithdrawTamInterview>
{
    /// <summary>The rules, in the columns' order.</summary>
    public WithdrawTamInterviewValidator()
    {
        Column("id", withdrawal => withdrawal.InterviewId, Values.OfId);
        Column("case_id", withdrawal => withdrawal.CaseId, Values.OfId);
        Column("date", withdrawal => withdrawal.Date, Values.OfDate);
        Column("reason", withdrawal => withdrawal.Reason, Values.OfText);
    }
}
