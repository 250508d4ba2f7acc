using System.Runtime.CompilerServices;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Reviews;
using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Exporting;

/// <summary>One month of one series of a team, with the chart that it is on.</summary>
/// <param name="MayTell">Whether the month may be told.</param>
/// <param name="MayTellLimits">Whether the limits may be, which every month of the phase has a part in.</param>
sealed record TrendRow(TeamChanged Team, TrendComputed Trend, TrendSeries Series, DateOnly Month, MonthFigures? Figures, bool MayTell, bool MayTellLimits)
{
    public MeasureDefinition? Definition => Profiles.Find(Trend.Profile)?.Measures.FirstOrDefault(known => known.Key == Codes.Of(Series));

    public Blank? ValueBlank => !MayTell ? Blank.Suppressed : Figures?.Value is not null ? null : Series == TrendSeries.TamCompleted ? Blank.NotDue : Blank.Missing;

    public Blank? NumeratorBlank => Series == TrendSeries.Adherence ? Blank.NotApplicable : MayTell ? null : Blank.Suppressed;

    public Blank? IntervalBlank => ValueBlank ?? (Figures!.Interval is null ? Blank.Insufficient : null);

    public Blank? LimitsBlank => !MayTellLimits ? Blank.Suppressed : Figures?.Chart is not null ? null : Figures?.Value is null ? ValueBlank : Blank.Insufficient;

    /// <summary>What a month counts, where it may be told: a month without any has counted none.</summary>
    public int? Count => MayTell ? Figures?.Count ?? 0 : null;

    public int? Numerator => Series == TrendSeries.Adherence || !MayTell ? null : Figures?.Numerator ?? 0;

    public MonthFigures? Told => MayTell ? Figures : null;

    public MonthChart? Chart => MayTellLimits ? Figures?.Chart : null;
}

/// <summary>The figures of a month in which something was counted.</summary>
sealed record MonthFigures(int Count, int? Numerator, double? Value, Interval? Interval, MonthChart? Chart);

/// <summary>What the chart says about a month.</summary>
/// <param name="From">The first month of the phase.</param>
sealed record MonthChart(DateOnly From, double Mean, double Low, double High, bool? IsTrial, string Signals, Assurance? Assurance);

/// <summary>The monthly figures of teams with limits and signals (measurement.md §5).</summary>
sealed class TrendsTable() : ExportTable<TrendRow>("trends", Purpose.FollowTeam, Codes.All<TrendSeries>(),
["programme", "team", "month", "measure"],
[
    new("programme", ColumnType.Text, null, row => row.Trend.Programme) { Required = true },
    new("team", ColumnType.Text, null, row => row.Trend.TeamId) { Required = true },
    new("team_name", ColumnType.Text, null, row => row.Team.Name) { Required = true },
    new("profile", ColumnType.Text, "measurement.md §4", row => row.Trend.Profile) { Required = true, Codes = [.. Profiles.All.Select(profile => profile.Id)] },
    new("period", ColumnType.Text, "measurement.md §3", row => Period.Containing(row.Month, row.Team.PirStartMonth).Name) { Required = true },
    new("month", ColumnType.Date, "measurement.md §5", row => (DateOnly?)row.Month) { Required = true },
    new("measure", ColumnType.Text, "measurement.md §5", row => Cell.Code<TrendSeries>(row.Series)) { Required = true, Codes = Codes.All<TrendSeries>(), CodeWords = "measure" },
    new("value", ColumnType.Number, "measurement.md §5", row => row.Told?.Value) { Unit = "share", Lowest = 0, Highest = 1 },
    new("value_blank", ColumnType.Text, "measurement.md §6", row => Cell.Code(row.ValueBlank)) { Codes = Codes.All<Blank>(), CodeWords = "blank" },
    new("numerator", ColumnType.Integer, "measurement.md §5", row => row.Numerator) { Unit = "count", Lowest = 0 },
    new("numerator_blank", ColumnType.Text, "measurement.md §6", row => Cell.Code(row.NumeratorBlank)) { Codes = Codes.All<Blank>(), CodeWords = "blank" },
    new("denominator", ColumnType.Integer, "measurement.md §5", row => row.Count) { Unit = "count", Lowest = 0 },
    new("low", ColumnType.Number, "measurement.md §5", row => row.Told?.Interval?.Low) { Unit = "share", Status = SourceStatus.Verified },
    new("high", ColumnType.Number, "measurement.md §5", row => row.Told?.Interval?.High) { Unit = "share", Status = SourceStatus.Verified },
    new("interval_blank", ColumnType.Text, "measurement.md §6", row => Cell.Code(row.IntervalBlank)) { Codes = Codes.All<Blank>(), CodeWords = "blank" },
    new("phase_from", ColumnType.Date, "measurement.md §5", row => row.Chart?.From),
    new("mean", ColumnType.Number, "measurement.md §5", row => row.Chart?.Mean) { Unit = "share", Status = SourceStatus.Verified },
    new("lower_limit", ColumnType.Number, "measurement.md §5", row => row.Chart?.Low) { Unit = "share", Status = SourceStatus.Verified },
    new("upper_limit", ColumnType.Number, "measurement.md §5", row => row.Chart?.High) { Unit = "share", Status = SourceStatus.Verified },
    new("limits_blank", ColumnType.Text, "measurement.md §6", row => Cell.Code(row.LimitsBlank)) { Codes = Codes.All<Blank>(), CodeWords = "blank" },
    new("trial", ColumnType.Text, "measurement.md §5", row => row.Chart?.IsTrial) { Codes = ["yes", "no"], CodeWords = "export.answer" },
    new("signals", ColumnType.Text, "measurement.md §5", row => row.Chart?.Signals),
    new("assurance", ColumnType.Text, "measurement.md §5", row => Cell.Code(row.Chart?.Assurance)) { Codes = Codes.All<Assurance>(), CodeWords = "assurance" },
    new("target", ColumnType.Text, "measurement.md §4", row => row.Definition?.Target?.ToString()),
    new("definition", ColumnType.Text, "measurement.md §1", row => Cell.Code(row.Definition?.Status)) { Codes = Codes.All<SourceStatus>(), CodeWords = "source" },
    new("as_of", ColumnType.Date, "measurement.md §5", row => (DateOnly?)row.Trend.AsOf) { Required = true },
    new("trend_position", ColumnType.Integer, "measurement.md §7", row => row.Trend.Position) { Required = true },
])
{
    protected override async IAsyncEnumerable<TrendRow> Read(ExportedFacts facts, [EnumeratorCancellation] CancellationToken stopping)
    {
        var isPublished = facts.Request.Profile == ExportProfile.Published;
        await foreach (var (team, held) in facts.ByTeam(isPublished ? ["trend", "review", "sign_off"] : ["trend"], stopping))
        {
            if (held["trend"].Select(FactsTable.Read<TrendComputed>).SingleOrDefault() is not { } trend)
                continue;
            var presented = isPublished ? await Presented(facts, held, stopping) : null;
            foreach (var series in SeriesOf(trend).Where(series => facts.Request.Measure is null || facts.Request.Measure == Codes.Of(series)))
            {
                foreach (var row in Rows(team, trend, series, presented).Where(row => facts.Asks(team, row.Month)))
                    yield return row;
            }
        }
    }

    /// <summary>The presented reviews with the months that they rest on, as they were then: those are published, and stay as they are.</summary>
    static async Task<IReadOnlyList<PresentedMonths>> Presented(ExportedFacts facts, ILookup<string, string> held, CancellationToken stopping)
    {
        var months = new List<PresentedMonths>();
        foreach (var review in TeamReviews.Standing(held["review"].Select(FactsTable.Read<ReviewComputed>), held["sign_off"].Select(FactsTable.Read<ReviewSigned>))
                     .Where(review => review.State == ReviewState.Presented))
        {
            if (await facts.TrendAt(review, stopping) is { } trend)
                months.Add(new(review, trend, Published.Of(review, trend).Months));
        }

        return months;
    }

    /// <summary>Every month from the team's first to that of the computation, whatever was counted: a month that is not there would tell, too.</summary>
    internal static IEnumerable<TrendRow> Rows(TeamChanged team, TrendComputed trend, TrendSeries series, IReadOnlyList<PresentedMonths>? presented)
    {
        var (first, last) = Span(team, trend);
        var months = Enumerable.Range(0, (last.Year - first.Year) * 12 + last.Month - first.Month + 1).Select(first.AddMonths).ToList();
        var shown = presented is null ? trend : Shown(trend, presented, series);
        var open = months.Where(month => presented is null || presented.Any(known => known.Opens(series, month))).ToHashSet();
        var starts = trend.Phases.Where(phase => phase.Series == series).Select(phase => phase.Month).Order().ToList();
        var figures = Figures(shown, series);
        return months.Select(month => new TrendRow(
            team, trend, series, month, figures.GetValueOrDefault(month), open.Contains(month),
            months.Where(other => Phase(other) == Phase(month)).All(open.Contains)));

        int Phase(DateOnly month) => starts.Count(start => start <= month);
    }

    /// <summary>The trend with the months of presented reviews as they were then, and no others.</summary>
    static TrendComputed Shown(TrendComputed trend, IReadOnlyList<PresentedMonths> presented, TrendSeries series) => trend with
    {
        Adherence = [.. presented.SelectMany(known => known.Trend.Adherence.Where(month => known.Opens(series, month.Month))).OrderBy(month => month.Month)],
        AdherenceAbove = [.. presented.SelectMany(known => known.Trend.AdherenceAbove.Where(month => known.Opens(series, month.Month))).OrderBy(month => month.Month)],
        TamCompleted = [.. presented.SelectMany(known => known.Trend.TamCompleted.Where(month => known.Opens(series, month.Month))).OrderBy(month => month.Month)],
    };

    static (DateOnly First, DateOnly Last) Span(TeamChanged team, TrendComputed trend)
    {
        var listed = trend.Adherence.Select(month => month.Month).Concat(trend.TamCompleted.Select(month => month.Month)).ToList();
        var last = team.Closed < trend.AsOf ? team.Closed.Value : trend.AsOf;
        return (listed.Append(MonthOf(team.Opened)).Min(), listed.Append(MonthOf(last)).Max());
    }

    static Dictionary<DateOnly, MonthFigures> Figures(TrendComputed trend, TrendSeries series)
    {
        var starts = trend.Phases.Where(phase => phase.Series == series).Select(phase => phase.Month);
        var target = Profiles.Find(trend.Profile)?.TargetOf(Codes.Of(series));
        return series == TrendSeries.Adherence
            ? ControlChart.XmR(trend.Adherence, starts, target)
                .SelectMany(phase => phase.Months, Of).ToDictionary(month => month.Month, month => month.Figures)
            : ControlChart.PChart(series == TrendSeries.AdherenceAbove ? trend.AdherenceAbove : trend.TamCompleted, starts, target)
                .SelectMany(phase => phase.Months, Of).ToDictionary(month => month.Month, month => month.Figures);
    }

    static (DateOnly Month, MonthFigures Figures) Of(XmRPhase phase, MonthlyMean month) => (month.Month, new(
        month.Cases, null, month.Value?.ToDouble(), month.Interval,
        month.Value is null || phase.Chart is not { } chart ? null : new(
            phase.Months[0].Month, chart.Mean.ToDouble(), chart.Lower.ToDouble(), chart.Upper.ToDouble(), chart.IsTrial,
            string.Join(' ', chart.Signals.Where(signal => signal.Months.Contains(month.Month)).Select(signal => signal.Rule)), chart.Assurance)));

    static (DateOnly Month, MonthFigures Figures) Of(PChartPhase phase, MonthlyShare month)
    {
        var on = phase.Chart?.Months.FirstOrDefault(known => known.Month == month.Month);
        return (month.Month, new(
            month.Denominator, month.Numerator, on?.Value, month.Denominator == 0 ? null : Intervals.Wilson(month.Numerator, month.Denominator),
            on is { Low: { } low, High: { } high } ? new(phase.Months[0].Month, phase.Chart!.PBar.ToDouble(), low, high, null, "", phase.Chart.Assurance) : null));
    }

    static IEnumerable<TrendSeries> SeriesOf(TrendComputed trend) => Enum.GetValues<TrendSeries>().Where(series =>
        Profiles.Find(trend.Profile)?.Measures.Any(measure => measure.Key == Codes.Of(series)) is true);

    static DateOnly MonthOf(DateOnly day) => new(day.Year, day.Month, 1);
}

/// <summary>A presented review, the trend as of it, and the series whose months in its period may be published.</summary>
sealed record PresentedMonths(ReviewComputed Review, TrendComputed Trend, IReadOnlySet<TrendSeries> Series)
{
    public bool Opens(TrendSeries series, DateOnly month) => Series.Contains(series) && Review.From <= month && month <= Review.To;
}
