using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Fidelity.EndToEnd.Tests;

public sealed class PagesInstallation() : Installation(port: 18500);

/// <summary>The pages as people meet them: in a browser, in both languages, wide and narrow, light and dark, without script.</summary>
public sealed partial class PagesTests(PagesInstallation installation, Chromium chromium)
    : IClassFixture<PagesInstallation>, IClassFixture<Chromium>, IAsyncLifetime
{
    const string Programme = "season";
    const string Period = "2026-H1";
    const string Pir = $"/teams/{Programme}/mst-soder/pir/{Period}";

    static readonly JsonNode Season = JsonNode.Parse(File.ReadAllText(Path.Combine(Installation.Season, "expected.json")))!;

    static readonly string[] Indicators =
        ["adherence", "adherence_above", "tam_completed", "completed", "living_at_home", "in_school_or_work", "no_new_arrest"];

    static readonly Dictionary<string, string> SwedishVerdicts = new(StringComparer.Ordinal)
    {
        ["met"] = "mål nått", ["not_met"] = "ej nått", ["no_target"] = "inget mål", ["insufficient"] = "för litet underlag",
    };

    static readonly Dictionary<string, string> EnglishVerdicts = new(StringComparer.Ordinal)
    {
        ["met"] = "target met", ["not_met"] = "not met", ["no_target"] = "no target", ["insufficient"] = "insufficient data",
    };

    public static TheoryData<string> Teams => [.. Season["teams"]!.AsArray().Select(team => (string)team!["team"]!)];

    public async ValueTask InitializeAsync()
    {
        if ((await installation.Get("/api/v1/programmes")).Count == 0)
            await installation.LoadFromShell(Installation.Season, Programme);
    }

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
            foreach (var (place, key) in Indicators.Index())
                ShouldShow(cells[2 + place], Measure((string)team["team"]!, key), SwedishVerdicts, "sv", "ingår inte");
        }
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
        await page.GetByRole(AriaRole.Link, new() { Name = "Team Norr" }).ClickAsync();
        (await Heading(page)).ShouldBe($"Team Norr Programuppföljning (PIR) {Period}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Föregående" }).ClickAsync();
        (await Heading(page)).ShouldBe("Team Norr Programuppföljning (PIR) 2025-H2");
    }

    [Theory]
    [InlineData("/nothing-here")]
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
    [InlineData("pir", Pir, "en-GB", 1366, ColorScheme.Dark)]
    [InlineData("pir", Pir, "sv-SE", 390, ColorScheme.Light)]
    [InlineData("pir", Pir, "en-GB", 320, ColorScheme.Light)]
    public async Task A_page_is_accessible_and_fits(string name, string address, string language, int width, ColorScheme colours)
    {
        await using var profile = await chromium.NewProfile(Portal, language, width, colours, bypassPolicy: true);
        var page = await profile.NewPageAsync();
        var faults = new List<string>();
        page.Console += (_, message) => faults.Add(message.Text);
        page.Response += (_, response) => faults.AddRange(response.Ok ? [] : [$"{response.Status} {response.Url}"]);
        await page.GotoAsync(address);
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

    static JsonNode? Measure(string team, string key) => Season["measures"]!.AsArray().SingleOrDefault(measure =>
        (string)measure!["team"]! == team && (string)measure["period"]! == Period && (string)measure["measure"]! == key);

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
