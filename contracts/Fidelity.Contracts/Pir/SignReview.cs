using System.Text.Json.Serialization;
using Fidelity.Measurement;

namespace Fidelity.Contracts.Pir;

/// <summary>
/// Signs a review (measurement.md §7). The first signature pins figures and text; the second, by the other role and another person,
/// on the same figures and text, presents the review.
/// </summary>
/// <param name="Period">The period's name, such as <c>2026-H1</c>; it must have ended.</param>
/// <param name="Role">As what somebody signs.</param>
/// <param name="SignedBy">Who signs: staff id, or sign-in name of who has none.</param>
/// <param name="At">When; it tells a signature that is given again, after one was withdrawn, from a repeat.</param>
/// <param name="Position">The position of the figures that are signed: those that the signer saw.</param>
/// <param name="Text">The text that is signed: the one that the signer saw.</param>
public sealed record SignReview(
    Guid SubmissionId, string Programme, string TeamId, string Period, SignatoryRole Role, string SignedBy, DateTimeOffset At, long Position,
    ReviewText Text) : Command(SubmissionId, Programme);

/// <summary>Takes a signature back, as long as the review is not presented; figures and text are free again.</summary>
/// <param name="Period">The period's name.</param>
/// <param name="Role">As what it was signed.</param>
/// <param name="WithdrawnBy">Who takes it back: who gave it.</param>
/// <param name="At">When.</param>
public sealed record WithdrawSignature(
    Guid SubmissionId, string Programme, string TeamId, string Period, SignatoryRole Role, string WithdrawnBy, DateTimeOffset At)
    : Command(SubmissionId, Programme);

/// <summary>Who signs a review.</summary>
[JsonConverter(typeof(CodeJsonConverter<SignatoryRole>))]
public enum SignatoryRole
{
    /// <summary>The team's supervisor.</summary>
    Supervisor,

    /// <summary>The team's consultant.</summary>
    Consultant,
}
