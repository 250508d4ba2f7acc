using Fidelity.Contracts.Roster;
using Fidelity.Portal.Teams;

namespace Fidelity.Portal.Reviews;

static class ReviewLinks
{
    /// <summary>The page of a team's review; without a period, of its newest.</summary>
    public static string To(TeamChanged team, string? period) => $"{TeamLinks.To(team)}/pir{(period is null ? null : "/" + period)}";

    /// <summary>Where a review is written and signed.</summary>
    public static string ToWriting(TeamChanged team, string period) => $"{To(team, period)}/write";

    /// <summary>The review as a Word document.</summary>
    public static string ToWord(TeamChanged team, string period) => $"{To(team, period)}/word";

    /// <summary>The style sheet that says what stands at the foot of its pages when it is printed.</summary>
    public static string ToFoot(TeamChanged team, string period) => $"{To(team, period)}/foot.css";

    /// <summary>What a number of a review rests on.</summary>
    public static string ToBasis(TeamChanged team, string period, string measure) => $"{To(team, period)}/{measure}";
}
