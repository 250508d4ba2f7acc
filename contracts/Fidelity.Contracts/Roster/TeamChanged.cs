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
    public override Thing About => new("team", TeamId);
}

/// <summary>One post; <paramref name="To"/> is the last day in it.</summary>
/// <param name="StaffId">The person.</param>
/// <param name="Role">What the person does in this post.</param>
/// <param name="From">First day in post.</param>
/// <param name="To">Last day in post; null while it lasts.</param>
public sealed record Post(string StaffId, StaffRole Role, DateOnly From, DateOnly? To)
{
    /// <summary>Whether the post is held on <paramref name="day"/>.</summary>
    public bool Holds(DateOnly day) => From <= day && (To is null || day <= To);
}
