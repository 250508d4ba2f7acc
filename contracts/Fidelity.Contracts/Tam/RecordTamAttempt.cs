using Fidelity.Measurement;

namespace Fidelity.Contracts.Tam;

/// <summary>Records one attempt to reach a family (formats.md §1, <c>tam_attempts.csv</c>); known by case, date and outcome.</summary>
/// <param name="CaseId">The family.</param>
/// <param name="Date">The day of the attempt.</param>
/// <param name="Outcome">How it went.</param>
public sealed record RecordTamAttempt(Guid SubmissionId, string Programme, string CaseId, DateOnly Date, AttemptOutcome Outcome)
    : Command(SubmissionId, Programme);
