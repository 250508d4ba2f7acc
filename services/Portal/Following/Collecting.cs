using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Answering;
using Fidelity.Portal.Teams;

namespace Fidelity.Portal.Following;

/// <summary>What the portal knows of the families that a team had to reach in a period, since each case started.</summary>
/// <param name="Families">The cases that are open, or had an interview fall due in the period.</param>
/// <param name="Interviews">Every interview that fell due with them; without those that did not fall due after all.</param>
/// <param name="Attempts">Every attempt to reach them.</param>
/// <param name="Held">Every interview with them.</param>
public sealed record PeriodRecords(
    IReadOnlyList<CaseChanged> Families, IReadOnlyList<TamOpportunityFact> Interviews, IReadOnlyList<RecordTamAttempt> Attempts,
    IReadOnlyList<TamInterviewFact> Held);

/// <summary>How far a team has come with what it collects (measurement.md §2), as its supervisor follows it.</summary>
/// <param name="ThisWeek">Open interviews whose last day is within a week, the first to end on top.</param>
/// <param name="Surveys">How many SAM and how many CAM have their last day within a week, answered or not (measurement.md §6).</param>
/// <param name="NotReached">Interviews of the period that nobody gave, and those that have been tried for and are still open, by what became of them.</param>
/// <param name="WithoutTam">Families that had an interview due and have given none that counts.</param>
public sealed record Collecting(
    IReadOnlyList<ExpiringInterview> ThisWeek, IReadOnlyList<(Instrument Instrument, int Ending)> Surveys,
    IReadOnlyList<(OpportunityOutcome Outcome, IReadOnlyList<NotReached> Families)> NotReached, IReadOnlyList<WithoutTam> WithoutTam)
{
    const int Week = 7;

    /// <summary>The last day of the week that begins today.</summary>
    public static DateOnly WeekEnds(DateOnly today) => today.AddDays(Week - 1);

    /// <param name="drafts">The forms of interviews that somebody has begun.</param>
    /// <param name="from">The period's first day.</param>
    /// <param name="to">Its last.</param>
    public static Collecting Of(
        TeamChanged team, RunningRecords running, PeriodRecords period, IReadOnlyList<Draft> drafts, DateOnly from, DateOnly to, DateOnly today) => new(
        [
            .. from due in DueNow.Of(team, running, today).Interviews
               where due.Last <= WeekEnds(today)
               let family = running.Families.FirstOrDefault(family => family.CaseId == due.Case)
               select new ExpiringInterview(
                   due, family is null ? null : Independence.TherapistAt(today, family.TherapistId, family.Reassignments),
                   drafts.FirstOrDefault(draft => draft.Programme == team.Programme && draft.Subject == due.Case && draft.Due == due.Due)),
        ],
        [
            .. new[] { Instrument.Sam, Instrument.Cam }
                .Select(instrument => (instrument, DueSurveys.Running(instrument, running, today).Count(due => due.Last <= WeekEnds(today)))),
        ],
        NotReachedIn(period, from, to, today),
        Following.WithoutTam.Of(period, today));

    static IReadOnlyList<(OpportunityOutcome, IReadOnlyList<NotReached>)> NotReachedIn(PeriodRecords period, DateOnly from, DateOnly to, DateOnly today)
    {
        var (attempts, held) = (period.Attempts.ToLookup(attempt => attempt.CaseId, StringComparer.Ordinal), period.Held.ToLookup(held => held.CaseId, StringComparer.Ordinal));
        var missed = period.Interviews.Where(due => from <= due.Opportunity.Due && due.Opportunity.Due <= to && due.Opportunity.Due <= today)
            .Select(due => Following.NotReached.Of(due, attempts[due.CaseId], held[due.CaseId], today))
            .OrderBy(missed => missed.Due).ThenBy(missed => missed.Case, StringComparer.Ordinal)
            .ToLookup(missed => missed.Outcome);
        return
        [
            .. Endings.Order.Where(outcome => outcome != OpportunityOutcome.Completed)
                // What is open and untried is due, and nobody can say that it was not reached.
                .Select(outcome => (outcome, (IReadOnlyList<NotReached>)[.. missed[outcome].Where(one => outcome != OpportunityOutcome.Open || one.SoFar is not [])]))
                .Where(group => group.Item2 is not []),
        ];
    }
}

/// <summary>An open interview that ends soon.</summary>
/// <param name="Therapist">The case's therapist today; null when the case is not known.</param>
/// <param name="Begun">Its form, when somebody has begun one.</param>
public sealed record ExpiringInterview(DueInterview Due, string? Therapist, Draft? Begun);

/// <summary>An interview that was not given, and why.</summary>
/// <param name="SoFar">What was tried within its time, oldest first.</param>
/// <param name="OptedOut">When the family opted out before its time began; null otherwise.</param>
public sealed record NotReached(string Case, DateOnly Due, DateOnly Last, OpportunityOutcome Outcome, IReadOnlyList<SoFar> SoFar, DateOnly? OptedOut)
{
    /// <param name="attempts">To reach the family.</param>
    /// <param name="held">Interviews with it.</param>
    public static NotReached Of(TamOpportunityFact due, IEnumerable<RecordTamAttempt> attempts, IEnumerable<TamInterviewFact> held, DateOnly today)
    {
        var opportunity = due.Opportunity;
        RecordTamAttempt[] tries = [.. attempts];
        var optOuts = tries.Where(attempt => attempt.Outcome == AttemptOutcome.OptedOut && attempt.Date <= today).ToList();
        return new(
            due.CaseId, opportunity.Due, opportunity.Last, opportunity.Outcome, Teams.SoFar.Of(opportunity, tries, held, today),
            opportunity.Outcome != OpportunityOutcome.OptedOut || optOuts.Exists(attempt => opportunity.First <= attempt.Date && attempt.Date <= opportunity.Last)
                ? null
                : optOuts.Where(attempt => attempt.Date < opportunity.First).Max(attempt => (DateOnly?)attempt.Date));
    }
}

/// <summary>A family that has given no interview that counts, though one was due.</summary>
/// <param name="Therapist">The case's therapist today, or at its discharge.</param>
/// <param name="Passed">How many interviews are over, of how many that fell due.</param>
/// <param name="Open">The last day of the one that can still be held; null when none can.</param>
public sealed record WithoutTam(string Case, string Therapist, DateOnly Started, DateOnly? Discharged, int Passed, int Due, DateOnly? Open)
{
    /// <summary>Those with most interviews passed on top.</summary>
    public static IReadOnlyList<WithoutTam> Of(PeriodRecords period, DateOnly today)
    {
        var interviews = period.Interviews.ToLookup(due => due.CaseId, due => due.Opportunity, StringComparer.Ordinal);
        var given = period.Held.Where(held => held.Interview.Counts && held.Interview.Date <= today).Select(held => held.CaseId).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. from family in period.Families.OrderBy(family => family.CaseId, StringComparer.Ordinal)
               where interviews.Contains(family.CaseId) && !given.Contains(family.CaseId)
               let open = interviews[family.CaseId].Where(due => DueNow.IsOpen(due, today)).ToList()
               let due = interviews[family.CaseId].Count()
               select new WithoutTam(
                   family.CaseId,
                   Independence.TherapistAt(family.Discharged < today ? family.Discharged.Value : today, family.TherapistId, family.Reassignments),
                   family.Started, family.Discharged, due - open.Count, due, open.Count == 0 ? null : open.Max(one => one.Last)) into without
               orderby without.Passed descending, without.Started
               select without,
        ];
    }
}
