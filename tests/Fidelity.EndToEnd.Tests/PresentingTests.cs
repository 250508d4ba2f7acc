using System.Text.Json.Nodes;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using Microsoft.Playwright;

namespace Fidelity.EndToEnd.Tests;

/// <summary>A review is written by two, signed by two, presented, and stands whatever comes later (measurement.md §7).</summary>
[Collection(nameof(AccessInstallation))]
public sealed class PresentingTests(AccessInstallation installation, Chromium chromium) : IAsyncLifetime
{
    const string Team = "reviewed-team";
    const string First = $"/teams/{AccessInstallation.Programme}/{Team}/pir/2025-H2";
    const string Second = $"/teams/{AccessInstallation.Programme}/{Team}/pir/2026-H1";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await installation.Fill(chromium);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_review_is_written_signed_presented_and_restated()
    {
        await Record("teams", new() { ["team_id"] = Team, ["name"] = "Team Reviewed", ["profile"] = "mst@1", ["opened"] = "2025-07-01", ["pir_start_month"] = 1 });
        foreach (var (person, role) in new[] { ("rev-supervisor", "supervisor"), ("rev-consultant", "consultant"), ("rev-therapist", "therapist"), ("rev-interviewer", "interviewer") })
            await Record("posts", new() { ["staff_id"] = person, ["team_id"] = Team, ["role"] = role, ["from"] = "2025-07-01" });
        foreach (var family in new[] { "rev-family", "rev-late" })
            await Record("cases", new() { ["case_id"] = family, ["team_id"] = Team, ["therapist_id"] = "rev-therapist", ["started"] = "2026-02-01" });
        await Interview("rev-interview", "rev-family", 5);
        await installation.Settle();

        await using var supervisors = await Profile("Rev Supervisor", "rev-supervisor");
        await using var consultants = await Profile("Rev Consultant", "rev-consultant", "consultant");
        var (supervisor, consultant) = (await supervisors.NewPageAsync(), await consultants.NewPageAsync());

        // Written as they type, without a button.
        await supervisor.GotoAsync(First);
        await supervisor.GetByRole(AriaRole.Link, new() { Name = "Write and sign" }).ClickAsync();
        await consultant.GotoAsync($"{First}/write");
        await Write(supervisor, "#strengths-text", "Every family is called within a week.");
        await Write(supervisor, "#areas-text", "Too few interviews.");
        // Who has not seen that it was written meanwhile, is shown both.
        await consultant.Locator("#strengths-text").FillAsync("The team keeps its model.");
        await consultant.GetByText("saved another text meanwhile").WaitForAsync();
        (await consultant.Locator(".theirs").InnerTextAsync()).ShouldContain("Every family is called within a week.");
        (await consultant.Locator("#strengths-text").InputValueAsync()).ShouldBe("The team keeps its model.");
        await consultant.Look("writing-conflict");
        await consultant.Locator("#strengths-text").FillAsync("Every family is called within a week. The team keeps its model.");
        await Saved(consultant, "#strengths-text");
        var goal = supervisor.Locator("form.part").Last;
        await goal.GetByLabel("Goal").FillAsync("Nine of ten interviews in time");
        await goal.GetByLabel("Who answers for it").FillAsync("Rev Supervisor");
        await goal.GetByLabel("Reached by").FillAsync("2026-06-30");
        await goal.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await supervisor.GetByRole(AriaRole.Heading, new() { Name = "Goal 1" }).WaitForAsync();

        // A change of the text ends the first signature.
        await Sign(supervisor, First, "supervisor", "Signed. The review is presented when");
        await consultant.GotoAsync($"{First}/write");
        await consultant.GetByText("rev-supervisor").First.WaitForAsync();
        await Write(consultant, "#areas-text", "Too few interviews, and late ones.");
        await consultant.ReloadAsync();
        await consultant.GetByText("this signature no longer holds").WaitForAsync();
        await Sign(consultant, First, "consultant", "Signed. The review is presented when");
        await supervisor.GotoAsync($"{First}/write");
        await supervisor.GetByText("the signature ended with a change of the text").WaitForAsync();
        await Sign(supervisor, First, "supervisor", "Signed. The review is presented.");
        await supervisor.GotoAsync(First);
        await supervisor.GetByText("Too few interviews, and late ones.").WaitForAsync();
        (await supervisor.Locator(".state").First.InnerTextAsync()).ShouldBe("presented");

        // The goals of the one are followed up in the next, before that can be signed.
        await consultant.GotoAsync($"{Second}/write");
        await consultant.GetByText("A goal of the review before is still to be followed up.").WaitForAsync();
        await consultant.Locator("select[name=outcome]").SelectOptionAsync("partly_reached");
        await Saved(consultant, "select[name=outcome]");
        await Write(consultant, "#strengths-text", "Interviews are in time.");
        await Write(consultant, "#areas-text", "The young people's school.");
        await Sign(consultant, Second, "consultant", "Signed. The review is presented when");
        await Sign(supervisor, Second, "supervisor", "Signed. The review is presented.");

        await consultant.GotoAsync("/?period=2026-H1");
        (await consultant.Locator("tr", new() { HasText = "Team Reviewed" }).Locator(".review").InnerTextAsync()).ShouldContain("presented");

        // What comes later stands beside it.
        var presented = await Measure("adherence");
        await consultant.GotoAsync(Second);
        var notHeld = await consultant.Locator("section[aria-labelledby=not-measured]").InnerTextAsync();
        notHeld.ShouldContain("interviews that fell due were not held");
        ((string)presented["state"]!).ShouldBe("presented");
        await Interview("rev-late-interview", "rev-late", 3);
        await installation.Settle();
        await consultant.GotoAsync(Second);
        await consultant.GetByRole(AriaRole.Heading, new() { Name = "As presented, and as known today" }).WaitForAsync();
        (await consultant.Locator("section[aria-labelledby=not-measured]").InnerTextAsync()).ShouldBe(notHeld);
        var adherence = consultant.Locator(".restated tr", new() { HasText = "Adherence" }).First;
        (await adherence.InnerTextAsync()).ShouldContain("came later: 1");
        (await Measure("adherence")).ToJsonString().ShouldBe(presented.ToJsonString());
        await consultant.GetByRole(AriaRole.Button, new() { Name = "Compute it again and compare" }).ClickAsync();
        await consultant.GetByText("the same to the last digit").WaitForAsync();
        (await adherence.InnerTextAsync()).ShouldContain("rev-late, 1 Mar 2026: came later");
        (await installation.Reproduce(AccessInstallation.Programme, Team, "2026-H1")).ShouldContain("the same to the bit");
        (await Refused(() => installation.Reproduce(AccessInstallation.Programme, Team, "2026-H2"))).ShouldContain("not presented");

        foreach (var (language, width) in new[] { ("sv-SE", 1366), ("en-GB", 320) })
        {
            await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, language, width, bypassPolicy: true, session: await consultants.StorageStateAsync());
            var page = await profile.NewPageAsync();
            await page.GotoAsync(Second);
            await page.Look("presented");
            await page.GotoAsync($"/teams/{AccessInstallation.Programme}/{Team}/pir/2026-H2/write");
            await page.Look("writing");
        }

        await consultant.GotoAsync(Second);
        var pdf = await consultant.PdfAsync(new() { Format = "A4", PreferCSSPageSize = true, Outline = true, Tagged = true });
        var word = await consultant.APIRequest.GetAsync($"{installation.Portal.BaseAddress}{Second[1..]}/word", new() { Headers = Cookies(await consultants.StorageStateAsync()) });
        word.Status.ShouldBe(200);
        var document = await word.BodyAsync();
        if (Environment.GetEnvironmentVariable("FIDELITY_TEST_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "presented.pdf"), pdf, Cancelled);
            await File.WriteAllBytesAsync(Path.Combine(folder, "presented.docx"), document, Cancelled);
        }

        using var opened = WordprocessingDocument.Open(new MemoryStream(document), false);
        new OpenXmlValidator(FileFormatVersions.Office2019).Validate(opened, Cancelled).Select(fault => $"{fault.Path?.XPath}: {fault.Description}").ShouldBeEmpty();
        var said = opened.MainDocumentPart!.Document.Body!.InnerText;
        said.ShouldContain("The young people's school.");
        said.ShouldContain("Nine of ten interviews in time");
        said.ShouldContain("came later: 1");
    }

    static IEnumerable<KeyValuePair<string, string>> Cookies(string session) =>
        [KeyValuePair.Create("Cookie", string.Join("; ", JsonNode.Parse(session)!["cookies"]!.AsArray().Select(cookie => $"{cookie!["name"]}={cookie["value"]}")))];

    static async Task Write(IPage page, string field, string text)
    {
        await page.Locator(field).FillAsync(text);
        await Saved(page, field);
    }

    static Task Saved(IPage page, string field) => page.Locator($"form.part:has({field}) [data-state]").GetByText("Saved.", new() { Exact = true }).WaitForAsync();

    static async Task Sign(IPage page, string review, string role, string says)
    {
        await page.GotoAsync($"{review}/write");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Sign as {role}" }).ClickAsync();
        await page.GetByRole(AriaRole.Status).GetByText(says).WaitForAsync();
        await page.ReloadAsync();
    }

    static async Task<string> Refused(Func<Task<string>> run)
    {
        try
        {
            return await run();
        }
        catch (ShouldAssertException failure)
        {
            return failure.Message;
        }
    }

    async Task<JsonNode> Measure(string measure) =>
        (await installation.Get($"/api/v1/reviews?programme={AccessInstallation.Programme}&team={Team}&period=2026-H1")).Single(one => (string?)one!["measure"] == measure)!;

    async Task<IBrowserContext> Profile(string holder, string staff, string? role = null)
    {
        var link = await installation.Invite(chromium, holder, staff);
        if (role is not null)
            await installation.Grant(chromium, holder, role, $"{AccessInstallation.Programme}/{Team}");
        return await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", bypassPolicy: true, session: await chromium.TakeUp(link, staff));
    }

    Task Interview(string id, string family, int answer) => Record("tam-interviews", new()
    {
        ["interview_id"] = id, ["case_id"] = family, ["interviewer_id"] = "rev-interviewer", ["date"] = "2026-03-01", ["mode"] = "phone", ["language"] = "sv",
        ["interpreter"] = false, ["instrument"] = "tam-r@1", ["items"] = SubmissionInstallation.Items(SubmissionInstallation.Times(28, answer)),
    });

    async Task Record(string address, JsonObject document)
    {
        using var answer = await installation.Post(AccessInstallation.Programme, address, document);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Cancelled));
    }
}
