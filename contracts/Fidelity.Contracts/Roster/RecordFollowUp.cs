using Fidelity.Measurement;

namespace Fidelity.Contracts.Roster;

/// <summary>Records a family's outcomes some months after discharge (formats.md §1, <c>followups.csv</c>).</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Months">6 or 18.</param>
/// <param name="Date">The day the outcomes were learned.</param>
/// <param name="Outcomes">Outcomes at follow-up. They fill no measure of the PIR.</param>
public sealed record RecordFollowUp(
    Guid SubmissionId, string Programme, string CaseId, int Months, DateOnly Date, CaseOutcomes Outcomes)
    : Command(SubmissionId, Programme);
