using System.Text.Json.Serialization;

namespace Fidelity.Measurement;

/// <summary>The monthly series of a team that have a control chart; their codes are the keys of the measures.</summary>
[JsonConverter(typeof(CodeJsonConverter<TrendSeries>))]
public enum TrendSeries
{
    /// <summary>The mean over cases, on an XmR chart.</summary>
    Adherence,

    /// <summary>The share of cases at or above the threshold, on a p-chart.</summary>
    AdherenceAbove,

    /// <summary>The share of opportunities that were completed, on a p-chart.</summary>
    TamCompleted,
}

/// <summary>One month of a mean. The month is its first day; a month without any case has no value: a gap, never a zero.</summary>
public sealed record MonthlyMean(DateOnly Month, Fraction? Value, int Cases)
{
    /// <summary>The 95 % interval over the month's cases; null with fewer than two, and where it was not computed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Interval? Interval { get; init; }
}

/// <summary>One month of a share. The month is its first day.</summary>
public sealed record MonthlyShare(DateOnly Month, int Numerator, int Denominator);

/// <summary>Measures by calendar month (measurement.md §5).</summary>
public static class Trend
{
    /// <summary>
    /// The <c>adherence</c> measure by month of interview, from the first month with a valid TAM to the month of
    /// <paramref name="today"/>; for a closed team pass its last day. Where the months before one are no longer computed, it begins with
    /// that one, <paramref name="from"/>, with or without a valid TAM.
    /// </summary>
    public static IReadOnlyList<MonthlyMean> Adherence(
        ProgrammeProfile profile, IEnumerable<InterviewScore> interviews, DateOnly today, DateOnly? from = null) =>
    [
        .. CaseMeansByMonth(profile, interviews, today, from).Select(month =>
            new MonthlyMean(month.Month, month.CaseMeans.Count == 0 ? null : Fraction.Mean(month.CaseMeans), month.CaseMeans.Count)
            {
                Interval = Intervals.Student(month.CaseMeans),
            }),
    ];

    /// <summary>
    /// The <c>adherence_above</c> measure over the same months, with monthly case means; empty when the profile's instrument has
    /// no threshold.
    /// </summary>
    public static IReadOnlyList<MonthlyShare> AdherenceAbove(
        ProgrammeProfile profile, IEnumerable<InterviewScore> interviews, DateOnly today, DateOnly? from = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return profile.Tam.Threshold is not { } threshold
            ? []
            :
            [
                .. CaseMeansByMonth(profile, interviews, today, from).Select(month =>
                    new MonthlyShare(month.Month, month.CaseMeans.Count(mean => mean >= threshold), month.CaseMeans.Count)),
            ];
    }

    /// <summary>The <c>tam_completed</c> measure by month of due date, for the months in which anything was due.</summary>
    public static IReadOnlyList<MonthlyShare> TamCompleted(IEnumerable<CaseOpportunity> opportunities, DateOnly today) =>
    [
        .. opportunities.Select(due => due.Opportunity)
            .Where(due => due.Outcome != OpportunityOutcome.Void && due.Due <= today)
            .GroupBy(due => MonthOf(due.Due))
            .OrderBy(month => month.Key)
            .Select(month => new MonthlyShare(month.Key, month.Count(due => due.Outcome == OpportunityOutcome.Completed), month.Count())),
    ];

    static IEnumerable<(DateOnly Month, IReadOnlyList<Fraction> CaseMeans)> CaseMeansByMonth(
        ProgrammeProfile profile, IEnumerable<InterviewScore> interviews, DateOnly today, DateOnly? from)
    {
        var byMonth = ValidTam.Of(profile, interviews, today).ToLookup(interview => MonthOf(interview.Date));
        for (var month = from ?? byMonth.Min(group => (DateOnly?)group.Key); month <= today; month = month.Value.AddMonths(1))
            yield return (month.Value, ValidTam.CaseMeans(byMonth[month.Value]));
    }

    static DateOnly MonthOf(DateOnly date) => new(date.Year, date.Month, 1);
}

/// <summary>The scores that adherence is made of, and its first stage (measurement.md §4); measures and trends share them.</summary>
static class ValidTam
{
    /// <summary>Sufficient, independent, not withdrawn, of the profile's own instrument, and not dated in the future.</summary>
    public static IEnumerable<InterviewScore> Of(ProgrammeProfile profile, IEnumerable<InterviewScore> interviews, DateOnly today) =>
        interviews.Where(interview =>
            interview.Counts && interview.Value is not null && interview.Definition == profile.Tam.Id && interview.Date <= today);

    /// <summary>The mean of each case's scores.</summary>
    public static IReadOnlyList<Fraction> CaseMeans(IEnumerable<InterviewScore> valid) =>
    [
        .. valid.GroupBy(interview => interview.Case, interview => interview.Value!.Value, StringComparer.Ordinal).Select(Fraction.Mean),
    ];
}
