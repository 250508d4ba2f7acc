using Fidelity.Measurement;

namespace Fidelity.Contracts.Roster;

/// <summary>Registers one post, or the end of a known one (formats.md §1, <c>staff.csv</c>).</summary>
/// <param name="StaffId">The person's pseudonym.</param>
/// <param name="TeamId">The team on which the post is.</param>
/// <param name="Role">The post's role.</param>
/// <param name="From">First day in post.</param>
/// <param name="To">Last day in post; null while it lasts.</param>
public sealed record RegisterPost(
    Guid SubmissionId, string Programme, string StaffId, string TeamId, StaffRole Role, DateOnly From, DateOnly? To)
    : Command(SubmissionId, Programme);
