using System.Globalization;
using System.Text;
using Fidelity.Contracts.Pir;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Figures;
using Fidelity.Portal.Languages;
using Fidelity.Portal.LoggingAccess;
using Fidelity.Portal.Reviewing;
using Fidelity.Portal.Reviews;
using Fidelity.Portal.Trends;
using Microsoft.Extensions.Localization;

namespace Fidelity.Portal.HandingOver;

/// <summary>A review as a Word document, for those who edit further. It says what the page says, in the language of the page.</summary>
sealed class ReviewDocument(
    TeamReviewsReader teams, ReviewDesk desk, TeamTrendReader trends, CurrentVisitor visitor, IStringLocalizer<Texts> text)
{
    public static void MapHandingOver(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/teams/{Programme}/{TeamId}/pir/{Period}/word", Save).For(Purpose.FollowTeam);
        // Part of the page, whose reading is in the log.
        pages.MapGet("/teams/{Programme}/{TeamId}/pir/{Period}/foot.css", SaveFoot).For(Purpose.FollowTeam).WithMetadata(new Unlogged());
    }

    static async Task<IResult> Save(string programme, string teamId, string period, ReviewDocument document, CancellationToken stopping) =>
        await document.Write(new(programme, teamId, period), stopping) is { } file
            ? Results.File(file, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", $"PIR {teamId} {period}.docx")
            : Results.NotFound();

    /// <summary>What stands at the foot of every page that is printed: only a style sheet can say it, and only one of our own may.</summary>
    static async Task<IResult> SaveFoot(
        string programme, string teamId, string period, TeamReviewsReader teams, CurrentVisitor visitor, IStringLocalizer<Texts> text)
    {
        var reach = await visitor.Reach(Purpose.FollowTeam);
        return await teams.Read(programme, teamId, reach, reach) is { } team && team.Of(period) is { } review
            ? Results.Text($"@page {{ @bottom-left {{ content: \"{Escaped(Foot(text, team, review))}\"; }} }}", "text/css")
            : Results.NotFound();
    }

    /// <summary>A text within a string of a style sheet: whatever could end it is written as its number.</summary>
    static string Escaped(string text) => string.Concat(text.EnumerateRunes().Select(rune =>
        Rune.IsLetterOrDigit(rune) || rune.Value == ' ' ? rune.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\{rune.Value:x6}")));

    const int EarlierPeriods = 2;

    async Task<byte[]?> Write(ReviewName name, CancellationToken stopping)
    {
        var reach = await visitor.Reach(Purpose.FollowTeam);
        if (await teams.Read(name.Programme, name.TeamId, reach, reach) is not { } team || team.Of(name.Period) is not { } review)
            return null;
        var open = await desk.Open(team, review, stopping);
        var showsText = open.IsPresented || (await visitor.Reach(Purpose.WriteReview)).Covers(name.Programme, name.TeamId, null);
        var earlier = team.Before(review).Take(EarlierPeriods).ToList();

        using var word = new WordDocument(text["review.title", team.Team.Name, review.Period], CultureInfo.CurrentUICulture.Name);
        word.Title(team.Team.Name, text["review.heading", review.Period]);
        Facts(word, team, review);
        word.Contents(text["document.contents"]);
        foreach (var group in MeasureGroup.Of(review.Measures))
            Measures(word, group, review, earlier);
        Closures(word, review);
        word.Heading(1, text["not_measured.heading"]);
        foreach (var line in Unmeasured.Of(review, Profiles.Find(review.Profile), text).DefaultIfEmpty(text["not_measured.nothing"]))
            word.Text(line);
        if (await trends.Read(name.Programme, name.TeamId, reach) is { } trend)
            Months(word, trend, review);
        if (showsText)
            Text(word, new ShownText(open));
        Signatures(word, open.SignOff);
        word.Heading(1, text["grounds.heading"]);
        word.Text(text["document.grounds", review.Profile]);
        foreach (var (measure, notes) in review.Measures.Select(measure => (measure, Notes: Unverified.Notes(Profiles.Find(review.Profile)!, measure.Measure))).Where(one => one.Notes.Count > 0))
            word.Text($"{text["measure." + measure.Measure]}: {string.Join(" ", notes.Select(note => text[note]))}", "About");
        return word.Finish(Foot(text, team, review));
    }

    static string Foot(IStringLocalizer<Texts> text, TeamReviews team, ReviewComputed review) =>
        text["document.foot", team.Team.Name, review.Period, text["state." + review.State], review.DataTo is { } day ? Dates.Day(day) : "–", Dates.Day(review.AsOf)];

    void Facts(WordDocument word, TeamReviews team, ReviewComputed review)
    {
        word.Text(text["state.meaning." + review.State], "About");
        word.Table(["", ""],
        [
            [text["review.period"], $"{Dates.Day(review.From)}–{Dates.Day(review.To)}"], [text["review.programme"], team.Team.Programme],
            [text["review.profile"], $"{ProfileName.Of(review.Profile)} ({review.Profile})"], [text["review.closed"], Number(review.Closed)],
            [text["review.full_course"], Number(review.FullCourse)], [text["review.data_to"], review.DataTo is { } day ? Dates.Day(day) : "–"],
            [text["review.as_of"], Dates.Day(review.AsOf)],
        ]);
    }

    void Measures(WordDocument word, MeasureGroup group, ReviewComputed review, List<ReviewComputed> earlier)
    {
        word.Heading(1, text["group." + group.Key]);
        if (text["group.about." + group.Key] is { ResourceNotFound: false } about)
            word.Text(about, "Lead");
        word.Table(
            [
                text["measures.measure"], text["measures.value"], text["document.counts"], text["measures.interval"], text["measures.target"], text["measures.verdict"],
                .. earlier.Select(other => other.Period),
            ],
            group.Measures.Select(measure => (IReadOnlyList<string>)
            [
                text["measure." + measure.Measure], Figure.Of(measure), measure.Denominator > 0 ? Figure.Counts(measure) : "",
                measure is { Low: { } low, High: { } high } ? Figure.Range(low, high, UnitOf(measure)) : "–",
                TargetLines.Of(measure.Target) is { } target ? Figure.Of(target, UnitOf(measure)) : "–",
                measure.Withheld is { } reason ? text["withheld." + Codes.Of(reason), Raters(review, measure)]
                    : measure.Denominator == 0 ? text["measures.nothing"] : text["verdict." + Codes.Of(measure.Status)],
                .. earlier.Select(other => other.Measures.FirstOrDefault(its => its.Measure == measure.Measure) is { Denominator: > 0 } its
                    ? $"{Figure.Of(its)} ({Figure.Counts(its)})" : "–"),
            ]), numbers: [1, 2, .. Enumerable.Range(6, earlier.Count)]);
    }

    static int Raters(ReviewComputed review, MeasureResult measure) =>
        Profiles.Find(review.Profile)!.Measures.First(definition => definition.Key == measure.Measure).RatersToShow.GetValueOrDefault();

    static Unit UnitOf(MeasureResult measure) => Figure.UnitOf(measure.Measure, measure.Kind);

    void Closures(WordDocument word, ReviewComputed review)
    {
        word.Heading(1, text["closures.heading"]);
        word.Table([text["closures.reason"], text["closures.cases"]], ClosuresPanel.ByReason(review).Select(one => (IReadOnlyList<string>)[text["discharge." + Codes.Of(one.Reason)], Number(one.Cases)]), numbers: 1);
    }

    void Months(WordDocument word, TrendComputed trend, ReviewComputed review)
    {
        word.Heading(1, text["trends.heading"]);
        foreach (var chart in Enum.GetValues<TrendSeries>().Select(series => ChartSeries.Of(trend, series)?.Within(DateOnly.MinValue, review.To)).OfType<ChartSeries>())
        {
            if (chart.Months is [])
                continue;
            word.Heading(2, text["measure." + chart.Measure]);
            word.Chart(WordChart.Of(chart, text), text["document.chart", text["measure." + chart.Measure], Dates.Month(chart.Months[0].Month), Dates.Month(chart.Months[^1].Month)]);
        }

        word.Table(
            [text["months.month"], text["short.adherence"], text["document.counts"], text["short.tam_completed"]],
            trend.Adherence.Where(month => month.Month <= review.To).TakeLast(24).Reverse().Select(month => (IReadOnlyList<string>)
            [
                Dates.Month(month.Month), month.Value is { } value ? Figure.Of(value.ToDouble(), Unit.Score) : "–", month.Cases > 0 ? $"n = {Number(month.Cases)}" : "",
                trend.TamCompleted.FirstOrDefault(its => its.Month == month.Month) is { Denominator: > 0 } completed ? $"{Number(completed.Numerator)}/{Number(completed.Denominator)}" : "–",
            ]), numbers: [1, 2, 3]);
    }

    void Text(WordDocument word, ShownText shown)
    {
        word.Heading(1, text["writing.text"] + (shown.IsDraft ? $" ({text["writing.draft"]})" : ""));
        foreach (var (heading, written) in new[] { ("writing.strengths", shown.Strengths), ("writing.areas", shown.Areas) })
        {
            word.Heading(2, text[heading]);
            word.Text(string.IsNullOrWhiteSpace(written) ? text["writing.nothing_yet"] : written);
        }

        if (shown.FollowUps is not [])
        {
            word.Heading(2, text["writing.follow_ups"]);
            word.Table(
                [text["writing.goal"], text["writing.owner"], text["writing.due"], text["writing.outcome"], text["writing.note"]],
                shown.FollowUps.Select(one => (IReadOnlyList<string>)
                [
                    one.Goal.Text, one.Goal.Owner, Dates.Day(one.Goal.Due), one.Outcome is { } outcome ? text["goal." + Codes.Of(outcome)] : text["writing.not_said"], one.Note ?? "",
                ]));
        }

        word.Heading(2, text["writing.goals"]);
        if (shown.Goals is [])
            word.Text(text["writing.no_goals"]);
        else
        {
            word.Table(
                [text["writing.goal"], text["writing.owner"], text["writing.due"]],
                shown.Goals.Select(goal => (IReadOnlyList<string>)[goal.Text, goal.Owner, goal.Due is { } due ? Dates.Day(due) : "–"]));
        }
    }

    void Signatures(WordDocument word, SignOff? signOff)
    {
        word.Heading(1, text["signing.heading"]);
        foreach (var role in Enum.GetValues<SignatoryRole>())
        {
            word.Text(signOff?.Signatures.FirstOrDefault(signature => signature.Role == role) is { } signature
                ? text["signing.signed", text["role." + Codes.Of(role)].Value, signature.By, Dates.Clock(signature.At.UtcDateTime)]
                : $"{text["role." + Codes.Of(role)]}: ______________________");
        }

        if (signOff is { Restatement: { Changes: not [] } restatement })
        {
            word.Heading(2, text["restated.heading"]);
            word.Text(text["restated.about", Dates.Day(restatement.AsOf)], "About");
            word.Table(
                [text["measures.measure"], text["restated.presented"], text["restated.today"], text["restated.causes"]],
                restatement.Changes.Select(change => (IReadOnlyList<string>)
                [
                    text["measure." + change.Measure], $"{Figure.Of(change.Presented)} ({Figure.Counts(change.Presented)})", $"{Figure.Of(change.Now)} ({Figure.Counts(change.Now)})",
                    string.Join(", ", change.Causes.Select(cause => text["cause." + Codes.Of(cause.Cause), cause.Records].Value)),
                ]), numbers: [1, 2]);
        }
    }

    static string Number(int number) => number.ToString(CultureInfo.CurrentCulture);
}
