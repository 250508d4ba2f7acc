namespace Fidelity.Contracts.Roster;

/// <summary>Gives a case another therapist from a date on (formats.md §1, <c>reassignments.csv</c>).</summary>
/// <param name="CaseId">The case.</param>
/// <param name="TherapistId">The therapist from that date on.</param>
/// <param name="From">First day with the new therapist.</param>
public sealed record ReassignCase(Guid SubmissionId, string Programme, string CaseId, string TherapistId, DateOnly From)
    : Command(SubmissionId, Programme);
