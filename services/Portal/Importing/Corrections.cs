using System.Diagnostics;
using Fidelity.Contracts;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Validation;

namespace Fidelity.Portal.Importing;

/// <summary>A row of <c>corrections.csv</c>, before it is known whether its id is an interview's or a survey's.</summary>
public sealed record Correction(Guid SubmissionId, string Programme, string Id, DateOnly Date, int Item, Answer Value, string? Reason)
    : Command(SubmissionId, Programme)
{
    /// <summary>The command to the owner of the record that is corrected.</summary>
    public Command Of(Command record) => record switch
    {
        RecordTamInterview interview =>
            new CorrectTamInterview(SubmissionId, Programme, Id, interview.CaseId, Date, Item, Value, Reason),
        RecordSurvey survey => new CorrectSurvey(SubmissionId, Programme, Id, survey.Pair, Date, Item, Value, Reason),
        _ => throw new UnreachableException(),
    };
}

/// <summary>A row of <c>withdrawals.csv</c>, before it is known whether its id is an interview's or a survey's.</summary>
public sealed record Withdrawal(Guid SubmissionId, string Programme, string Id, DateOnly Date, string? Reason)
    : Command(SubmissionId, Programme)
{
    /// <summary>The command to the owner of the record that is withdrawn.</summary>
    public Command Of(Command record) => record switch
    {
        RecordTamInterview interview => new WithdrawTamInterview(SubmissionId, Programme, Id, interview.CaseId, Date, Reason),
        RecordSurvey survey => new WithdrawSurvey(SubmissionId, Programme, Id, survey.Pair, Date, Reason),
        _ => throw new UnreachableException(),
    };
}

/// <summary>What can be said of a correction by itself; item and value are the instrument's to judge.</summary>
public sealed class CorrectionValidator : CommandValidator<Correction>
{
    /// <summary>The rules, in the columns' order.</summary>
    public CorrectionValidator()
    {
        Column("id", correction => correction.Id, Values.OfId);
        Column("date", correction => correction.Date, Values.OfDate);
        Column("reason", correction => correction.Reason, Values.OfText);
    }
}

/// <summary>What can be said of a withdrawal by itself.</summary>
public sealed class WithdrawalValidator : CommandValidator<Withdrawal>
{
    /// <summary>The rules, in the columns' order.</summary>
    public WithdrawalValidator()
    {
        Column("id", withdrawal => withdrawal.Id, Values.OfId);
        Column("date", withdrawal => withdrawal.Date, Values.OfDate);
        Column("reason", withdrawal => withdrawal.Reason, Values.OfText);
    }
}
