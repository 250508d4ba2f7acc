using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.FillingIn;
using Fidelity.Portal.Figures;
using Microsoft.Extensions.Localization;

namespace Fidelity.Portal.KeepingCases;

/// <summary>What was filled in of a case, as rows of import files: what the page knows already is not asked again.</summary>
static class CaseRows
{
    public static IReadOnlyDictionary<string, string> Opening(TeamChanged team, IReadOnlyDictionary<string, string> filled) =>
        With(filled, ("team_id", team.TeamId));

    /// <summary>A discharge, or outcomes that were learned since: the case is told again with what was blank.</summary>
    public static IReadOnlyDictionary<string, string> Filling(CaseChanged known, IReadOnlyDictionary<string, string> filled) => With(
        filled, ("case_id", known.CaseId), ("team_id", known.TeamId), ("therapist_id", known.TherapistId), ("started", Dates.Machine(known.Started)));

    /// <summary>What happens to a known case: another therapist, or a follow-up.</summary>
    public static IReadOnlyDictionary<string, string> Of(CaseChanged known, IReadOnlyDictionary<string, string> filled) =>
        With(filled, ("case_id", known.CaseId));

    /// <summary>Who may be given a case: those who treat families or lead the team, today or from a day to come.</summary>
    public static IReadOnlyList<Choice> Therapists(TeamChanged team, DateOnly today, IStringLocalizer text) =>
    [
        .. team.Posts.Where(post => Caseload.Treats(post) && !(post.To < today))
            .OrderBy(post => post.Role).ThenBy(post => post.Staff, StringComparer.Ordinal).DistinctBy(post => post.Staff, StringComparer.Ordinal)
            .Select(post => new Choice(post.Staff, $"{post.Staff} – {text["role." + Codes.Of(post.Role)]}")),
    ];

    static Dictionary<string, string> With(IReadOnlyDictionary<string, string> filled, params (string Column, string Value)[] known)
    {
        var row = new Dictionary<string, string>(filled, StringComparer.Ordinal);
        foreach (var (column, value) in known)
            row[column] = value;
        return row;
    }
}
