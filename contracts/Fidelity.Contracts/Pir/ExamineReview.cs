using System.Text.Json.Serialization;
using Fidelity.Measurement;

namespace Fidelity.Contracts.Pir;

/// <summary>Asks Pir to compute a presented review again from its position, and what today's records say otherwise.</summary>
/// <param name="Round">Identifies the question; the answer names it.</param>
/// <param name="Period">The period's name.</param>
public sealed record ExamineReview(Guid Round, string Programme, string TeamId, string Period);

/// <summary>The answer.</summary>
/// <param name="Round">The question.</param>
/// <param name="Reproduction">Whether the presented figures came out the same again.</param>
/// <param name="Differences">Every measure that would be another today.</param>
public sealed record ReviewExamined(Guid Round, Reproduction Reproduction, IReadOnlyList<MeasureDifference> Differences);

/// <summary>What a measure was when it was presented, what it is today, and the whole of why.</summary>
/// <param name="Presented">As presented.</param>
/// <param name="Now">As it is today, as it may be shown.</param>
/// <param name="Changes">The records that it sees otherwise now; of SAM and CAM their causes alone, so that they can only be counted (measurement.md §6).</param>
public sealed record MeasureDifference(MeasureResult Presented, MeasureResult Now, IReadOnlyList<BasisChange> Changes);

/// <summary>What came of computing a presented review again.</summary>
[JsonConverter(typeof(CodeJsonConverter<Reproduction>))]
public enum Reproduction
{
    /// <summary>The same figures, to the bit.</summary>
    Identical,

    /// <summary>A case in it has been erased: the figures stand, and cannot be computed again (measurement.md §7).</summary>
    Frozen,

    /// <summary>Other figures. That must not be.</summary>
    Different,

    /// <summary>The review is not presented.</summary>
    NotPresented,
}
