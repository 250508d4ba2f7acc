using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.Figures;

namespace Fidelity.Portal.Trends;

static class TrendLinks
{
    /// <summary>The page of a team's charts, or of one of them.</summary>
    public static string To(string programme, string team, string? series = null) =>
        $"/teams/{Uri.EscapeDataString(programme)}/{Uri.EscapeDataString(team)}/trends{(series is null ? null : "/" + series)}";

    /// <summary>CAM, SAM and TAM of a team in one time line.</summary>
    public static string ToCascade(TeamChanged team) => $"/teams/{Uri.EscapeDataString(team.Programme)}/{Uri.EscapeDataString(team.TeamId)}/cascade";

    public static string To(TeamChanged team) => To(team.Programme, team.TeamId);

    /// <summary>What a link to exactly this view says.</summary>
    public static string To(TeamChanged team, TrendSeries series, DateOnly? from, DateOnly? to, string? therapist)
    {
        var asked = new[]
        {
            ("from", from is { } first ? Dates.MachineMonth(first) : null), ("to", to is { } last ? Dates.MachineMonth(last) : null), ("therapist", therapist),
        };
        return To(team.Programme, team.TeamId, Codes.Of(series))
            + string.Concat(asked.Where(one => one.Item2 is not null).Select((one, place) => $"{(place == 0 ? '?' : '&')}{one.Item1}={Uri.EscapeDataString(one.Item2!)}"));
    }

    /// <summary>What was written on a month, where it stands.</summary>
    public static string To(string programme, string team, Contracts.Pir.ThreadChanged thread) =>
        $"{To(programme, team, Codes.Of(thread.Series))}#{IdOf(thread.ThreadId)}";

    /// <summary>The id of a thread on its page.</summary>
    public static string IdOf(Guid thread) => $"thread-{thread:n}";
}
