using System.Globalization;
using Dapper;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Npgsql;

namespace Fidelity.EndToEnd.Tests;

/// <summary>A month's sample of the access log from the lot to the report, by people in browsers without script.</summary>
[Collection(nameof(AccessInstallation))]
public sealed class SamplesTests(AccessInstallation installation, Chromium chromium) : IAsyncLifetime
{
    static readonly string Address = $"/access/log/samples/{PastEntries.Month}/{AccessInstallation.Programme}";
    static readonly string MonthInWords = DateOnly.ParseExact(PastEntries.Month, "yyyy-MM", CultureInfo.InvariantCulture).ToString("MMM yyyy", CultureInfo.GetCultureInfo("en-GB"));

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await installation.Fill(chromium);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Two_reviewers_judge_a_months_sample_and_close_it_with_a_report()
    {
        var chief = await Reviewer(AccessInstallation.Chief);
        var deputy = await Reviewer("deputy");
        await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", script: false, session: chief);
        var page = await profile.NewPageAsync();
        await page.GotoAsync("/access/log");
        await page.GetByRole(AriaRole.Link, new() { Name = "Samples, drawn each month to be checked" }).ClickAsync();
        (await Lines(page)).ShouldContain(line => line.StartsWith($"{MonthInWords}", StringComparison.Ordinal) && line.Contains("0 of 6 open", StringComparison.Ordinal));
        (await page.Locator("main").InnerTextAsync()).ShouldNotContain(AccessInstallation.OtherProgramme);
        await page.GetByRole(AriaRole.Link, new() { Name = MonthInWords }).ClickAsync();

        var rows = page.Locator("table.sample tbody tr");
        (await rows.CountAsync()).ShouldBe(6);
        await Judge(rows.Nth(0), "In order");
        (await rows.Nth(0).InnerTextAsync()).ShouldContain(AccessInstallation.Chief);

        // Not without a reason, and what was chosen is still chosen.
        await Judge(rows.Nth(1), "To be looked into");
        (await page.GetByRole(AriaRole.Alert).InnerTextAsync()).ShouldBe("Give a reason.");
        await Judge(rows.Nth(1), "To be looked into", "Ask about 19811218-9876");
        (await page.GetByRole(AriaRole.Alert).InnerTextAsync()).ShouldContain("personal identity number");
        await Judge(rows.Nth(1), null, "Ask what the search was for");
        (await page.GetByRole(AriaRole.Alert).CountAsync()).ShouldBe(0);
        await rows.Nth(1).GetByText("Change", new() { Exact = false }).First.ClickAsync();
        await Judge(rows.Nth(1), "Not justified", "It was for nothing");
        var changed = await rows.Nth(1).InnerTextAsync();
        changed.ShouldContain("It was for nothing");
        changed.ShouldContain("Earlier:");
        changed.ShouldContain("Ask what the search was for");

        await Judge(rows.Nth(2), "In order");
        await Judge(rows.Nth(3), "In order");
        await Judge(rows.Nth(4), "To be looked into", "Was he on leave?");
        var own = rows.Nth(5);
        (await own.InnerTextAsync()).ShouldContain("This is your own access. Somebody else who may see the log has to judge it.");
        (await own.GetByRole(AriaRole.Button).CountAsync()).ShouldBe(0);
        (await page.Locator("main").InnerTextAsync()).ShouldContain("The sample can be closed when all has been judged. Left: 1.");
        (await Forge(chief, new() { ["_handler"] = "judge", ["entry"] = (await own.GetAttributeAsync("id"))!.Split('-')[1], ["judgement"] = "in_order", ["seen"] = "0" }))
            .ShouldContain("This is your own access. Somebody else has to judge it.");
        (await Forge(chief, new() { ["_handler"] = "close-sample", ["conclusion"] = "All is well." })).ShouldContain("Not everything has been judged.");
        await Look("judging", chief);

        await using var other = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", script: false, session: deputy);
        page = await other.NewPageAsync();
        await page.GotoAsync(Address);
        await Judge(page.Locator("table.sample tbody tr").Nth(5), "In order");
        (await page.Locator("main").InnerTextAsync()).ShouldContain("Some entries are still to be looked into.");
        await page.GetByLabel("Conclusion").FillAsync("One search was for nothing; she has been spoken to.\nHe was on leave, and his colleague had his work.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Close for good" }).ClickAsync();

        var report = await page.Locator("main").InnerTextAsync();
        report.ShouldContain("she has been spoken to.");
        report.ShouldContain("Closed by deputy");
        (await page.Locator("main form:not([hidden])").CountAsync()).ShouldBe(0);
        string.Join(' ', (await page.Locator("dl.facts").InnerTextAsync()).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .ShouldBe("In order 4 To be looked into 1 Not justified 1 Drawn in all 6");
        report.ShouldContain("6 of 6 entries, by a cryptographic random generator");
        (await Forge(deputy, new() { ["_handler"] = "judge", ["entry"] = "1", ["judgement"] = "in_order" })).ShouldContain("Closed by deputy");
        (await Forge(chief, new() { ["_handler"] = "close-sample", ["conclusion"] = "Something else." })).ShouldContain("The sample has been closed.");
        await page.GotoAsync("/access/log/samples");
        (await Lines(page)).ShouldContain(line => line.Contains("6 of 6 closed", StringComparison.Ordinal));
        await Look("closed", chief);

        // What was judged is kept as it was judged, and in the log.
        await using var connection = new NpgsqlConnection(installation.Database);
        (await connection.QueryAsync<string>(
            "select concat(data->>'by', ' ', data->>'judgement') from portal.mt_events where type = 'log_entry_judged' order by seq_id")).ShouldBe(
        [
            "chief in_order", "chief to_be_looked_into", "chief not_justified", "chief in_order", "chief in_order", "chief to_be_looked_into", "deputy in_order",
        ]);
        (await connection.ExecuteScalarAsync<int>(
            "select count(*) from portal.access_log where who = 'deputy' and what = 'act' and programme = @Programme and subject = @Month and status = 302",
            new { AccessInstallation.Programme, PastEntries.Month })).ShouldBe(2);
        (await installation.Access("check-log")).ShouldContain("unbroken");
    }

    async Task<string> Reviewer(string name) => await chromium.TakeUp(
        new Uri((await installation.Access("invite", "auditor", "--basis", "these tests", "--programme", AccessInstallation.Programme)).Trim()), name);

    static async Task<IReadOnlyList<string>> Lines(IPage page) =>
        [.. (await page.Locator("table tbody tr").AllInnerTextsAsync()).Select(line => string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))];

    static async Task Judge(ILocator row, string? judgement, string? reason = null)
    {
        if (judgement is not null)
            await row.GetByLabel("Judgement").SelectOptionAsync(new SelectOptionValue { Label = judgement });
        if (reason is not null)
            await row.GetByLabel("Reason").FillAsync(reason);
        await row.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
    }

    /// <summary>Sends a form that the page did not offer, as whoever it is from.</summary>
    async Task<string> Forge(string session, Dictionary<string, string> form)
    {
        using var client = AccessInstallation.Client(installation.Portal.BaseAddress!, session);
        form.Add("__RequestVerificationToken", AccessInstallation.FormToken(await client.GetStringAsync(Address, Cancelled)));
        using var content = new FormUrlEncodedContent(form);
        using var answer = await client.PostAsync(Address, content, Cancelled);
        return await answer.Content.ReadAsStringAsync(Cancelled);
    }

    /// <summary>The pages in this state, in both languages, wide and narrow, and on paper.</summary>
    async Task Look(string state, string session)
    {
        var folder = Environment.GetEnvironmentVariable("FIDELITY_TEST_SCREENSHOTS");
        foreach (var (language, width) in new[] { ("sv-SE", 1366), ("en-GB", 1366), ("sv-SE", 320), ("en-GB", 390) })
        {
            await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, language, width, bypassPolicy: true, session: session);
            var page = await profile.NewPageAsync();
            foreach (var (name, address) in new[] { ("samples", "/access/log/samples"), ("sample", Address) })
            {
                await page.GotoAsync(address);
                if (!string.IsNullOrEmpty(folder))
                    await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{state}-{width}-{language}.png"), FullPage = true });
                (await page.RunAxe()).Violations.Select(violation => $"{violation.Id}: {violation.Help} {violation.Nodes[0].Html}").ShouldBeEmpty($"{name} {state} {language}");
                (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width, $"{name} {state} {language}");
            }

            await page.EmulateMediaAsync(new() { Media = Media.Print });
            (await page.Locator("main .judging:visible, main nav:visible, main button:visible").CountAsync()).ShouldBe(0, "paper has no forms");
            if (!string.IsNullOrEmpty(folder))
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"sample-{state}-paper-{width}-{language}.png"), FullPage = true });
        }
    }
}
