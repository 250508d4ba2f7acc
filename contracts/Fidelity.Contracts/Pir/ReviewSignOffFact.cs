using System.Text.Json.Serialization;
using Fidelity.Measurement;

namespace Fidelity.Contracts.Pir;

/// <summary>A review's signatures and what they stand for, published under the name of what happened.</summary>
/// <param name="Period">The period's name.</param>
/// <param name="SignOff">Where it stands.</param>
public abstract record ReviewSignOffFact(long Version, string Programme, string TeamId, string Period, SignOff SignOff)
    : Fact(Version, Programme, TeamId)
{
    /// <inheritdoc />
    protected override Thing Subject() => new("sign_off", $"{TeamId}/{Period}");
}

/// <summary>A review was signed once, or a signature ended.</summary>
public sealed record ReviewSigned(long Version, string Programme, string TeamId, string Period, SignOff SignOff)
    : ReviewSignOffFact(Version, Programme, TeamId, Period, SignOff);

/// <summary>A review was presented: its figures and text stand from now on (measurement.md §7).</summary>
public sealed record ReviewPresented(long Version, string Programme, string TeamId, string Period, SignOff SignOff)
    : ReviewSignOffFact(Version, Programme, TeamId, Period, SignOff);

/// <summary>Later records changed what would be computed today for a review that was presented, or changed it back.</summary>
public sealed record ReviewRestated(long Version, string Programme, string TeamId, string Period, SignOff SignOff)
    : ReviewSignOffFact(Version, Programme, TeamId, Period, SignOff);

/// <summary>Where the signing of a review stands.</summary>
/// <param name="Signatures">Those that hold, in the order in which they were given; two when it is presented.</param>
/// <param name="Ended">Those that were taken back, or that ended because the text was changed after them.</param>
/// <param name="Signed">What is signed; null when no signature holds.</param>
/// <param name="PresentedAt">When the second signature was given; null before.</param>
/// <param name="Restatement">What today's records say otherwise; null before anything did.</param>
public sealed record SignOff(
    IReadOnlyList<Signature> Signatures, IReadOnlyList<EndedSignature> Ended, SignedReview? Signed, DateTimeOffset? PresentedAt,
    Restatement? Restatement);

/// <summary>One signature.</summary>
/// <param name="Role">As what.</param>
/// <param name="By">Who: staff id, or sign-in name of who has none.</param>
/// <param name="At">When.</param>
public sealed record Signature(SignatoryRole Role, string By, DateTimeOffset At);

/// <summary>A signature that no longer holds.</summary>
/// <param name="Signature">The signature.</param>
/// <param name="Ending">Why it ended.</param>
/// <param name="At">When it ended.</param>
public sealed record EndedSignature(Signature Signature, SignatureEnding Ending, DateTimeOffset At);

/// <summary>Why a signature ended.</summary>
[JsonConverter(typeof(CodeJsonConverter<SignatureEnding>))]
public enum SignatureEnding
{
    /// <summary>Who gave it took it back.</summary>
    Withdrawn,

    /// <summary>The text was changed after it, and the changed one was signed.</summary>
    TextChanged,
}

/// <summary>The figures and the text that signatures pin.</summary>
/// <param name="Figures">The review as it was computed then, as it may be shown.</param>
/// <param name="Text">The text.</param>
/// <param name="Versions">Everything else that the figures were computed and shown by: instruments, profile, rules of showing.</param>
public sealed record SignedReview(ReviewComputed Figures, ReviewText Text, IReadOnlyList<string> Versions);

/// <summary>What today's records say otherwise than a review that was presented.</summary>
/// <param name="Position">The position in Pir's store up to which today's records were taken into account.</param>
/// <param name="AsOf">The business date of that computation.</param>
/// <param name="Changes">The measures that would be other today; empty when none would any more.</param>
public sealed record Restatement(long Position, DateOnly AsOf, IReadOnlyList<RestatedMeasure> Changes);

/// <summary>A measure that would be another today.</summary>
/// <param name="Measure">Its key.</param>
/// <param name="Presented">As presented.</param>
/// <param name="Now">As it would be today, as it may be shown.</param>
/// <param name="Causes">The whole of why: how many records changed for which cause. Never of whom.</param>
public sealed record RestatedMeasure(string Measure, MeasureResult Presented, MeasureResult Now, IReadOnlyList<CountedCause> Causes);

/// <summary>How many records changed a measure for one cause.</summary>
public sealed record CountedCause(ChangeCause Cause, int Records);
