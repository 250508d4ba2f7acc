namespace Fidelity.Measurement;

/// <summary>A rater and the supervisor or consultant rated, for as long as both are in post on one team.</summary>
/// <param name="Rater">Who answers.</param>
/// <param name="Rated">Whom the survey is about.</param>
/// <param name="Began">The later of the two first days.</param>
/// <param name="Ended">The earlier of the two last days; null while both posts are open.</param>
public sealed record Pair(string Rater, string Rated, DateOnly Began, DateOnly? Ended);

/// <summary>When SAM and CAM surveys fall due, and what became of each (measurement.md §2).</summary>
public static class SurveyOpportunities
{
    const int MonthsToFirst = 1;
    const int MonthsBetween = 2;
    const int DaysBeforeDue = 14;

    /// <summary>The posts in which members of a team answer the instrument.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The instrument is not answered by staff.</exception>
    public static IReadOnlyList<StaffRole> RaterRoles(Instrument instrument) => instrument switch
    {
        Instrument.Sam => [StaffRole.Therapist],
        Instrument.Cam => [StaffRole.Therapist, StaffRole.Supervisor],
        _ => throw new ArgumentOutOfRangeException(nameof(instrument), instrument, "Only SAM and CAM are answered by staff."),
    };

    /// <summary>The post of the person whom the instrument is about.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The instrument is not answered by staff.</exception>
    public static StaffRole RatedRole(Instrument instrument) => instrument switch
    {
        Instrument.Sam => StaffRole.Supervisor,
        Instrument.Cam => StaffRole.Consultant,
        _ => throw new ArgumentOutOfRangeException(nameof(instrument), instrument, "Only SAM and CAM are answered by staff."),
    };

    /// <summary>
    /// The pairs that the posts of one team make: for SAM every therapist with every supervisor, for CAM every therapist and
    /// supervisor with every consultant. Every post is its own, so who returns begins a new pair; nobody is paired with
    /// themselves. Ordered by rater, rated and beginning.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The instrument is not answered by staff.</exception>
    public static IReadOnlyList<Pair> Pairs(Instrument instrument, IEnumerable<Post> teamPosts)
    {
        var (raters, rated) = (RaterRoles(instrument), RatedRole(instrument));
        Post[] posts = [.. teamPosts];
        var pairs =
            from rater in posts
            where raters.Contains(rater.Role)
            from other in posts
            where other.Role == rated && other.Staff != rater.Staff
            let pair = new Pair(rater.Staff, other.Staff, Later(rater.From, other.From), Earlier(rater.To, other.To))
            where !(pair.Began > pair.Ended)
            select pair;
        return
        [
            .. pairs.Distinct()
                .OrderBy(pair => pair.Rater, StringComparer.Ordinal)
                .ThenBy(pair => pair.Rated, StringComparer.Ordinal)
                .ThenBy(pair => pair.Began),
        ];
    }

    /// <summary>
    /// Every opportunity that has fallen due by <paramref name="today"/>, in order of due date. Records dated later do not exist
    /// yet. The order in which facts are given does not matter.
    /// </summary>
    /// <param name="pairs">The pairs of one rater with one supervisor or consultant of one team: several when somebody returned.</param>
    /// <param name="surveys">What that rater answered about that person on that team.</param>
    /// <param name="today">The day asked about.</param>
    public static IReadOnlyList<Opportunity> Of(IEnumerable<Pair> pairs, IEnumerable<DatedRecord> surveys, DateOnly today) =>
        DueInterval.Settle(Intervals(pairs, today), surveys, today, ending: _ => null);

    /// <summary>
    /// The first day after <paramref name="today"/> on which <see cref="Of"/> may give another result, or a record begins to
    /// exist, without any new fact. Null when that never happens.
    /// </summary>
    public static DateOnly? NextChange(IEnumerable<Pair> pairs, IEnumerable<DatedRecord> surveys, DateOnly today)
    {
        Pair[] known = [.. pairs];
        DatedRecord[] records = [.. surveys];
        return records.Select(record => (DateOnly?)record.Date).Where(date => date > today)
            .Concat(DueInterval.Changes(Intervals(known, today), Of(known, records, today), today))
            .Min();
    }

    /// <summary>The first due date of any of the pairs after <paramref name="today"/>; null when none of them lasts that long.</summary>
    public static DateOnly? NextDue(IEnumerable<Pair> pairs, DateOnly today) =>
        Intervals(pairs, today).Where(interval => interval.Due > today).Min(interval => (DateOnly?)interval.Due);

    /// <summary>
    /// The due intervals of all pairs in order, up to and including the first one due after today of each pair. Two posts held
    /// at once may give the same due date; nobody is asked twice about the same person on one day.
    /// </summary>
    static IEnumerable<DueInterval> Intervals(IEnumerable<Pair> pairs, DateOnly today) =>
        pairs.SelectMany(pair => Intervals(pair, today)).OrderBy(interval => interval.Due).ThenByDescending(interval => interval.Last)
            .DistinctBy(interval => interval.Due);

    static IEnumerable<DueInterval> Intervals(Pair pair, DateOnly today)
    {
        for (var k = 0; !(Due(k) > pair.Ended); k++)
        {
            yield return new(Due(k), Due(k).AddDays(-DaysBeforeDue), Due(k + 1).AddDays(-DaysBeforeDue - 1));
            if (Due(k) > today)
                yield break;
        }

        // From the first due date each time: a date clamped to the end of February must not stay there.
        DateOnly Due(int k) => pair.Began.AddMonths(MonthsToFirst).AddMonths(MonthsBetween * k);
    }

    static DateOnly Later(DateOnly a, DateOnly b) => a > b ? a : b;

    static DateOnly? Earlier(DateOnly? a, DateOnly? b) => a is null || b < a ? b : a;
}
