using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.Extracting;

namespace Fidelity.Portal.KeepingCases;

/// <summary>A case, and its interviews that have fallen due.</summary>
/// <param name="Interviews">By due date; without those that did not fall due after all.</param>
public sealed record CaseFile(CaseChanged Case, IReadOnlyList<Opportunity> Interviews)
{
    /// <summary>A family is in treatment until the day before its discharge, which may lie ahead.</summary>
    public bool IsOpen(DateOnly today) => !(Case.Discharged <= today);

    public string TherapistAt(DateOnly day) => Independence.TherapistAt(day, Case.TherapistId, Case.Reassignments);

    /// <summary>Whose the case was from when on, by date. Who was replaced from the first day on never had it.</summary>
    public IReadOnlyList<(string Therapist, DateOnly From)> Therapists =>
    [
        .. Case.Reassignments.Select(later => (later.Therapist, later.From)).Prepend((Therapist: Case.TherapistId, From: Case.Started))
            .GroupBy(holder => holder.From).OrderBy(holders => holders.Key).Select(holders => holders.Last()),
    ];

    public DateOnly? NextDue(DateOnly today) => TamOpportunities.NextDue(Case.Started, Case.Discharged, today);

    /// <summary>The interviews that can be held today and have not been.</summary>
    public IEnumerable<Opportunity> Due(DateOnly today) => Interviews.Where(due => Teams.DueNow.IsOpen(due, today));

    /// <summary>Whether the case shows what was recorded of it, the days of its interviews included.</summary>
    public bool Shows(Command recorded, DateOnly today) => recorded switch
    {
        RegisterCase register => (register.Discharged is null || Case.Discharged == register.Discharged) && IsSettled(today)
            && Detail.Of(register.Outcomes).Where(Outcomes.IsKnown).All(Detail.Of(Case.Outcomes).Contains),
        ReassignCase change => Case.Reassignments.Contains(new(change.TherapistId, change.From)),
        RecordFollowUp followUp => Case.FollowUps.Any(known => known.Months == followUp.Months),
        _ => throw new ArgumentException($"{recorded.GetType().Name} is not recorded on the page of a case.", nameof(recorded)),
    };

    /// <summary>Whether the interviews are those of the days of treatment: a discharge moves the end of the last, or takes some away.</summary>
    bool IsSettled(DateOnly today) => Interviews.Select(due => (due.Due, due.Last))
        .SequenceEqual(TamOpportunities.Of(Case.Started, Case.Discharged, [], [], today).Select(due => (due.Due, due.Last)));
}

/// <summary>The outcomes of a case that its team's programme measures.</summary>
public static class Outcomes
{
    /// <summary>Their columns, in order.</summary>
    public static IReadOnlyList<string> Of(ProgrammeProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return [.. Detail.Of(None).Select(outcome => outcome.Name).Where(name => profile.Measures.Any(measure => measure.Key == name))];
    }

    /// <summary>Those that are not known of a case, and so can still be filled in.</summary>
    public static IReadOnlyList<string> Unknown(ProgrammeProfile profile, CaseOutcomes outcomes)
    {
        var known = Detail.Of(outcomes).Where(IsKnown).Select(outcome => outcome.Name);
        return [.. Of(profile).Except(known, StringComparer.Ordinal)];
    }

    public static bool IsKnown(Detail outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return outcome.Value != Codes.Of(Outcome3.Unknown);
    }

    static CaseOutcomes None { get; } = new(Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown);
}
