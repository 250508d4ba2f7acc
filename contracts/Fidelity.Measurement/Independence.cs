namespace Fidelity.Measurement;

/// <summary>From this date on, the case is another therapist's.</summary>
public sealed record Reassignment(string Therapist, DateOnly From);

/// <summary>
/// Who may interview (measurement.md §2): not the case's therapist at that date, nor anyone who on that date has a therapist
/// post on the same team. An interview that breaks this is kept, flagged, and left out of every measure.
/// </summary>
public static class Independence
{
    /// <summary>True when the interview is independent.</summary>
    /// <param name="interviewer">Null for on-line self-report by the caregiver, which has no interviewer and is independent.</param>
    /// <param name="date">The day of the interview.</param>
    /// <param name="firstTherapist">The therapist the case started with.</param>
    /// <param name="reassignments">Of the case.</param>
    /// <param name="teamPosts">Of the case's team.</param>
    public static bool Holds(
        string? interviewer, DateOnly date, string firstTherapist, IEnumerable<Reassignment> reassignments, IEnumerable<Post> teamPosts) =>
        interviewer is null
        || (interviewer != TherapistAt(date, firstTherapist, reassignments)
            && !teamPosts.Any(post => post.Role == StaffRole.Therapist && post.Staff == interviewer && post.Covers(date)));

    /// <summary>The case's therapist on a date.</summary>
    public static string TherapistAt(DateOnly date, string firstTherapist, IEnumerable<Reassignment> reassignments) =>
        reassignments.Where(reassignment => reassignment.From <= date)
            .OrderBy(reassignment => reassignment.From).ThenBy(reassignment => reassignment.Therapist, StringComparer.Ordinal)
            .LastOrDefault()?.Therapist ?? firstTherapist;
}
