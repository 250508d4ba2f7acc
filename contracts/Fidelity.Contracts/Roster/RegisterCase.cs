using Fidelity.Measurement;

namespace Fidelity.Contracts.Roster;

/// <summary>Opens a case, or fills in its discharge and outcomes (formats.md §1, <c>cases.csv</c>).</summary>
/// <param name="CaseId">The family's pseudonym.</param>
/// <param name="TeamId">The team that treats the family.</param>
/// <param name="TherapistId">The first therapist; reassignments change it from their date on.</param>
/// <param name="Started">First day of treatment.</param>
/// <param name="Discharged">Day of discharge, not before <paramref name="Started"/>; null while the case is open.</param>
/// <param name="Reason">Why the case was closed; null exactly when <paramref name="Discharged"/> is.</param>
/// <param name="Outcomes">Outcomes at discharge.</param>
public sealed record RegisterCase(
    Guid SubmissionId, string Programme, string CaseId, string TeamId, string TherapistId, DateOnly Started,
    DateOnly? Discharged, DischargeReason? Reason, CaseOutcomes Outcomes) : Command(SubmissionId, Programme);
