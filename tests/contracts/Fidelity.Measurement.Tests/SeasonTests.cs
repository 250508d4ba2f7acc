using System.Globalization;
using System.Text.Json;

namespace Fidelity.Measurement.Tests;

/// <summary>
/// Everything an independent calculator worked out from the same season (tests/season/expected.json) must come out the same:
/// counts, dates, outcomes and verdicts exactly, doubles to 1e-9 relative.
/// </summary>
public sealed class SeasonTests(SeasonTests.Oracle oracle) : IClassFixture<SeasonTests.Oracle>
{
    public sealed class Oracle
    {
        public Oracle()
        {
            var folder = Path.Combine(AppContext.BaseDirectory, "season");
            Expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json"))).RootElement;
            Season = new(folder) { AsOf = Date(Expected.GetProperty("as_of")) };
            Facts = Season.Teams.ToDictionary(team => team.Id, Season.FactsOf);
        }

        public JsonElement Expected { get; }

        internal Season Season { get; }

        public IReadOnlyDictionary<string, TeamFacts> Facts { get; }
    }

    readonly Season _season = oracle.Season;

    [Fact]
    public void Every_TAM_has_the_score_independence_and_role()
    {
        var completing = oracle.Facts.Values
            .SelectMany(facts => facts.TamOpportunities).Select(due => due.Opportunity.CompletedBy).ToHashSet();
        var expected = Records("tam");
        _season.Tams.Select(tam => tam.Id).ShouldBe(expected.Keys, ignoreOrder: true);
        foreach (var tam in _season.Tams)
        {
            var (record, score) = (expected[tam.Id], Scoring.Score(tam.Definition, tam.Answers));
            ShouldBeClose(score.Value?.ToDouble(), record.GetProperty("score"), tam.Id);
            score.Answered.ShouldBe(record.GetProperty("answered").GetInt32(), tam.Id);
            _season.IsIndependent(tam).ShouldBe(record.GetProperty("independent").GetBoolean(), tam.Id);
            _season.Withdrawn.Contains(tam.Id).ShouldBe(record.GetProperty("withdrawn").GetBoolean(), tam.Id);
            Role(completing.Contains(tam.Id), _season.Counts(tam)).ShouldBe(record.GetProperty("role").GetString(), tam.Id);
        }
    }

    [Theory]
    [InlineData(Instrument.Sam)]
    [InlineData(Instrument.Cam)]
    public void Every_survey_has_the_subscale_scores_and_role(Instrument instrument)
    {
        var completing = oracle.Facts.Values
            .SelectMany(facts => facts.SamOpportunities.Concat(facts.CamOpportunities)).Select(due => due.CompletedBy).ToHashSet();
        var expected = Records(Codes.Of(instrument));
        var surveys = _season.Surveys.Where(survey => survey.Definition.Instrument == instrument).ToList();
        surveys.Select(survey => survey.Id).ShouldBe(expected.Keys, ignoreOrder: true);
        foreach (var survey in surveys)
        {
            var record = expected[survey.Id];
            var scores = Scoring.Subscales(survey.Definition, survey.Answers);
            var wanted = record.GetProperty("scores").EnumerateObject().ToList();
            scores.Keys.ShouldBe(wanted.Select(score => score.Name), ignoreOrder: true, survey.Id);
            foreach (var score in wanted)
                ShouldBeClose(scores[score.Name].Value?.ToDouble(), score.Value, $"{survey.Id} {score.Name}");
            var withdrawn = _season.Withdrawn.Contains(survey.Id);
            withdrawn.ShouldBe(record.GetProperty("withdrawn").GetBoolean(), survey.Id);
            Role(completing.Contains(survey.Id), !withdrawn).ShouldBe(record.GetProperty("role").GetString(), survey.Id);
        }
    }

    [Fact]
    public void Every_TAM_opportunity_has_the_outcome()
    {
        var expected = oracle.Expected.GetProperty("opportunities").GetProperty("tam")
            .EnumerateObject().ToDictionary(c => c.Name, c => c.Value);
        _season.Cases.Keys.ShouldBe(expected.Keys, ignoreOrder: true);
        foreach (var (id, its) in _season.Cases)
            _season.TamOpportunitiesOf(its).ShouldBe(Opportunities(expected[id]), id);
    }

    [Theory]
    [InlineData(Instrument.Sam)]
    [InlineData(Instrument.Cam)]
    public void Every_survey_opportunity_has_the_outcome(Instrument instrument)
    {
        var actual = (
            from team in _season.Teams
            from pair in _season.SurveyOpportunitiesOf(team.Id, instrument)
            select (team, pair)).ToDictionary(its => (its.team.Id, its.pair.Rater, its.pair.Rated), its => its.pair);
        var expected = oracle.Expected.GetProperty("opportunities").GetProperty(Codes.Of(instrument)).EnumerateArray().ToList();
        actual.Count.ShouldBe(expected.Count);
        foreach (var wanted in expected)
        {
            var pair = actual[(Text(wanted, "team"), Text(wanted, "rater"), Text(wanted, "rated"))];
            pair.Began.ShouldBe(Date(wanted.GetProperty("begin")));
            pair.Opportunities.ShouldBe(Opportunities(wanted.GetProperty("opportunities")), wanted.GetRawText()[..80]);
        }
    }

    [Fact]
    public void Every_measure_has_the_value_counts_interval_and_verdict()
    {
        var expected = oracle.Expected.GetProperty("measures").EnumerateArray().ToList();
        var actual = (
            from team in _season.Teams
            from period in Period.All(team.PirStartMonth, team.Opened, team.Closed, _season.AsOf)
            from result in Measures.Compute(team.Profile, period, oracle.Facts[team.Id], _season.AsOf)
            select (team, period, result)).ToDictionary(its => (its.team.Id, its.period.Name, its.result.Measure), its => its.result);
        var periods = oracle.Expected.GetProperty("periods").EnumerateArray().Select(period => period.GetString()).ToList();
        actual.Keys.Count(key => periods.Contains(key.Name)).ShouldBe(expected.Count);
        foreach (var wanted in expected)
        {
            var key = (Text(wanted, "team"), Text(wanted, "period"), Text(wanted, "measure"));
            var result = actual[key];
            var about = key.ToString();
            Codes.Of(result.Kind).ShouldBe(Text(wanted, "kind"), about);
            ShouldBeClose(result.Value, wanted.GetProperty("value"), about);
            result.Numerator.ShouldBe(
                wanted.GetProperty("numerator") is { ValueKind: JsonValueKind.Number } numerator ? numerator.GetInt32() : null, about);
            result.Denominator.ShouldBe(wanted.GetProperty("denominator").GetInt32(), about);
            ShouldBeClose(result.Low, wanted.GetProperty("low"), about);
            ShouldBeClose(result.High, wanted.GetProperty("high"), about);
            result.Target.ShouldBe(wanted.GetProperty("target").GetString(), about);
            Codes.Of(result.Status).ShouldBe(Text(wanted, "status"), about);
        }
    }

    [Fact]
    public void Every_team_has_the_periods_trend_and_charts()
    {
        foreach (var wanted in oracle.Expected.GetProperty("teams").EnumerateArray())
        {
            var team = _season.Teams.Single(team => team.Id == Text(wanted, "team"));
            var facts = oracle.Facts[team.Id];
            team.Profile.Id.ShouldBe(Text(wanted, "profile"));
            foreach (var period in wanted.GetProperty("periods").EnumerateArray())
                PeriodShouldBe(period, team, facts, _season.AsOf);

            var trend = Trend.Adherence(team.Profile, facts.Interviews, _season.AsOf);
            foreach (var (month, expected) in trend.Zip(Listed(wanted.GetProperty("trend"), trend.Count)))
            {
                Month(month.Month).ShouldBe(Text(expected, "month"), team.Id);
                ShouldBeClose(month.Value?.ToDouble(), expected.GetProperty("value"), $"{team.Id} {month.Month}");
                month.Cases.ShouldBe(expected.GetProperty("n").GetInt32());
            }
            XmRShouldBe(wanted.GetProperty("xmr"), ControlChart.XmR(trend, team.Profile.TargetOf("adherence")).ShouldNotBeNull(), team.Id);
            var above = Trend.AdherenceAbove(team.Profile, facts.Interviews, _season.AsOf);
            PChartShouldBe(wanted.GetProperty("p_chart_adherence_above"), above, team.Id);
            var completed = Trend.TamCompleted(facts.TamOpportunities, _season.AsOf);
            PChartShouldBe(wanted.GetProperty("p_chart_tam_completed"), completed, team.Id);
        }
    }

    static void PeriodShouldBe(JsonElement wanted, Season.Team team, TeamFacts facts, DateOnly asOf)
    {
        var period = Period.Parse(Text(wanted, "period"), team.PirStartMonth);
        (period.From, period.To).ShouldBe((Date(wanted.GetProperty("from")), Date(wanted.GetProperty("to"))));
        facts.Cases.Count(c => c.Discharged is { } discharged && period.Contains(discharged))
            .ShouldBe(wanted.GetProperty("closed").GetInt32());
        Measures.Compute(team.Profile, period, facts, asOf).Single(result => result.Measure == "completed")
            .Denominator.ShouldBe(wanted.GetProperty("full_course").GetInt32());
    }

    static void XmRShouldBe(JsonElement wanted, XmRChart chart, string team)
    {
        chart.Points.ShouldBe(wanted.GetProperty("points").GetInt32(), team);
        ShouldBeClose(chart.Mean.ToDouble(), wanted.GetProperty("mean"), team);
        ShouldBeClose(chart.MeanMovingRange.ToDouble(), wanted.GetProperty("mean_moving_range"), team);
        ShouldBeClose(chart.Lower.ToDouble(), wanted.GetProperty("lower"), team);
        ShouldBeClose(chart.Upper.ToDouble(), wanted.GetProperty("upper"), team);
        chart.IsTrial.ShouldBe(wanted.GetProperty("trial").GetBoolean(), team);
        chart.Signals.Select(signal => (signal.Rule, string.Join(' ', signal.Months.Select(Month)))).ShouldBe(
            wanted.GetProperty("signals").EnumerateObject().Select(signal => (
                signal.Name + "@1", string.Join(' ', signal.Value.EnumerateArray().Select(month => month.GetString())))),
            ignoreOrder: true, team);
        (chart.Assurance is { } assurance ? Codes.Of(assurance).Replace('_', ' ') : null)
            .ShouldBe(wanted.GetProperty("assurance").GetString(), team);
    }

    static void PChartShouldBe(JsonElement wanted, IReadOnlyList<MonthlyShare> months, string team)
    {
        if (ControlChart.PChart(months) is not { } chart)
        {
            wanted.ValueKind.ShouldBe(JsonValueKind.Null, team);
            return;
        }
        ShouldBeClose(chart.PBar.ToDouble(), wanted.GetProperty("p_bar"), team);
        foreach (var (month, expected) in chart.Months.Zip(Listed(wanted.GetProperty("months"), chart.Months.Count)))
        {
            var about = $"{team} {month.Month}";
            Month(month.Month).ShouldBe(Text(expected, "month"), about);
            month.Numerator.ShouldBe(expected.GetProperty("numerator").GetInt32(), about);
            month.Denominator.ShouldBe(expected.GetProperty("denominator").GetInt32(), about);
            ShouldBeClose(month.Value, expected.GetProperty("value"), about);
            ShouldBeClose(month.Low, expected.GetProperty("low"), about);
            ShouldBeClose(month.High, expected.GetProperty("high"), about);
        }
    }

    Dictionary<string, JsonElement> Records(string instrument) => oracle.Expected.GetProperty("records").GetProperty(instrument)
        .EnumerateObject().ToDictionary(record => record.Name, record => record.Value);

    static IEnumerable<Opportunity> Opportunities(JsonElement array) => array.EnumerateArray().Select(due => new Opportunity(
        Date(due.GetProperty("due")), Date(due.GetProperty("first")), Date(due.GetProperty("last")),
        Codes.TryParse<OpportunityOutcome>(Text(due, "outcome"), out var outcome) ? outcome : throw new FormatException(due.GetRawText()),
        due.GetProperty("by").GetString()));

    static string? Role(bool completes, bool counts) => completes ? "completes" : counts ? "extra" : null;

    static JsonElement.ArrayEnumerator Listed(JsonElement array, int count)
    {
        array.GetArrayLength().ShouldBe(count);
        return array.EnumerateArray();
    }

    static void ShouldBeClose(double? actual, JsonElement expected, string about)
    {
        double? wanted = expected.ValueKind == JsonValueKind.Null ? null : expected.GetDouble();
        var isClose = actual is { } a && wanted is { } w && Math.Abs(a - w) <= 1e-9 * Math.Abs(w);
        (isClose || actual == wanted).ShouldBeTrue($"{about}: {actual}, expected {wanted}");
    }

    static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    static string Month(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    static DateOnly Date(JsonElement element) => DateOnly.ParseExact(element.GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
