using Fidelity.Contracts.Roster;

namespace Fidelity.Portal.Teams;

static class TeamLinks
{
    /// <summary>The team's page.</summary>
    public static string To(TeamChanged team) => $"/teams/{Uri.EscapeDataString(team.Programme)}/{Uri.EscapeDataString(team.TeamId)}";

    /// <summary>The team's cases; with a key of <see cref="LoggingAccess.CaseKeys"/>, one of them.</summary>
    public static string ToCases(TeamChanged team, string? key = null) => $"{To(team)}/cases{(key is null ? null : "/" + key)}";

    /// <summary>One of the interviews that were recorded of a case, named by its submission.</summary>
    public static string ToInterview(TeamChanged team, string caseKey, Guid submission) => $"{ToCases(team, caseKey)}/interviews/{submission}";

    /// <summary>How far the team has come with what it collects.</summary>
    public static string ToCollecting(TeamChanged team) => $"{To(team)}/collecting";

    /// <summary>Who is in post on the team, and was.</summary>
    public static string ToPosts(TeamChanged team) => $"{To(team)}/posts";

    /// <summary>The team's page with so many of its newest scores.</summary>
    public static string ToScores(TeamChanged team, int shown) => FormattableString.Invariant($"{To(team)}?scores={shown}#scores");
}
