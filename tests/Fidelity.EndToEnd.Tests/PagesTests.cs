using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Fidelity.EndToEnd.Tests;

/// <summary>An installation with the season in it.</summary>
public sealed class PagesInstallation() : Installation(port: 18500)
{
    public const string Programme = "season";

    /// <summary>Loads it, once, and lets a consultant of the whole programme look.</summary>
    public async Task Fill(Chromium chromium)
    {
        if ((await Get("/api/v1/programmes")).Count == 0)
        {
            await LoadFromShell(Season, Programme);
            await this.LogLastMonth(PastEntries.OfSeason(Programme));
        }

        chromium.Session = await Session(chromium, "consultant", Programme);
    }
}

[CollectionDefinition(nameof(PagesInstallation))]
public sealed class PagesCollection : ICollectionFixture<PagesInstallation>, ICollectionFixture<Chromium>;

/// <summary>The pages as people meet them: in a browser, in both languages, wide and narrow, light and dark, without script.</summary>
[Collection(nameof(PagesInstallation))]
public sealed partial class PagesTests(PagesInstallation installation, Chromium chromium) : IAsyncLifetime
{
    const string Programme = PagesInstallation.Programme;
    const string Period = "2026-H1";
    const string Pir = $"/teams/{Programme}/mst-soder/pir/{Period}";
    const string Team = $"/teams/{Programme}/can-vast";
    const string LastMonth = "{last month}";

    static readonly JsonNode Season = JsonNode.Parse(File.ReadAllText(Path.Combine(Installation.Season, "expected.json")))!;

    static readonly string[] Compared = ["adherence", "tam_completed", "completed", "living_at_home", "in_school_or_work", "no_new_arrest"];

    static readonly Dictionary<string, string[]> Indicators = new(StringComparer.Ordinal)
    {
        ["mst@1"] = [.. Compared, "adherence_above"], ["mst-can@1"] = [.. Compared, "no_new_report", "no_new_substance_report"],
    };

    static readonly Dictionary<string, string> SwedishVerdicts = new(StringComparer.Ordinal)
    {
        ["met"] = "mål nått", ["not_met"] = "ej nått", ["no_target"] = "inget mål", ["insufficient"] = "för litet underlag",
    };

    static readonly Dictionary<string, string> EnglishVerdicts = new(StringComparer.Ordinal)
    {
        ["met"] = "target met", ["not_met"] = "not met", ["no_target"] = "no target", ["insufficient"] = "insufficient data",
    };

    public static TheoryData<string> Teams => [.. Season["teams"]!.AsArray().Select(team => (string)team!["team"]!)];

    /// <summary>A team's page in both languages, three widths, light and dark.</summary>
    public static TheoryData<string, string, string, int, ColorScheme> TeamPages =>
    [
        .. from language in new[] { "sv-SE", "en-GB" }
           from width in new[] { 1366, 390, 320 }
           from colours in new[] { ColorScheme.Light, ColorScheme.Dark }
           select new TheoryDataRow<string, string, string, int, ColorScheme>("team", Team, language, width, colours),
    ];

    public async ValueTask InitializeAsync() => await installation.Fill(chromium);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_overview_has_every_team_with_value_counts_and_verdict()
    {
        await using var profile = await chromium.NewProfile(Portal, "sv-SE");
        var page = await Open(profile, $"/?programme={Programme}&period={Period}");
        foreach (var team in Season["teams"]!.AsArray())
        {
            var row = page.Locator("tbody tr", new() { Has = page.GetByRole(AriaRole.Link, new() { Name = (string)team!["name"]!, Exact = true }) });
            var cells = await row.GetByRole(AriaRole.Cell).AllInnerTextsAsync();
            cells[0].ShouldContain(Period);
            cells[0].ShouldContain("uppdaterad");
            cells.Count.ShouldBe(2 + Indicators[(string)team["profile"]!].Length);
            foreach (var (place, key) in Indicators[(string)team["profile"]!].Index())
                ShouldShow(cells[2 + place], Measure((string)team["team"]!, key), SwedishVerdicts, "sv", "inget underlag");
        }
    }

    [Fact]
    public async Task The_overview_says_of_charted_indicators_whether_they_changed_and_meet_their_target_and_puts_concern_first()
    {
        await using var profile = await chromium.NewProfile(Portal, "en-GB");
        var page = await Open(profile, $"/?programme={Programme}&period={Period}");
        foreach (var team in Season["teams"]!.AsArray())
        {
            var row = page.Locator("tbody tr", new() { Has = page.GetByRole(AriaRole.Link, new() { Name = (string)team!["name"]!, Exact = true }) });
            foreach (var (place, key) in Indicators[(string)team["profile"]!].Index())
            {
                var marks = await row.GetByRole(AriaRole.Cell).Nth(2 + place).Locator(".verdict:not(.met, .not_met, .no_target, .insufficient)").AllInnerTextsAsync();
                marks.Select(mark => mark.Trim()).ShouldBe(Charted(team, key), $"{team["team"]} {key}");
            }
        }

        var worse = await page.EvaluateAsync<int[][]>(
            "[...document.querySelectorAll('table')].map(table => [...table.tBodies[0].rows].map(row => row.querySelectorAll('.verdict.worse').length))");
        worse.ShouldAllBe(table => table.SequenceEqual(table.OrderDescending()));
        await page.GetByLabel("Order").SelectOptionAsync("By name");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        (await page.Locator("table:first-of-type tbody th a").AllInnerTextsAsync()).ShouldBe(["Team Norr", "Team Öster", "Team Söder", "Team Väster"]);
    }

    /// <summary>What the season's own figures say of a chart: a signal in the newest month with a value, and where the limits lie.</summary>
    static IEnumerable<string> Charted(JsonNode team, string measure)
    {
        if (measure == "adherence")
        {
            var newest = team["trend"]!.AsArray().Last(month => month!["value"] is not null)!;
            var isMarked = team["xmr"]!["signals"]!.AsObject().Any(rule => rule.Value!.AsArray().Any(month => (string)month! == (string)newest["month"]!));
            yield return !isMarked ? "steady" : (double)newest["value"]! > (double)team["xmr"]!["mean"]! ? "better" : "worse";
            if (team["xmr"]!["assurance"] is { } assurance)
                yield return (string)assurance!;
        }
        else if (team["p_chart_" + measure] is { } chart)
        {
            var months = chart["months"]!.AsArray().Where(month => (int)month!["denominator"]! > 0).ToList();
            var (value, low, high) = ((double)months[^1]!["value"]!, (double)months[^1]!["low"]!, (double)months[^1]!["high"]!);
            yield return value < low ? "worse" : value > high ? "better" : "steady";
            if ((string)team["profile"]! == "mst@1")
            {
                var target = measure == "adherence_above" ? 0.8 : 0.7;
                yield return months.All(month => (double)month!["low"]! >= target) ? "consistently meets"
                    : months.All(month => (double)month!["high"]! < target) ? "consistently fails" : "hit and miss";
            }
        }
    }

    [Fact]
    public async Task A_funnel_holds_each_team_against_the_share_of_all_of_them()
    {
        await using var profile = await chromium.NewProfile(Portal, "en-GB");
        var page = await Open(profile, $"/?programme={Programme}&period={Period}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare teams in a funnel plot" }).ClickAsync();
        await page.GetByLabel("Indicator").SelectOptionAsync("tam_completed");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        page.Url.ShouldContain($"period={Period}");
        var teams = Season["teams"]!.AsArray().Where(team => (string)team!["profile"]! == "mst@1").ToList();
        var measures = teams.Select(team => Measure((string)team!["team"]!, "tam_completed")!).ToList();
        var (numerator, denominator) = (measures.Sum(one => (int)one["numerator"]!), measures.Sum(one => (int)one["denominator"]!));
        var mean = (double)numerator / denominator;
        (await page.Locator("#funnel-mst-1-facts").InnerTextAsync()).ShouldContain($"{numerator}/{denominator}");
        foreach (var (team, measure) in teams.Zip(measures))
        {
            var row = page.Locator("tbody tr", new() { Has = page.GetByRole(AriaRole.Link, new() { Name = (string)team!["name"]!, Exact = true }) });
            var cells = await row.GetByRole(AriaRole.Cell).AllInnerTextsAsync();
            Numbers(cells[0], "en")[0].ShouldBe(Shown(measure, "value"), Tolerance(measure));
            var half = 1.959964 * Math.Sqrt(mean * (1 - mean) / (int)measure["denominator"]!);
            Numbers(cells[1], "en").ShouldBe([100 * (mean - half), Math.Min(100, 100 * (mean + half))], 0.5 + 1e-9);
            var value = (double)measure["value"]!;
            cells[3].Contains("no more than chance", StringComparison.Ordinal).ShouldBe(Math.Abs(value - mean) <= half, (string)team["team"]!);
        }
    }

    [Fact]
    public async Task Both_profiles_stand_on_one_screen_with_what_can_be_compared_in_the_same_columns()
    {
        await using var profile = await chromium.NewProfile(Portal, "sv-SE");
        var page = await Open(profile, $"/?programme={Programme}&period={Period}");
        (await page.Locator("table caption").AllInnerTextsAsync()).Select(caption => caption.Split("antal")[0].Trim())
            .ShouldBe(["Program season, MST", "Program season, MST-CAN"]);
        var places = await page.EvaluateAsync<double[][]>(
            "[...document.querySelectorAll('table')].map(table => [...table.tHead.rows[0].cells].slice(0, 9).map(cell => Math.round(cell.getBoundingClientRect().x)))");
        places[0].ShouldBe(places[1]);
        var headings = await page.EvaluateAsync<string[][]>(
            "[...document.querySelectorAll('table')].map(table => [...table.tHead.rows[0].cells].map(cell => cell.innerText))");
        headings[0][3].ShouldContain("tam-r@1");
        headings[1][3].ShouldContain("tam-can@1");
        headings[1].ShouldNotContain(heading => heading.Contains("tröskel", StringComparison.Ordinal));
        (await page.Locator("main").InnerTextAsync()).ShouldContain("jämförs inte mellan profilerna: MST med tam-r@1, tröskel 0,61; MST-CAN med tam-can@1, ingen tröskel.");
        (await page.EvaluateAsync<int>("document.documentElement.scrollHeight")).ShouldBeLessThanOrEqualTo(900, "both profiles are on one screen");
    }

    [Theory]
    [MemberData(nameof(Teams))]
    public async Task A_team_sees_the_interviews_that_are_due_most_urgent_first_and_what_came_of_them_so_far(string team)
    {
        await using var profile = await chromium.NewProfile(Portal, "en-GB");
        var page = await Open(profile, $"/teams/{Programme}/{team}");
        var open = SeasonByHand.Due(team).Where(due => due.Outcome == "open").OrderBy(due => due.Last).ThenBy(due => due.Due).ToList();
        var rows = await page.EvaluateAsync<string[][]>(
            """
            [...document.querySelectorAll('.due-interviews tbody tr')].map(row => [row.cells[0].innerText,
                ...[...row.querySelectorAll('time')].slice(0, 2).map(time => time.dateTime), row.cells[2].innerText, row.cells[3].innerText])
            """);
        rows.Select(row => (row[0], SeasonByHand.Day(row[1]), SeasonByHand.Day(row[2]))).ShouldBe(open.Select(due => (due.Case, due.Due, due.Last)));
        foreach (var (due, row) in open.Zip(rows))
        {
            var days = due.Last.DayNumber - SeasonByHand.AsOf.DayNumber;
            row[3].ShouldContain($"ends in {days} days");
            row[3].Contains("ends soon", StringComparison.Ordinal).ShouldBe(days <= 7, $"{due.Case}: {row[3]}");
            var attempts = SeasonByHand.Rows("tam_attempts.csv").Where(attempt => attempt["case_id"] == due.Case
                && SeasonByHand.Day(attempt["date"]) >= due.First && SeasonByHand.Day(attempt["date"]) <= SeasonByHand.AsOf).ToList();
            row[4].Split('\n').ShouldBe(attempts.Count == 0 ? ["no attempt yet"] : attempts.Select(attempt =>
                $"{SeasonByHand.Day(attempt["date"]).ToString("d MMM", CultureInfo.GetCultureInfo("en"))}: "
                + (attempt["outcome"] == "no_answer" ? "no answer" : "asked to be called back")));
        }

        var section = await page.Locator("section", new() { Has = page.Locator("#due-now") }).InnerTextAsync();
        section.Contains("No interview is due today.", StringComparison.Ordinal).ShouldBe(open.Count == 0);
        if (SeasonByHand.Rows("cases.csv").Any(row => row["team_id"] == team && row["discharged"].Length == 0))
            section.ShouldContain($"The next falls due {SeasonByHand.NextDue(team).ToString("d MMM yyyy", CultureInfo.GetCultureInfo("en"))}");
    }

    [Theory]
    [MemberData(nameof(Teams))]
    public async Task A_team_sees_how_many_surveys_are_due_and_until_when_and_never_whose(string team)
    {
        await using var profile = await chromium.NewProfile(Portal, "en-GB");
        var page = await Open(profile, $"/teams/{Programme}/{team}?scores=500");
        foreach (var instrument in new[] { "sam", "cam" })
        {
            var running = SeasonByHand.Surveys(instrument, team).Where(due => due.Due <= SeasonByHand.AsOf && SeasonByHand.AsOf <= due.Last).ToList();
            var cells = await page.Locator($"#due-{instrument}").GetByRole(AriaRole.Cell).AllInnerTextsAsync();
            cells.Take(3).Select(cell => int.Parse(cell, CultureInfo.InvariantCulture)).ShouldBe(
                [running.Count, running.Count(due => due.Outcome == "completed"), running.Count(due => due.Outcome == "open")], $"{team} {instrument}");
            if (running.Count == 0)
                cells[3].ShouldBe("–");
            else
                cells[3].ShouldEndWith(running.Max(due => due.Last).ToString("d MMM", CultureInfo.GetCultureInfo("en")));
        }

        var html = await page.ContentAsync();
        SeasonByHand.Rows("staff.csv").Select(row => row["staff_id"]).Distinct(StringComparer.Ordinal)
            .Where(person => html.Contains(person, StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Teams))]
    public async Task A_team_sees_what_was_completed_in_the_period_and_the_one_before(string team)
    {
        await using var profile = await chromium.NewProfile(Portal, "en-GB");
        var page = await Open(profile, $"/teams/{Programme}/{team}");
        var (current, previous) = SeasonByHand.Periods(team);
        var interviews = SeasonByHand.Due(team);
        foreach (var (key, due) in new[]
                 {
                     ("tam_completed", interviews.Where(due => InCurrent(due.Due)).Select(due => due.Outcome == "completed")),
                     ("any_tam", interviews.Where(due => InCurrent(due.Due)).GroupBy(due => due.Case, StringComparer.Ordinal)
                         .Select(of => of.Any(due => due.Outcome == "completed"))),
                     ("sam_completed", SeasonByHand.Surveys("sam", team).Where(due => InCurrent(due.Due)).Select(due => due.Outcome == "completed")),
                     ("cam_completed", SeasonByHand.Surveys("cam", team).Where(due => InCurrent(due.Due)).Select(due => due.Outcome == "completed")),
                 })
        {
            var counted = due.ToList();
            var (x, n) = (counted.Count(completed => completed), counted.Count);
            var cells = await page.Locator($"#measure-{key}").GetByRole(AriaRole.Cell).AllInnerTextsAsync();
            if (n == 0)
            {
                cells[3].ShouldContain("no data");
            }
            else
            {
                Numbers(cells[0], "en").ShouldBe([100.0 * x / n, x, n], 0.5 + 1e-9, $"{team} {key}");
                var (low, high) = SeasonByHand.Wilson(x, n);
                Numbers(cells[1], "en").ShouldBe([100 * low, 100 * high], 0.5 + 1e-9, $"{team} {key} interval");
                var target = team.StartsWith("mst", StringComparison.Ordinal) ? key switch { "tam_completed" => 70, "any_tam" => 100, _ => (int?)null } : null;
                cells[3].ShouldContain(EnglishVerdicts[n < 5 ? "insufficient" : target is null ? "no_target" : x * 100 >= n * target ? "met" : "not_met"]);
            }

            var before = Measure(team, key, previous.Name);
            if (before?["value"] is not null)
                cells[4].ShouldContain($"{before["numerator"]}/{before["denominator"]}");
        }

        foreach (var period in new[] { current, previous })
        {
            var counts = await page.Locator($"#endings-{period.Name}").GetByRole(AriaRole.Cell).AllInnerTextsAsync();
            var due = interviews.Where(due => period.From <= due.Due && due.Due <= period.To).ToList();
            counts.Select(count => int.Parse(count, CultureInfo.InvariantCulture)).ShouldBe(
            [
                due.Count,
                .. new[] { "completed", "declined", "unreachable", "opted_out", "no_interpreter", "other", "expired", "open" }
                    .Select(outcome => due.Count(one => one.Outcome == outcome)),
            ], $"{team} {period.Name}");
        }

        bool InCurrent(DateOnly due) => current.From <= due && due <= current.To;
    }

    [Theory]
    [MemberData(nameof(Teams))]
    public async Task Every_score_stands_with_what_it_rests_on_and_counts_as(string team)
    {
        await using var profile = await chromium.NewProfile(Portal, "en-GB");
        var page = await Open(profile, $"/teams/{Programme}/{team}?scores=500");
        var rows = await Scores(page);
        rows.Select(row => row.Date).ShouldBeInOrder(SortDirection.Descending);
        var completes = SeasonByHand.Due(team).Where(due => due.By is not null).ToDictionary(due => due.By!, due => due.Due, StringComparer.Ordinal);
        var held = SeasonByHand.Interviews.Where(interview => interview.Team == team).ToList();
        rows.Count.ShouldBe(held.Count);
        foreach (var interview in held)
        {
            var row = rows.Single(row => row.Case == interview.Case && row.Date == interview.Date);
            var about = $"{interview.Id}: {string.Join(" | ", row.Cells)}";
            if (interview.IsSufficient)
            {
                var value = (double)interview.Adherent / interview.Answered;
                Numbers(row.Cells[2], "en").ShouldBe([value, interview.Adherent, interview.Answered], 0.005 + 1e-9, about);
            }
            else
            {
                row.Cells[2].ShouldBe("insufficient data", about);
            }

            row.Cells[3].ShouldBe(
                interview.Instrument == "tam-can@1" ? "none" : !interview.IsSufficient ? "–" : interview.Reaches ? "0.61 reached" : "below 0.61", about);
            Numbers(row.Cells[4], "en").ShouldBe([interview.Answered, 28, interview.NotApplicable, interview.Blank], about);
            row.Cells[5].ShouldBe($"{interview.Instrument} unverified needs 19", about);
            row.Cells[6].ShouldStartWith(
                completes.TryGetValue(interview.Id, out var due) ? due.ToString("d MMM yyyy", CultureInfo.GetCultureInfo("en"))
                : interview.Role == "extra" ? "extra" : "does not count", customMessage: about);
            row.Cells[6].Contains("withdrawn", StringComparison.Ordinal).ShouldBe(interview.Withdrawn, about);
            row.Cells[6].Contains("not independent", StringComparison.Ordinal).ShouldBe(!interview.Independent, about);
            row.Cells[6].Contains("too few answers", StringComparison.Ordinal).ShouldBe(!interview.IsSufficient && interview.Role is not null, about);
            row.Cells[6].Contains("corrected", StringComparison.Ordinal).ShouldBe(interview.Corrected is not null, about);
        }
    }

    [Theory]
    [InlineData("mst-norr", "2026-09-01", "0,607 17/28", "under 0,61", "28 av 28 0 ej tillämpliga, 0 obesvarade")]
    [InlineData("mst-norr", "2026-10-15", "0,35 9/26", "under 0,61", "26 av 28 1 ej tillämpliga, 1 obesvarade")]
    [InlineData("mst-vaster", "2026-10-15", "för litet underlag", "–", "12 av 28 0 ej tillämpliga, 16 obesvarade")]
    [InlineData("can-vast", "2026-10-29", "0,93 26/28", "ingen", "28 av 28 0 ej tillämpliga, 0 obesvarade")]
    public async Task A_score_is_written_as_far_as_it_takes_to_stay_on_its_side_of_the_threshold(
        string team, string date, string score, string threshold, string answered)
    {
        await using var profile = await chromium.NewProfile(Portal, "sv-SE");
        var rows = await Scores(await Open(profile, $"/teams/{Programme}/{team}?scores=40"));
        rows.Count(row => row.Date == SeasonByHand.Day(date) && row.Cells[2] == score && row.Cells[3] == threshold && row.Cells[4] == answered)
            .ShouldBe(1, string.Join('\n', rows.Where(row => row.Date == SeasonByHand.Day(date)).Select(row => string.Join(" | ", row.Cells))));
    }

    [Theory]
    [MemberData(nameof(Teams))]
    public async Task A_review_has_every_measure_with_value_counts_interval_and_verdict(string team)
    {
        await using var profile = await chromium.NewProfile(Portal, "en-GB");
        var page = await Open(profile, $"/teams/{Programme}/{team}/pir/{Period}");
        foreach (var expected in Season["measures"]!.AsArray().Where(measure => (string)measure!["team"]! == team && (string)measure["period"]! == Period))
        {
            var key = (string)expected!["measure"]!;
            // What raters said leaves under rules of its own; how many answered always does.
            if (key.StartsWith("sam_", StringComparison.Ordinal) || key.StartsWith("cam_", StringComparison.Ordinal))
                continue;
            var cells = await page.Locator($"#measure-{key}").GetByRole(AriaRole.Cell).AllInnerTextsAsync();
            ShouldShow(cells[0] + cells[3], expected, EnglishVerdicts, "en", "no data");
            Numbers(cells[1], "en").ShouldBe(
                [Shown(expected, "low"), Shown(expected, "high")], Tolerance(expected), $"{team} {key} interval");
            cells[2].Trim().StartsWith('–').ShouldBe(expected["target"] is null, $"{team} {key} target");
        }
    }

    [Theory]
    [MemberData(nameof(Teams))]
    public async Task A_chart_marks_the_months_of_its_signals_and_lists_the_numbers_it_draws(string team)
    {
        var expected = Season["teams"]!.AsArray().Single(one => (string)one!["team"]! == team)!;
        await using var profile = await chromium.NewProfile(Portal, "en-GB");
        var page = await Open(profile, $"/teams/{Programme}/{team}/pir/{Period}");
        var marked = expected["xmr"]!["signals"]!.AsObject().SelectMany(rule => rule.Value!.AsArray()).Select(month => (string)month!)
            .ToHashSet(StringComparer.Ordinal);
        var chart = page.Locator("figure", new() { Has = page.Locator("#chart-adherence-heading") });
        (await chart.Locator("svg[role=img] .signal").CountAsync()).ShouldBe(marked.Count);
        var listed = await page.EvaluateAsync<Dictionary<string, string>>(
            "Object.fromEntries([...document.querySelectorAll('.months tbody tr')].map(row => [row.querySelector('time').dateTime, row.cells[1].innerText]))");
        foreach (var month in expected["trend"]!.AsArray())
        {
            var cell = listed[(string)month!["month"]!];
            if (month["value"] is null)
                cell.ShouldContain("no value");
            else
                Numbers(cell, "en").ShouldBe([(double)month["value"]!, (int)month["n"]!], 0.005, $"{team} {month["month"]}");
            (cell.Contains("better", StringComparison.Ordinal) || cell.Contains("worse", StringComparison.Ordinal))
                .ShouldBe(marked.Contains((string)month["month"]!), $"{team} {month["month"]}");
        }
    }

    [Fact]
    public async Task A_reader_without_script_finds_the_way_and_chooses_the_language()
    {
        await using var profile = await chromium.NewProfile(Portal, "en-GB", script: false);
        var page = await Open(profile, "/");
        (await Heading(page)).ShouldBe("Network overview");
        await page.GetByRole(AriaRole.Link, new() { Name = "Svenska" }).ClickAsync();
        (await Heading(page)).ShouldBe("Nätverksöversikt");
        (await page.Locator("html").GetAttributeAsync("lang")).ShouldBe("sv");

        await page.GetByLabel("Period").SelectOptionAsync(Period);
        await page.GetByRole(AriaRole.Button, new() { Name = "Visa" }).ClickAsync();
        await page.Locator("tr", new() { HasText = "Team Norr" }).GetByRole(AriaRole.Link, new() { Name = Period }).ClickAsync();
        (await Heading(page)).ShouldBe($"Team Norr Programuppföljning (PIR) {Period}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Föregående" }).ClickAsync();
        (await Heading(page)).ShouldBe("Team Norr Programuppföljning (PIR) 2025-H2");

        await page.GetByRole(AriaRole.Link, new() { Name = "Teamsidan" }).ClickAsync();
        (await Heading(page)).ShouldBe("Team Norr Att göra, genomfört och senaste poängen");
        (await Scores(page)).Count.ShouldBe(20);
        await page.GetByRole(AriaRole.Link, new() { Name = "Visa 20 till" }).ClickAsync();
        (await Scores(page)).Count.ShouldBe(40);
        await page.GetByRole(AriaRole.Link, new() { Name = "Styrdiagram" }).ClickAsync();
        (await Heading(page)).ShouldBe("Team Norr Styrdiagram: Följsamhet (medelvärde)");
        await page.GetByRole(AriaRole.Link, new() { Name = "Nätverksöversikt" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Team CAN Öst", Exact = true }).ClickAsync();
        (await Heading(page)).ShouldBe("Team CAN Öst Att göra, genomfört och senaste poängen");
    }

    [Theory]
    [InlineData("/nothing-here")]
    [InlineData($"/teams/{Programme}/nobody")]
    [InlineData($"/teams/{Programme}/nobody/pir")]
    [InlineData($"/teams/{Programme}/mst-norr/pir/1999-H1")]
    public async Task What_is_not_there_gets_a_page_that_says_what_to_do(string address)
    {
        foreach (var (language, heading) in new[] { ("sv-SE", "Sidan finns inte"), ("en-GB", "The page does not exist") })
        {
            await using var profile = await chromium.NewProfile(Portal, language);
            var page = await profile.NewPageAsync();
            (await page.GotoAsync(address))!.Status.ShouldBe(404);
            (await Heading(page)).ShouldBe(heading);
            (await page.Locator("main a").GetAttributeAsync("href")).ShouldBe("/");
        }
    }

    [Theory]
    [InlineData("overview", "/", "sv-SE", 1366, ColorScheme.Light)]
    [InlineData("overview", "/", "en-GB", 390, ColorScheme.Dark)]
    [InlineData("overview", "/", "sv-SE", 320, ColorScheme.Light)]
    [InlineData("funnel", $"/funnel?period={Period}", "sv-SE", 1366, ColorScheme.Dark)]
    [InlineData("funnel", $"/funnel?period={Period}&measure=completed", "en-GB", 1366, ColorScheme.Light)]
    [InlineData("funnel", $"/funnel?period={Period}&measure=completed", "sv-SE", 390, ColorScheme.Light)]
    [InlineData("exports", $"/exports?table=trends&profile=excel&period={Period}", "sv-SE", 1366, ColorScheme.Light)]
    [InlineData("exports", $"/exports?table=reviews&profile=published", "en-GB", 320, ColorScheme.Dark)]
    [InlineData("since-report", "/since-report", "sv-SE", 390, ColorScheme.Light)]
    [InlineData("since-report", "/since-report", "en-GB", 1366, ColorScheme.Light)]
    [InlineData("webhooks", "/access/webhooks", "en-GB", 1366, ColorScheme.Light)]
    [InlineData("pir", Pir, "en-GB", 1366, ColorScheme.Dark)]
    [InlineData("pir", Pir, "sv-SE", 390, ColorScheme.Light)]
    [InlineData("pir", Pir, "en-GB", 320, ColorScheme.Light)]
    [InlineData("operations", "/operations", "sv-SE", 1366, ColorScheme.Dark)]
    [InlineData("operations", "/operations", "en-GB", 320, ColorScheme.Light)]
    [InlineData("access", "/access", "sv-SE", 1366, ColorScheme.Light)]
    [InlineData("access", "/access", "en-GB", 320, ColorScheme.Dark)]
    [InlineData("tokens", "/access/tokens", "sv-SE", 320, ColorScheme.Light)]
    [InlineData("webhooks", "/access/webhooks", "sv-SE", 320, ColorScheme.Dark)]
    [InlineData("log", "/access/log", "sv-SE", 1366, ColorScheme.Light)]
    [InlineData("log", "/access/log", "en-GB", 320, ColorScheme.Dark)]
    [InlineData("samples", "/access/log/samples", "sv-SE", 1366, ColorScheme.Light)]
    [InlineData("samples", "/access/log/samples", "en-GB", 320, ColorScheme.Dark)]
    [InlineData("sample", $"/access/log/samples/{LastMonth}/{Programme}", "sv-SE", 320, ColorScheme.Light)]
    [InlineData("sample", $"/access/log/samples/{LastMonth}/{Programme}", "en-GB", 1366, ColorScheme.Dark)]
    [InlineData("erasure", "/erasure", "sv-SE", 1366, ColorScheme.Light)]
    [InlineData("erasure", "/erasure", "en-GB", 1366, ColorScheme.Dark)]
    [InlineData("erasure", "/erasure", "sv-SE", 390, ColorScheme.Dark)]
    [InlineData("erasure", "/erasure", "en-GB", 320, ColorScheme.Light)]
    [InlineData("extract", "/cases/extract", "sv-SE", 1366, ColorScheme.Light)]
    [InlineData("extract", "/cases/extract", "en-GB", 1366, ColorScheme.Dark)]
    [InlineData("extract", "/cases/extract", "sv-SE", 390, ColorScheme.Dark)]
    [InlineData("extract", "/cases/extract", "en-GB", 320, ColorScheme.Light)]
    [InlineData("account", "/account", "sv-SE", 320, ColorScheme.Dark)]
    [InlineData("sign-in", "/sign-in", "sv-SE", 320, ColorScheme.Light)]
    [InlineData("sign-in", "/sign-in", "en-GB", 1366, ColorScheme.Dark)]
    [MemberData(nameof(TeamPages))]
    public async Task A_page_is_accessible_and_fits(string name, string address, string language, int width, ColorScheme colours)
    {
        var session = name is "operations" or "access" or "tokens" or "log" or "samples" or "sample" or "erasure" or "extract" or "webhooks" ? await installation.Session(chromium, "administrator") : null;
        await using var profile = await chromium.NewProfile(Portal, language, width, colours, bypassPolicy: true, session: session);
        var page = await profile.NewPageAsync();
        var faults = new List<string>();
        page.Console += (_, message) => faults.Add(message.Text);
        page.Response += (_, response) => faults.AddRange(response.Ok ? [] : [$"{response.Status} {response.Url}"]);
        await page.GotoAsync(address.Replace(LastMonth, PastEntries.Month, StringComparison.Ordinal));
        if (name == "extract")
        {
            await page.Locator("#case").FillAsync(SeasonByHand.Interviews.First(held => held.Corrected is not null).Case);
            await page.Locator("form.filter button").ClickAsync();
            await page.Locator("#received").WaitForAsync();
        }

        if (Environment.GetEnvironmentVariable("FIDELITY_TEST_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{width}-{colours}-{language}.png"), FullPage = true });
        faults.AddRange((await page.RunAxe()).Violations.Select(violation => $"{violation.Id}: {violation.Help} {violation.Nodes[0].Html}"));
        faults.ShouldBeEmpty();
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
    }

    [Fact]
    public async Task A_page_may_load_its_own_files_and_nothing_else()
    {
        using var answer = await installation.Portal.GetAsync("/", TestContext.Current.CancellationToken);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith("default-src 'none'");
        policy.ShouldNotContain("unsafe");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldNotContain("<script");
    }

    Uri Portal => installation.Portal.BaseAddress!;

    static async Task<IPage> Open(IBrowserContext profile, string address)
    {
        var page = await profile.NewPageAsync();
        (await page.GotoAsync(address))!.Ok.ShouldBeTrue();
        return page;
    }

    static async Task<string> Heading(IPage page) =>
        string.Join(' ', (await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).InnerTextAsync()).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    static async Task<IReadOnlyList<(string Case, DateOnly Date, string[] Cells)>> Scores(IPage page)
    {
        var rows = await page.EvaluateAsync<string[][]>(
            "[...document.querySelectorAll('.scores tbody tr')].map(row => [row.querySelector('time').dateTime, ...[...row.cells].map(cell => cell.innerText.trim().split(/\\s+/).join(' '))])");
        return [.. rows.Select(row => (row[1], SeasonByHand.Day(row[0]), row[1..]))];
    }

    static JsonNode? Measure(string team, string key, string period = Period) => Season["measures"]!.AsArray().SingleOrDefault(measure =>
        (string)measure!["team"]! == team && (string)measure["period"]! == period && (string)measure["measure"]! == key);

    static void ShouldShow(string text, JsonNode? expected, Dictionary<string, string> verdicts, string language, string absent)
    {
        if (expected?["value"] is null)
        {
            text.ShouldContain(absent);
            return;
        }

        var about = $"{expected["team"]} {expected["measure"]}: {text}";
        Numbers(text, language)[0].ShouldBe(Shown(expected, "value"), Tolerance(expected), about);
        var counts = expected["numerator"] is { } numerator ? $"{numerator}/{expected["denominator"]}" : $"n = {expected["denominator"]}";
        text.Replace('\u00a0', ' ').ShouldContain(counts);
        text.ShouldContain(verdicts[(string)expected["status"]!], customMessage: about);
    }

    static double Shown(JsonNode expected, string field) => (double)expected[field]! * ((string)expected["kind"]! == "share" ? 100 : 1);

    /// <summary>Half of the last place that is written: whole per cents, tenths of days, hundredths of a score.</summary>
    static double Tolerance(JsonNode expected) =>
        ((string)expected["kind"]! == "share" ? 0.5 : (string)expected["measure"]! == "length_of_stay" ? 0.05 : 0.005) + 1e-9;

    static double[] Numbers(string text, string language) =>
        [.. Number().Matches(text).Select(match => double.Parse(match.Value, CultureInfo.GetCultureInfo(language)))];

    [GeneratedRegex(@"\d+([.,]\d+)?", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();
}
