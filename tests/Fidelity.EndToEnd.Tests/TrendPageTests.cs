using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Fidelity.EndToEnd.Tests;

/// <summary>A team's control charts, and what people write on them: notes that become work, and changes of baseline.</summary>
[Collection(nameof(PagesInstallation))]
public sealed class TrendPageTests(PagesInstallation installation, Chromium chromium) : IAsyncLifetime
{
    const string Team = $"/teams/{PagesInstallation.Programme}/mst-soder";
    const string Adherence = $"{Team}/trends/adherence";

    static readonly double?[] Months =
    [
        .. JsonNode.Parse(File.ReadAllText(Path.Combine(Installation.Season, "expected.json")))!["teams"]!.AsArray()
            .Single(team => (string)team!["team"]! == "mst-soder")!["trend"]!.AsArray().Select(month => (double?)month!["value"]),
    ];

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await installation.Fill(chromium);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_note_on_a_month_becomes_work_that_is_checked_and_of_two_who_write_at_once_the_second_is_told()
    {
        await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", script: false);
        var page = await Open(profile, Adherence);
        await Write(page.Locator("form#note"), ("Month", "2025-02"), ("Note", "A signal: the new supervisor 19850512-0003 began"));
        (await page.Locator("form#note .fault").InnerTextAsync()).ShouldContain("personal identity number");
        await Write(page.Locator("form#note"), ("Note", "A signal: a new supervisor began"));
        await page.GetByRole(AriaRole.Status).GetByText("Saved.").WaitForAsync();
        var thread = page.Locator(".thread", new() { HasText = "a new supervisor began" });
        (await thread.InnerTextAsync()).ShouldContain("Next, if it is to become work: a hypothesis");
        (await page.Locator("tr", new() { Has = page.Locator("time[datetime='2025-02']") }).InnerTextAsync()).ShouldContain("1. A signal: a new supervisor began");
        (await page.Locator("svg .note text").TextContentAsync()).ShouldBe("1");
        (await page.Locator("section[aria-labelledby=open-threads]").InnerTextAsync()).ShouldContain("Nothing is in progress.");

        var late = await Open(profile, Adherence);
        await Continue(page, "Write a hypothesis", ("What it may come from", "Fewer home visits in the first month"));
        await Continue(late, "Write a hypothesis", ("What it may come from", "The new form"));
        await late.GetByRole(AriaRole.Alert).GetByText("Somebody has written or changed something here meanwhile.").WaitForAsync();
        (await late.GetByRole(AriaRole.Alert).InnerTextAsync()).ShouldContain("The new form");
        (await late.Locator(".thread").InnerTextAsync()).ShouldContain("Fewer home visits in the first month");
        await late.CloseAsync();

        await Continue(page, "Decide on an action", ("What is done", "Two visits a week for new families"), ("Who does it", "S. Supervisor"), ("By when", "2026-12-15"));
        var open = page.Locator("section[aria-labelledby=open-threads]");
        (await open.InnerTextAsync()).ShouldContain("S. Supervisor, by 15 Dec 2026");
        (await open.InnerTextAsync()).ShouldContain("Next: check at PIR 2026-H2 whether it helped.");
        await open.GetByRole(AriaRole.Link).ClickAsync();
        page.Url.ShouldContain("/trends/adherence#thread-");

        await Look("trend-work");
        await Continue(page, "Check whether it helped", ("What the check found", "helped"), ("What is seen now", "Eight months above the mean"));
        (await page.Locator(".thread ol > li > p:first-child").AllInnerTextsAsync())
            .ShouldBe(["Note", "Hypothesis", "Action", "Check: it helped; close the thread"]);
        (await page.Locator(".thread .about").AllInnerTextsAsync()).ShouldAllBe(said => said.StartsWith("consultant.") && said.EndsWith("31 Oct 2026"));
        (await page.Locator(".thread details").CountAsync()).ShouldBe(0, "it is closed");
        (await open.InnerTextAsync()).ShouldContain("Nothing is in progress.");
    }

    [Fact]
    public async Task A_changed_baseline_gives_each_phase_its_limits_everywhere_until_it_is_withdrawn()
    {
        await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", script: false);
        var page = await Open(profile, Adherence);
        var before = await page.Locator("#chart-facts").InnerTextAsync();
        before.ShouldContain(Limits(Months));
        await page.GetByText("Change the baseline").ClickAsync();
        var rebase = page.Locator("form#rebase");
        await Write(rebase, ("First month of the new phase", "2026-01"), ("Why", "A new supervisor since January"));
        await page.GetByRole(AriaRole.Status).GetByText("Saved.").WaitForAsync();

        // Months 0–14 are October 2024 to December 2025.
        var after = await page.Locator("#chart-facts").InnerTextAsync();
        after.ShouldContain(Limits(Months[15..]));
        after.ShouldContain("Trial limits");
        after.ShouldContain(Limits(Months[..15]));
        after.ShouldNotContain("in a row above the mean");
        (await page.Locator("svg .rebase").CountAsync()).ShouldBe(1);
        (await page.Locator("#baseline").InnerTextAsync()).ShouldContain("A new supervisor since January");
        var trend = (await installation.Portal.GetFromJsonAsync<JsonNode>($"/api/v1/trends?programme={PagesInstallation.Programme}&team=mst-soder", Cancelled))!;
        ((string)trend["xmr"]!["from"]!).ShouldBe("2026-01");
        ((int)trend["xmr"]!["points"]!, (int)trend["xmr_before"]![0]!["points"]!).ShouldBe((10, 15));
        await Look("trend-phases");
        var review = await Open(profile, $"{Team}/pir/2026-H1");
        (await review.Locator("#chart-adherence-facts").InnerTextAsync()).ShouldContain(Limits(Months[15..]));

        await page.GotoAsync(Adherence);
        await page.GetByText("Withdraw this change").ClickAsync();
        await Write(page.Locator("#baseline form").First, ("Why it is withdrawn", "She began in February"));
        await page.GetByRole(AriaRole.Status).GetByText("Saved.").WaitForAsync();
        (await page.Locator("#chart-facts").InnerTextAsync()).ShouldBe(before);
        var history = await page.Locator("#baseline").InnerTextAsync();
        history.ShouldContain("A new supervisor since January");
        history.ShouldContain("She began in February");
        // What holds no more may be set again.
        (await page.Locator("form#rebase option[value='2026-01']").CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task The_address_says_what_is_shown_and_who_may_see_a_therapist()
    {
        await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", script: false);
        var page = await Open(profile, Adherence);
        var facts = await page.Locator("#chart-facts dd").First.InnerTextAsync();
        await page.GetByLabel("From", new() { Exact = true }).SelectOptionAsync("2025-06");
        await page.GetByLabel("To", new() { Exact = true }).SelectOptionAsync("2026-03");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        (await Shown(page)).ShouldBe(("2026-03", "2025-06", 10));
        (await page.Locator("#chart-facts dd").First.InnerTextAsync()).ShouldBe(facts, "limits rest on all months");
        await page.GetByRole(AriaRole.Link, new() { Name = "TAM completed" }).ClickAsync();
        (await Shown(page)).ShouldBe(("2026-03", "2025-06", 10));

        await page.GotoAsync(Adherence);
        var therapist = (await page.GetByLabel("Therapist", new() { Exact = true }).Locator("option").Nth(1).GetAttributeAsync("value"))!;
        await page.GetByLabel("Therapist", new() { Exact = true }).SelectOptionAsync(therapist);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        (await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).InnerTextAsync()).ShouldContain(therapist);
        var (svg, link) = (await page.Locator("svg[role=img]").InnerHTMLAsync(), await page.GetByRole(AriaRole.Link, new() { Name = "Link to this view" }).GetAttributeAsync("href"));
        var again = await Open(profile, link!);
        (await again.Locator("svg[role=img]").InnerHTMLAsync()).ShouldBe(svg);

        // Whoever directs programmes sees teams, and writes nothing.
        using var director = AccessInstallation.Client(installation.Portal.BaseAddress!, await installation.Session(chromium, "programme_director", PagesInstallation.Programme));
        var seen = await director.GetStringAsync(Adherence, Cancelled);
        seen.ShouldNotContain(therapist);
        seen.ShouldNotContain("name=\"do\"");
        using var asked = await director.GetAsync(link, Cancelled);
        asked.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "write", ["do"] = "note", ["thread"] = Guid.CreateVersion7().ToString(), ["month"] = "2026-01", ["text"] = "smuggled",
            ["__RequestVerificationToken"] = AccessInstallation.FormToken(seen),
        });
        using var written = await director.PostAsync(Adherence, form, Cancelled);
        written.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await director.GetStringAsync(Adherence, Cancelled)).ShouldNotContain("smuggled");
    }

    [Fact]
    public async Task Three_levels_stand_in_one_time_line_with_what_fell_due_and_no_value_that_a_review_withholds()
    {
        await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", script: false);
        var page = await Open(profile, $"{Team}/cascade");
        foreach (var (column, instrument) in new[] { "cam", "sam" }.Index())
        {
            var counted = await page.EvaluateAsync<string[]>($"[...document.querySelectorAll('.cascade tbody tr')].map(row => row.cells[{column + 1}].innerText)");
            var due = SeasonByHand.Surveys(instrument, "mst-soder").Count(survey => survey.Due <= SeasonByHand.AsOf);
            counted.Where(text => text.Contains('/', StringComparison.Ordinal)).Sum(text => int.Parse(text.Split('/')[1], CultureInfo.InvariantCulture)).ShouldBe(due, instrument);
        }

        // Nothing is withheld here that a review shows, and nothing shown that a review withholds.
        var measures = await installation.Get($"/api/v1/reviews?programme={PagesInstallation.Programme}&team=mst-soder");
        foreach (var review in measures.Where(measure => IsRated((string)measure!["measure"]!)).GroupBy(measure => (string)measure!["period"]!))
        {
            var cells = await page.Locator(".cascade-values tr", new() { HasText = review.Key }).GetByRole(AriaRole.Cell).AllInnerTextsAsync();
            cells.Count.ShouldBeGreaterThan(1);
            cells.Count(cell => cell.Contains("n\u00a0=", StringComparison.Ordinal)).ShouldBe(review.Count(measure => measure!["value"] is not null), review.Key);
        }

        static bool IsRated(string measure) =>
            (measure.StartsWith("sam_", StringComparison.Ordinal) || measure.StartsWith("cam_", StringComparison.Ordinal)) && !measure.EndsWith("_completed", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sv-SE", 1366)]
    [InlineData("sv-SE", 320)]
    [InlineData("en-GB", 1366)]
    [InlineData("en-GB", 320)]
    public async Task The_page_keeps_to_the_guidelines_and_its_width(string language, int width)
    {
        await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, language, width, bypassPolicy: true);
        var page = await Open(profile, Adherence);
        await Look(page, "trend");
        await page.GotoAsync($"{Team}/cascade");
        await page.Look("cascade");
    }

    /// <summary>As it is just then, on the narrowest screen and on a wide one.</summary>
    async Task Look(string name)
    {
        foreach (var (language, width) in new[] { ("sv-SE", 320), ("en-GB", 1366) })
        {
            await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, language, width, bypassPolicy: true);
            await Look(await Open(profile, Adherence), name);
        }
    }

    /// <summary>With every form of it open.</summary>
    static async Task Look(IPage page, string name)
    {
        foreach (var summary in await page.Locator("main summary").AllAsync())
            await summary.ClickAsync();
        await page.Look(name);
    }

    static async Task<IPage> Open(IBrowserContext profile, string address)
    {
        var page = await profile.NewPageAsync();
        (await page.GotoAsync(address))!.Ok.ShouldBeTrue();
        return page;
    }

    /// <summary>Fills in a form, choosing where there is a choice, and sends it.</summary>
    static async Task Write(ILocator form, params (string Label, string Value)[] fields)
    {
        foreach (var (label, value) in fields)
        {
            var field = form.GetByLabel(label, new() { Exact = true });
            if (await field.EvaluateAsync<string>("field => field.tagName") == "SELECT")
                await field.SelectOptionAsync(value);
            else
                await field.FillAsync(value);
        }

        await form.GetByRole(AriaRole.Button).ClickAsync();
    }

    static async Task Continue(IPage page, string step, params (string Label, string Value)[] fields)
    {
        var details = page.Locator(".thread details", new() { HasText = step });
        await details.Locator("summary").ClickAsync();
        await Write(details.Locator("form"), fields);
        await page.Locator(".done, [role=alert]").First.WaitForAsync();
    }

    static async Task<(string, string, int)> Shown(IPage page)
    {
        var months = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('.trend-months tbody time')].map(month => month.dateTime)");
        return (months[0], months[^1], months.Length);
    }

    /// <summary>Mean ± 2.66 mean moving ranges, worked out here from the season's own figures, as the page writes limits.</summary>
    static string Limits(IEnumerable<double?> months)
    {
        double[] values = [.. months.OfType<double>()];
        var (mean, range) = (values.Average(), values.Zip(values.Skip(1), (a, b) => Math.Abs(b - a)).Average());
        return string.Create(CultureInfo.InvariantCulture, $"{mean - (2.66 * range):N2}–{mean + (2.66 * range):N2}");
    }
}
