using Fidelity.Measurement;

namespace Fidelity.Contracts.Pir;

/// <summary>A team's monthly figures changed (measurement.md §5).</summary>
/// <param name="Profile">The programme profile they were computed with.</param>
/// <param name="Position">The sequence in Pir's store up to which facts were taken into account.</param>
/// <param name="AsOf">The business date of the computation.</param>
/// <param name="Months">From the team's first month with data to its last, in order; a month without data has no entry.</param>
public sealed record TrendComputed(
    long Version, string Programme, string TeamId, string Profile, long Position, DateOnly AsOf, IReadOnlyList<TrendMonth> Months)
    : Fact(Version, Programme, TeamId)
{
    /// <inheritdoc />
    public override Thing About => new("trend", TeamId);
}
