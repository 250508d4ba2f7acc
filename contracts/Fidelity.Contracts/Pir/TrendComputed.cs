using Fidelity.Measurement;

namespace Fidelity.Contracts.Pir;

/// <summary>A team's monthly figures changed (measurement.md §5). Limits and signals follow from them.</summary>
/// <param name="Profile">The programme profile they were computed with.</param>
/// <param name="Position">The sequence in Pir's store up to which facts were taken into account.</param>
/// <param name="AsOf">The business date of the computation.</param>
/// <param name="Adherence">The adherence measure by month of interview; a month without a valid interview has no value.</param>
/// <param name="AdherenceAbove">Cases at or above the threshold by month of interview; empty when the profile has no threshold.</param>
/// <param name="TamCompleted">Completed opportunities by month of due date.</param>
public sealed record TrendComputed(
    long Version, string Programme, string TeamId, string Profile, long Position, DateOnly AsOf,
    IReadOnlyList<MonthlyMean> Adherence, IReadOnlyList<MonthlyShare> AdherenceAbove, IReadOnlyList<MonthlyShare> TamCompleted)
    : Fact(Version, Programme, TeamId)
{
    /// <summary>Where the phases of the charts begin, besides at the first month; in order of series and month.</summary>
    public IReadOnlyList<PhaseStart> Phases { get; init; } = [];

    /// <inheritdoc />
    protected override Thing Subject() => new("trend", TeamId);
}
