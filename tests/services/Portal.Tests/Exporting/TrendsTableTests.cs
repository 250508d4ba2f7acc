using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.Exporting;

namespace Fidelity.Portal.Tests.Exporting;

/// <summary>The rows of the trends.</summary>
public sealed class TrendsTableTests
{
    [Fact]
    public void What_a_chart_says_of_its_target_stands_with_its_months_of_means_and_of_shares_alike()
    {
        static DateOnly Month(int i) => new DateOnly(2025, 1, 1).AddMonths(i);
        // .8 every month, of 225: limits .8 ± .08, target .7; thirteen of them for the share, and means that never move.
        var trend = new TrendComputed(
            1, "demo", "norr", "mst@1", 10, Month(12), [.. Enumerable.Range(0, 13).Select(i => new MonthlyMean(Month(i), 0.7m, 5))], [],
            [.. Enumerable.Range(0, 13).Select(i => new MonthlyShare(Month(i), 180, 225))]);
        var team = new TeamChanged(1, "demo", "norr", "Norr", "mst@1", Month(0), null, 1, []);
        foreach (var series in new[] { TrendSeries.Adherence, TrendSeries.TamCompleted })
        {
            var rows = TrendsTable.Rows(team, trend, series, presented: null).ToList();
            rows.Count.ShouldBe(13);
            rows.ShouldAllBe(row => row.Chart!.Assurance == Assurance.ConsistentlyMeets, series.ToString());
        }
    }
}
