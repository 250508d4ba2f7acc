using Fidelity.Contracts.Roster;

namespace Fidelity.Portal.Teams;

static class TeamLinks
{
    /// <summary>The team's page.</summary>
    public static string To(TeamChanged team) => $"/teams/{Uri.EscapeDataString(team.Programme)}/{Uri.EscapeDataString(team.TeamId)}";

    /// <summary>The team's page with so many of its newest scores.</summary>
    public static string ToScores(TeamChanged team, int shown) => FormattableString.Invariant($"{To(team)}?scores={shown}#scores");
}
