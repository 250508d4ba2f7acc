using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;

namespace Fidelity.Portal.Teams;

/// <summary>What the portal knows of the interviews and surveys of a team whose time runs.</summary>
/// <param name="Families">The cases that are open today, or have an interview whose interval has not ended.</param>
/// <param name="Interviews">TAM opportunities whose interval has not ended, whatever came of them.</param>
/// <param name="Surveys">SAM and CAM opportunities likewise.</param>
/// <param name="Attempts">Attempts that were submitted for those families.</param>
/// <param name="Held">Interviews with those families that are dated within the intervals.</param>
/// <param name="Others">How many more interviews are due, with families that are not open to the reader.</param>
public sealed record RunningRecords(
    IReadOnlyList<CaseChanged> Families, IReadOnlyList<TamOpportunityFact> Interviews, IReadOnlyList<SurveyOpportunityFact> Surveys,
    IReadOnlyList<RecordTamAttempt> Attempts, IReadOnlyList<TamInterviewFact> Held, int Others = 0)
{
    /// <summary>
    /// What of it is open to somebody. The families stay, since of them only dates and numbers are told; whose interview is due is
    /// told of open cases.
    /// </summary>
    public RunningRecords OpenTo(Reach cases, DateOnly today)
    {
        var open = Families
            .Where(family => cases.Covers(family.Programme, family.TeamId, Independence.TherapistAt(today, family.TherapistId, family.Reassignments)))
            .Select(family => family.CaseId).ToHashSet(StringComparer.Ordinal);
        var interviews = Interviews.ToLookup(due => open.Contains(due.CaseId));
        return this with { Interviews = [.. interviews[true]], Others = interviews[false].Count(due => DueNow.IsOpen(due.Opportunity, today)) };
    }
}

/// <summary>What is due of a team today (measurement.md §2), most urgent first.</summary>
/// <param name="Others">How many more interviews are due, with families that are not open to the reader.</param>
/// <param name="Next">When the next interview falls due, and of how many families.</param>
public sealed record DueNow(
    IReadOnlyList<DueInterview> Interviews, int Others, (DateOnly Date, int Families)? Next, DueSurveys Sam, DueSurveys Cam)
{
    public static DueNow Of(TeamChanged team, RunningRecords records, DateOnly today) => new(
        [
            .. records.Interviews
                .Where(due => IsOpen(due.Opportunity, today))
                .Select(due => DueInterview.Of(due, records, today))
                .OrderBy(due => due.Last).ThenBy(due => due.Due).ThenBy(due => due.Case, StringComparer.Ordinal),
        ],
        records.Others,
        records.Families.Select(family => TamOpportunities.NextDue(family.Started, family.Discharged, today)).OfType<DateOnly>()
            .GroupBy(date => date, (date, families) => ((DateOnly, int)?)(date, families.Count())).Min(),
        DueSurveys.Of(Instrument.Sam, team, records, today),
        DueSurveys.Of(Instrument.Cam, team, records, today));

    /// <summary>Fallen due, not yet over, and nothing has come of it.</summary>
    public static bool IsOpen(Opportunity opportunity, DateOnly today) => opportunity.Outcome == OpportunityOutcome.Open && IsRunning(opportunity, today);

    /// <summary>Fallen due and not yet over.</summary>
    public static bool IsRunning(Opportunity opportunity, DateOnly today) => opportunity.Due <= today && today <= opportunity.Last;
}

/// <summary>A family whose interview is due.</summary>
/// <param name="Last">The last day on which an interview completes it.</param>
/// <param name="DaysLeft">Until then; 0 on the last day.</param>
/// <param name="SoFar">What has come of it, oldest first.</param>
public sealed record DueInterview(string Case, DateOnly Due, DateOnly Last, int DaysLeft, IReadOnlyList<SoFar> SoFar)
{
    /// <summary>So many days before the last one, what is due ends soon.</summary>
    public const int Soon = 7;

    public bool EndsSoon => DaysLeft <= Soon;

    public static DueInterview Of(TamOpportunityFact due, RunningRecords records, DateOnly today)
    {
        var last = due.Opportunity.Last;
        return new(
            due.CaseId, due.Opportunity.Due, last, last.DayNumber - today.DayNumber,
            Teams.SoFar.Of(
                due.Opportunity, records.Attempts.Where(attempt => attempt.CaseId == due.CaseId), records.Held.Where(held => held.CaseId == due.CaseId), today));
    }
}

/// <summary>An attempt, or an interview that does not count.</summary>
/// <param name="Text">The key of the words for it.</param>
public sealed record SoFar(DateOnly Date, string Text)
{
    /// <summary>What came of an interview that fell due, oldest first, of all that is known of its family.</summary>
    public static IReadOnlyList<SoFar> Of(
        Opportunity due, IEnumerable<RecordTamAttempt> attempts, IEnumerable<TamInterviewFact> held, DateOnly today)
    {
        return
        [
            .. attempts.Where(attempt => IsWithin(attempt.Date)).Select(attempt => new SoFar(attempt.Date, "attempt." + Codes.Of(attempt.Outcome)))
                .Concat(held.Where(held => IsWithin(held.Interview.Date))
                    .SelectMany(held => UncountedInterview.Reasons(held.Interview).Select(reason => new SoFar(held.Interview.Date, "held." + reason))))
                .OrderBy(happened => happened.Date),
        ];

        bool IsWithin(DateOnly date) => due.First <= date && date <= due.Last && date <= today;
    }
}

/// <summary>
/// How far the surveys that run today have come: counts and nothing else (measurement.md §6). The last days are those of all
/// that run, answered or not, so that a date never tells who has yet to answer.
/// </summary>
/// <param name="Due">How many have fallen due and are not over.</param>
/// <param name="LastDays">The first and the last of their last days; null when none runs.</param>
/// <param name="Next">When the next falls due; null when nobody will be asked.</param>
public sealed record DueSurveys(Instrument Instrument, int Due, int Answered, (DateOnly First, DateOnly Last)? LastDays, DateOnly? Next)
{
    public int Open => Due - Answered;

    /// <summary>Those whose time runs, answered or not.</summary>
    public static IReadOnlyList<Opportunity> Running(Instrument instrument, RunningRecords records, DateOnly today) =>
    [
        .. records.Surveys.Where(due => due.Pair.Instrument == instrument).Select(due => due.Opportunity)
            .Where(due => due.Outcome is OpportunityOutcome.Open or OpportunityOutcome.Completed && DueNow.IsRunning(due, today)),
    ];

    public static DueSurveys Of(Instrument instrument, TeamChanged team, RunningRecords records, DateOnly today)
    {
        var running = Running(instrument, records, today);
        return new(
            instrument, running.Count, running.Count(due => due.Outcome == OpportunityOutcome.Completed),
            running.Count == 0 ? null : (running.Min(due => due.Last), running.Max(due => due.Last)),
            SurveyOpportunities.NextDue(SurveyOpportunities.Pairs(instrument, team.Posts), today));
    }
}
