using System.Text.Json.Serialization;
using Fidelity.Measurement;

namespace Fidelity.Contracts.Pir;

/// <summary>A Program Implementation Review was computed and a number or its state changed (measurement.md §4, §7).</summary>
/// <param name="Period">The period's name, such as <c>2026-H1</c>.</param>
/// <param name="From">First day of the period.</param>
/// <param name="To">Last day of the period.</param>
/// <param name="State">Where in its life the review is.</param>
/// <param name="Profile">The programme profile it was computed with.</param>
/// <param name="Position">The sequence in Pir's store up to which facts were taken into account.</param>
/// <param name="AsOf">The business date of the computation.</param>
/// <param name="DataTo">The newest date of any interview or case in it, surveys aside; null when there is none.</param>
/// <param name="Closed">Cases discharged within the period.</param>
/// <param name="FullCourse">Those of them that had the opportunity for a full course.</param>
/// <param name="Measures">
/// Every measure of the profile, as it may be shown: what SAM and CAM say is withheld as measurement.md §6 asks, and once told
/// it stays as it was told.
/// </param>
public sealed record ReviewComputed(
    long Version, string Programme, string TeamId, string Period, DateOnly From, DateOnly To, ReviewState State, string Profile,
    long Position, DateOnly AsOf, DateOnly? DataTo, int Closed, int FullCourse, IReadOnlyList<MeasureResult> Measures)
    : Fact(Version, Programme, TeamId)
{
    /// <summary>For which reasons how many cases were closed within the period; empty in a review computed before they were kept.</summary>
    public IReadOnlyList<ClosureCount> Closures { get; init; } = [];

    /// <summary>What became of how many TAM interviews that fell due within the period; empty in a review computed before they were kept.</summary>
    public IReadOnlyList<OutcomeCount> Interviews { get; init; } = [];

    /// <inheritdoc />
    protected override Thing Subject() => new("review", $"{TeamId}/{Period}");
}

/// <summary>The life of a PIR (measurement.md §7).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReviewState>))]
public enum ReviewState
{
    /// <summary>The period is running.</summary>
    [JsonStringEnumMemberName("provisional")] Provisional,

    /// <summary>The period has ended and the review awaits its presentation.</summary>
    [JsonStringEnumMemberName("refreshed")] Refreshed,

    /// <summary>Signed twice: the figures stand. Never a result of a computation; who shows a review says it of one that was presented.</summary>
    [JsonStringEnumMemberName("presented")] Presented,

    /// <summary>There is no such review any more: the team turned out to have closed before the period. Nobody is shown it.</summary>
    [JsonStringEnumMemberName("void")] Void,
}
