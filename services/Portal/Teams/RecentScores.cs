using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;

namespace Fidelity.Portal.Teams;

/// <summary>An interview as the portal has it.</summary>
/// <param name="Family">Its case; null while that is not known here.</param>
/// <param name="Corrected">The day of its latest correction.</param>
/// <param name="IsOpen">Whether it may be shown; what another completes may rest on one that may not.</param>
public sealed record HeldInterview(TamInterviewFact Fact, CaseChanged? Family, DateOnly? Corrected, bool IsOpen = true);

/// <summary>The newest interviews of a team, and how many there are.</summary>
public sealed record RecentScores(IReadOnlyList<RecentScore> Scores, int Known)
{
    /// <summary>How long before its due date an interview may be held: from the start of the case on, before the first.</summary>
    public const int EarliestDays = 14;

    /// <param name="held">The newest interviews, newest first, and all that may be early for a due date to come.</param>
    /// <param name="instrument">The definition whose scores fill the programme's measures.</param>
    public static RecentScores Of(IReadOnlyList<HeldInterview> held, string? instrument, int shown, int known, DateOnly today)
    {
        var byFamily = held.ToLookup(interview => interview.Fact.CaseId, StringComparer.Ordinal);
        return new([.. held.Where(interview => interview.IsOpen).Take(shown).Select(interview => RecentScore.Of(interview, byFamily[interview.Fact.CaseId], instrument, today))], known);
    }
}

/// <summary>What an interview is to the due dates of its case.</summary>
public enum InterviewPlace
{
    /// <summary>It counts nowhere, so it completes nothing.</summary>
    None,

    /// <summary>It completes the interview that fell due.</summary>
    Completes,

    /// <summary>It completes one that has yet to fall due.</summary>
    Early,

    /// <summary>Another completes that due date, or there is none.</summary>
    Extra,
}

/// <summary>A score and what it rests on and counts as (measurement.md §1, §2, §4).</summary>
/// <param name="Definition">What it was scored by; null for one that this version does not know.</param>
/// <param name="Reaches">Whether it is at least the threshold, exactly; null without a score or without a threshold.</param>
/// <param name="Place">What it is to the case's due dates.</param>
/// <param name="Due">The due date that it completes, or will.</param>
/// <param name="Uncounted">Codes of why it counts nowhere.</param>
/// <param name="OtherInstrument">Whether its score fills no measure because the programme measures with another instrument.</param>
/// <param name="Corrected">The day of its latest correction.</param>
public sealed record RecentScore(
    string Case, DateOnly Date, Score Score, InstrumentDefinition? Definition, bool? Reaches, InterviewPlace Place, DateOnly? Due,
    IReadOnlyList<string> Uncounted, bool OtherInstrument, DateOnly? Corrected)
{
    /// <summary>The exact score over what was answered, <c>17/28</c>; in lowest terms where the scoring rule gives no whole points.</summary>
    public string? Points => Score.Value is not { } value ? null
        : (value * Score.Answered) is { Denominator.IsOne: true } points ? FormattableString.Invariant($"{points.Numerator}/{Score.Answered}")
        : value.ToString();

    public static RecentScore Of(HeldInterview held, IEnumerable<HeldInterview> ofFamily, string? instrument, DateOnly today)
    {
        var interview = held.Fact.Interview;
        var definition = Instruments.Find(interview.Score.Definition);
        var (place, due) = PlaceOf(held, ofFamily, today);
        return new(
            held.Fact.CaseId, interview.Date, interview.Score, definition,
            interview.Score.Value is { } value && definition?.Threshold is { } threshold ? value >= threshold : null, place, due,
            UncountedInterview.Reasons(interview), instrument is not null && interview.Score.Definition != instrument, held.Corrected);
    }

    static (InterviewPlace, DateOnly?) PlaceOf(HeldInterview held, IEnumerable<HeldInterview> ofFamily, DateOnly today)
    {
        var interview = held.Fact.Interview;
        if (!interview.Counts)
            return (InterviewPlace.None, null);
        if (interview.Completes is { } due)
            return (InterviewPlace.Completes, due);
        // What will complete the next due date is what would, were it that day already.
        return held.Family is { } family && TamOpportunities.NextDue(family.Started, family.Discharged, today) is { } next
            && TamOpportunities.Of(
                family.Started, family.Discharged,
                ofFamily.Select(other => new DatedRecord(other.Fact.Interview.InterviewId, other.Fact.Interview.Date, other.Fact.Interview.Counts)),
                [], next)
            .Any(opportunity => opportunity.Due == next && opportunity.CompletedBy == interview.InterviewId)
            ? (InterviewPlace.Early, next)
            : (InterviewPlace.Extra, null);
    }
}
