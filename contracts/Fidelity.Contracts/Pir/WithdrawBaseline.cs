namespace Fidelity.Contracts.Pir;

/// <summary>Withdraws a change of baseline: limits are as if it had not been made, and it stays in the history.</summary>
/// <param name="TeamId">The team.</param>
/// <param name="ChangeId">The change.</param>
/// <param name="Author">Who withdraws it, by staff id or sign-in name.</param>
/// <param name="Date">The day of the withdrawal.</param>
/// <param name="Reason">Why, in at most 2,000 characters.</param>
public sealed record WithdrawBaseline(
    Guid SubmissionId, string Programme, string TeamId, Guid ChangeId, string Author, DateOnly Date, string Reason) : Command(SubmissionId, Programme);
