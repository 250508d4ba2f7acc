namespace Fidelity.Contracts.Tam;

/// <summary>Withdraws an interview: it is kept, and counts nowhere (formats.md §1, <c>withdrawals.csv</c>).</summary>
/// <param name="InterviewId">The interview.</param>
/// <param name="CaseId">The interview's case, known from its submission.</param>
/// <param name="Date">The day of the withdrawal.</param>
/// <param name="Reason">Why, in at most 2,000 characters.</param>
public sealed record WithdrawTamInterview(
    Guid SubmissionId, string Programme, string InterviewId, string CaseId, DateOnly Date, string? Reason)
    : Command(SubmissionId, Programme);
