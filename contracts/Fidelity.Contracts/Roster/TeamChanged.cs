using Fidelity.Measurement;

namespace Fidelity.Contracts.Roster;

/// <summary>A team with all its posts, whenever either changed.</summary>
/// <param name="Name">The name shown on pages.</param>
/// <param name="Profile">The programme profile.</param>
/// <param name="Opened">First day of the team.</param>
/// <param name="Closed">Last day of the team; null while it is open.</param>
/// <param name="PirStartMonth">The month on whose first day the first half-year of its PIR begins.</param>
/// <param name="Posts">Every post the team has had.</param>
public sealed record TeamChanged(
    long Version, string Programme, string TeamId, string Name, string Profile, DateOnly Opened, DateOnly? Closed,
    int PirStartMonth, IReadOnlyList<Post> Posts) : Fact(Version, Programme, TeamId)
{
    /// <inheritdoc />
    protected override Thing Subject() => new("team", TeamId);
}
