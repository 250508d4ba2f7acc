namespace Fidelity.Measurement;

/// <summary>The months of a series within a period, as counts: how many cases or opportunities, and of a share how many of them.</summary>
public readonly record struct MonthCount(int Count, int? Numerator);

/// <summary>A presented review and its months, as counts; of a month of the period in which nothing was counted there need be none.</summary>
public sealed record PublishedPeriod(
    IReadOnlyList<MeasureResult> Measures, IReadOnlyDictionary<TrendSeries, IReadOnlyList<MonthCount>> Months);

/// <summary>What of a period may be published.</summary>
public sealed record Disclosure(IReadOnlySet<string> Measures, IReadOnlySet<TrendSeries> Months)
{
    /// <summary>Nothing: of a review that is not presented, whose figures still move.</summary>
    public static Disclosure None { get; } = new(new HashSet<string>(StringComparer.Ordinal), new HashSet<TrendSeries>());
}

/// <summary>
/// What may be published (measurement.md §6): no count of one to four, nor what a subtraction would give one from.
/// </summary>
/// <remarks>
/// <para>
/// Counts that add up form a <em>block</em> with its sum: those with and without what a share counts, the reasons of a full course, the
/// months of a period. A block is published whole or not at all: if any part of it is one to four, no part of it is published, and of its
/// sum only what another block says. So there is never a single unknown in an equation: whoever knows the sum has at least two ways to fill
/// a block that was left out, in which none of its small parts is the same.
/// </para>
/// <para>
/// A count of records tells of the people behind it, so it is published only where those are five or more: opportunities only
/// with their cases, surveys only with their raters.
/// </para>
/// <para>
/// It is decided for a team and period at once and never for what somebody asks for, and of a presented review alone, whose figures
/// never change: filters, files and days on which a file is made cannot be held against each other.
/// </para>
/// </remarks>
public static class Suppression
{
    /// <summary>Name and version of these rules.</summary>
    public const string Policy = "suppression@1";

    /// <summary>The least count that is published, zero aside.</summary>
    public const int Least = 5;

    /// <summary>What of a period may be published.</summary>
    public static Disclosure Of(PublishedPeriod period)
    {
        ArgumentNullException.ThrowIfNull(period);
        var known = period.Measures.Where(measure => measure.Withheld is null).ToDictionary(measure => measure.Measure, StringComparer.Ordinal);
        var open = known.Values.Where(measure => MayTell(measure, known)).Select(measure => measure.Measure).ToHashSet(StringComparer.Ordinal);
        return new(open, period.Months.Where(months => MayTell(months.Key, months.Value, known, open)).Select(months => months.Key).ToHashSet());
    }

    static bool MayTell(MeasureResult measure, Dictionary<string, MeasureResult> known) => Parts(measure).All(IsLarge) && measure.Measure switch
    {
        // Three reasons make up every full course.
        "completed" or "lack_of_engagement" or "placed" => Reasons.All(reason => known.TryGetValue(reason, out var part) && Parts(part).All(IsLarge)),
        // Those of whom it is not known are the rest of the full courses.
        "living_at_home" or "in_school_or_work" or "no_new_arrest" or "no_new_report" or "no_new_substance_report" =>
            known.TryGetValue(Reasons[0], out var courses) && IsLarge(courses.Denominator) && IsLarge(courses.Denominator - measure.Denominator),
        "adherence_above" => known.TryGetValue("adherence", out var cases) && cases.Denominator == measure.Denominator,
        "tam_completed" => known.TryGetValue("any_tam", out var families) && Parts(families).All(IsLarge),
        "sam_completed" or "cam_completed" => known.Values.Any(profile =>
            profile.Kind == MeasureKind.Mean && profile.Measure.StartsWith(measure.Measure[..4], StringComparison.Ordinal) && profile.Denominator >= Least),
        _ => true,
    };

    static bool MayTell(TrendSeries series, IReadOnlyList<MonthCount> months, Dictionary<string, MeasureResult> known, HashSet<string> open)
    {
        if (!open.Contains(Codes.Of(series)) || months.Any(month => !IsLarge(month.Count) || (month.Numerator is { } part && !(IsLarge(part) && IsLarge(month.Count - part)))))
            return false;
        var whole = known[Codes.Of(series)];
        return series == TrendSeries.TamCompleted
            // Months that do not add up are of another day than the review, and the difference would tell of what came in between.
            ? months.Sum(month => month.Count) == whole.Denominator && months.Sum(month => month.Numerator) == whole.Numerator
            // A case of the period is one of at least one month, and of no month that is not of the period.
            : months.All(month => month.Count <= whole.Denominator) && months.Sum(month => month.Count) >= whole.Denominator;
    }

    static readonly string[] Reasons = ["completed", "lack_of_engagement", "placed"];

    static IEnumerable<int> Parts(MeasureResult measure) => measure.Numerator is { } part
        ? [measure.Denominator, part, measure.Denominator - part]
        : [measure.Denominator];

    static bool IsLarge(int count) => count is 0 or >= Least;
}
