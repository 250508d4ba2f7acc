using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.Teams;

namespace Fidelity.Portal.Calling;

/// <summary>What the portal knows of a team's families that are to be called.</summary>
/// <param name="Records">Its interviews that are due, and what has come of them so far.</param>
/// <param name="Notes">What is known of calling a family, by case.</param>
/// <param name="Begun">The open form of an interview, by case and due date.</param>
/// <param name="CodesGiven">When the code was given out by which a family answers what is due on line, by case and due date.</param>
/// <param name="JustHeld">Due dates whose interview was submitted a moment ago: whether it completes them is not known yet.</param>
public sealed record TeamCalls(
    TeamChanged Team, RunningRecords Records, IReadOnlyDictionary<string, CallNote> Notes, IReadOnlyDictionary<(string Case, DateOnly Due), Guid> Begun,
    IReadOnlyDictionary<(string Case, DateOnly Due), DateTime> CodesGiven, IReadOnlySet<(string Case, DateOnly Due)> JustHeld);

/// <summary>A family to call.</summary>
/// <param name="Attempts">How often it was tried in this interval.</param>
/// <param name="Begun">The form that waits; null when none was begun.</param>
/// <param name="CodeGiven">When the family was given a code to answer on line; null when it has none.</param>
/// <param name="Independent">Whether whoever asks may interview this family today (measurement.md §2).</param>
public sealed record Call(TeamChanged Team, DueInterview Due, CallNote Note, int Attempts, Guid? Begun, DateTime? CodeGiven, bool Independent)
{
    /// <summary>Whether the family waits for a later moment that it asked for.</summary>
    public bool WaitsAt(DateTime now) => Note.CallBackAt > now;
}

/// <summary>
/// Whom to call: first who asked to be called by now, then who can be called at any time, the interval that ends first on top, and last
/// who asked for a later moment. Only what is open is in it (measurement.md §2), so that nobody who has opted out is called again.
/// </summary>
public static class CallList
{
    const int Noon = 12;
    const int FiveInTheAfternoon = 17;

    /// <param name="interviewer">Who calls.</param>
    /// <param name="now">The moment, on the clocks there.</param>
    public static IReadOnlyList<Call> Of(IEnumerable<TeamCalls> teams, string? interviewer, DateTime now)
    {
        var today = DateOnly.FromDateTime(now);
        var time = now.Hour < Noon ? TimeOfDay.Morning : now.Hour < FiveInTheAfternoon ? TimeOfDay.Afternoon : TimeOfDay.Evening;
        return
        [
            .. (from team in teams
                from due in team.Records.Interviews
                where DueNow.IsOpen(due.Opportunity, today) && !HasEnded(due, team.Records)
                    // The owner's word on what was said a moment ago is on its way.
                    && !team.JustHeld.Contains((due.CaseId, due.Opportunity.Due))
                let family = team.Records.Families.FirstOrDefault(family => family.CaseId == due.CaseId)
                // So is the roster's on a family whose first interview is known before the family is: nobody knows yet who may hold it.
                where family is not null
                select Of(team, due, family, interviewer, today))
                .OrderBy(call => call.Note.CallBackAt is null ? 1 : call.WaitsAt(now) ? 2 : 0)
                .ThenBy(call => call.Note.CallBackAt)
                .ThenBy(call => call.Due.Last)
                .ThenBy(call => call.Note.Best == time ? 0 : call.Note.Best is null ? 1 : 2)
                .ThenBy(call => call.Attempts)
                .ThenBy(call => call.Team.Programme, StringComparer.Ordinal).ThenBy(call => call.Due.Case, StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether an attempt has ended the interview, as far as the portal knows.</summary>
    static bool HasEnded(Contracts.Tam.TamOpportunityFact due, RunningRecords records) =>
        records.Attempts.Any(attempt => attempt.CaseId == due.CaseId && Ends(attempt.Outcome)
            && due.Opportunity.First <= attempt.Date && attempt.Date <= due.Opportunity.Last);

    /// <summary>Whether an attempt leaves nothing to call for in its interval.</summary>
    public static bool Ends(AttemptOutcome outcome) => outcome is not (AttemptOutcome.NoAnswer or AttemptOutcome.CallBack);

    static Call Of(TeamCalls team, Contracts.Tam.TamOpportunityFact due, CaseChanged family, string? interviewer, DateOnly today)
    {
        var shown = DueInterview.Of(due, team.Records, today);
        return new(
            team.Team, shown, team.Notes.GetValueOrDefault(due.CaseId, CallNote.None),
            team.Records.Attempts.Count(attempt => attempt.CaseId == due.CaseId && due.Opportunity.First <= attempt.Date && attempt.Date <= due.Opportunity.Last),
            team.Begun.TryGetValue((due.CaseId, due.Opportunity.Due), out var begun) ? begun : null,
            team.CodesGiven.TryGetValue((due.CaseId, due.Opportunity.Due), out var given) ? given : null,
            Independence.Holds(interviewer, today, family.TherapistId, family.Reassignments, team.Team.Posts));
    }
}
