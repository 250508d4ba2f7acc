using Fidelity.Contracts.Pir;
using Fidelity.Measurement;

namespace Fidelity.Portal.Exporting;

/// <summary>What of a review and its months may be published. Of one that is not presented nothing: its figures would tell by how they change.</summary>
static class Published
{
    /// <param name="trend">The team's trend as of the review; without it, none of its months is open.</param>
    public static Disclosure Of(ReviewComputed review, TrendComputed? trend = null) => review.State == ReviewState.Presented
        ? Suppression.Of(new(review.Measures, trend is null ? new Dictionary<TrendSeries, IReadOnlyList<MonthCount>>() : Counts(review, trend)))
        : Disclosure.None;

    static Dictionary<TrendSeries, IReadOnlyList<MonthCount>> Counts(ReviewComputed review, TrendComputed trend)
    {
        return new()
        {
            [TrendSeries.Adherence] = [.. trend.Adherence.Where(month => Within(month.Month)).Select(month => new MonthCount(month.Cases, null))],
            [TrendSeries.AdherenceAbove] = Shares(trend.AdherenceAbove),
            [TrendSeries.TamCompleted] = Shares(trend.TamCompleted),
        };

        bool Within(DateOnly month) => review.From <= month && month <= review.To;

        IReadOnlyList<MonthCount> Shares(IEnumerable<MonthlyShare> months) =>
            [.. months.Where(month => Within(month.Month)).Select(month => new MonthCount(month.Denominator, month.Numerator))];
    }
}
