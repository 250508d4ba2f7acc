using Fidelity.Contracts.Roster;

namespace Fidelity.Portal.Reviews;

static class ReviewLinks
{
    /// <summary>The page of a team's review; without a period, of its newest.</summary>
    public static string To(TeamChanged team, string? period) =>
        $"/teams/{Uri.EscapeDataString(team.Programme)}/{Uri.EscapeDataString(team.TeamId)}/pir{(period is null ? null : "/" + period)}";
}
