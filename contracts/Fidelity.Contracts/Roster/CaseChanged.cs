using Fidelity.Measurement;

namespace Fidelity.Contracts.Roster;

/// <summary>A case, whenever it was opened, reassigned, closed or followed up.</summary>
/// <param name="CaseId">The family's pseudonym.</param>
/// <param name="TherapistId">The first therapist.</param>
/// <param name="Reassignments">Later therapists, by date.</param>
/// <param name="Started">First day of treatment.</param>
/// <param name="Discharged">Day of discharge; null while the case is open.</param>
/// <param name="Reason">Why the case was closed.</param>
/// <param name="Outcomes">Outcomes at discharge.</param>
/// <param name="FollowUps">Outcomes 6 and 18 months later.</param>
public sealed record CaseChanged(
    long Version, string Programme, string TeamId, string CaseId, string TherapistId, IReadOnlyList<Reassignment> Reassignments,
    DateOnly Started, DateOnly? Discharged, DischargeReason? Reason, CaseOutcomes Outcomes, IReadOnlyList<FollowUp> FollowUps)
    : Fact(Version, Programme, TeamId)
{
    /// <inheritdoc />
    protected override Thing Subject() => new("case", CaseId);
}

/// <summary>Outcomes some months after discharge.</summary>
/// <param name="Months">6 or 18.</param>
/// <param name="Date">The day the outcomes were learned.</param>
/// <param name="Outcomes">What was learned.</param>
public sealed record FollowUp(int Months, DateOnly Date, CaseOutcomes Outcomes);
