using System.Net;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Playwright;
using Npgsql;

namespace Fidelity.EndToEnd.Tests;

/// <summary>An installation with two teams of a programme, and the supervisor of the first.</summary>
public sealed class KeepingInstallation() : Installation(port: 19900)
{
    public const string Programme = "keeping";
    public const string Own = $"/teams/{Programme}/norr";
    public const string Other = $"/teams/{Programme}/syd";

    string? supervisor;

    /// <summary>The session of the first team's supervisor, once both teams are there.</summary>
    public async Task<string> Supervisor(Chromium chromium)
    {
        if (supervisor is not null)
            return supervisor;
        foreach (var team in new[] { "norr", "syd" })
        {
            await Record(Programme, "teams", new JsonObject { ["team_id"] = team, ["name"] = $"Team {team}", ["profile"] = "mst@1", ["opened"] = "2026-01-01", ["pir_start_month"] = 1 });
            foreach (var role in new[] { "supervisor", "therapist", "interviewer" })
                await Employ($"{team}-{role}", team, role);
        }

        await Employ("norr-second", "norr", "therapist");
        await Open("syd-family", "syd", "syd-therapist");
        await Settle();
        chromium.Session = await Session(chromium, "administrator");
        return supervisor = await chromium.TakeUp(await InviteTo(Programme, chromium, "Supervisor of Norr", "norr-supervisor"), "norr.supervisor");
    }

    public Task Employ(string staff, string team, string role) =>
        Record(Programme, "posts", new JsonObject { ["staff_id"] = staff, ["team_id"] = team, ["role"] = role, ["from"] = "2026-01-01" });

    public Task Open(string family, string team, string therapist) =>
        Record(Programme, "cases", new JsonObject { ["case_id"] = family, ["team_id"] = team, ["therapist_id"] = therapist, ["started"] = "2026-08-03" });

    /// <summary>Opens a case that is discharged on 20 October: its last interview can be held until two weeks after.</summary>
    public Task Discharge(string family, string team, string therapist) => Record(Programme, "cases", new JsonObject
    {
        ["case_id"] = family, ["team_id"] = team, ["therapist_id"] = therapist, ["started"] = "2026-08-03", ["discharged"] = "2026-10-20", ["discharge_reason"] = "moved",
    });

    public Task Try(string family, string date, string outcome) =>
        Record(Programme, "tam-attempts", new JsonObject { ["case_id"] = family, ["date"] = date, ["outcome"] = outcome });
}

/// <summary>A supervisor keeps the team's cases and posts on its pages, without script. Today is 31 October 2026.</summary>
public sealed class KeepingTests(KeepingInstallation installation, Chromium chromium)
    : IClassFixture<KeepingInstallation>, IClassFixture<Chromium>, IAsyncLifetime
{
    string session = "";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => session = await installation.Supervisor(chromium);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_case_is_opened_reassigned_discharged_and_followed_up()
    {
        await using var profile = await Profile();
        var page = await Go(profile, KeepingInstallation.Own);
        await page.GetByRole(AriaRole.Link, new() { Name = "Cases", Exact = true }).ClickAsync();

        // Faults stand at their fields, and nothing is kept.
        await Fill(page, "open-case", ("case_id", "19811218-9876"), ("therapist_id", "norr-therapist"), ("started", "2025-12-31"));
        await Press(page, "Check and go on", "open-case");
        (await FaultOf(page, "open-case", "case_id")).ShouldStartWith("This looks like a personal identity number.");
        (await FaultOf(page, "open-case", "therapist_id")).ShouldStartWith("The person held no such post on this team on that day.");
        (await page.Locator("#open-case-case_id").GetAttributeAsync("aria-invalid")).ShouldBe("true");
        (await page.Locator("#open-case-started").InputValueAsync()).ShouldBe("2025-12-31", "what was filled in stays");

        await Fill(page, "open-case", ("case_id", "kept-1"), ("started", "2026-08-03"));
        await Press(page, "Check and go on", "open-case");
        (await page.Locator(".confirm").InnerTextAsync()).ShouldContain("kept-1");
        (await page.Locator(".confirm").InnerTextAsync()).ShouldContain("3 Aug 2026");
        await Press(page, "Open the case");
        await Said(page, "The case is open.");
        var row = page.Locator("tr", new() { Has = page.GetByRole(AriaRole.Link, new() { Name = "kept-1", Exact = true }) });
        var cells = await row.GetByRole(AriaRole.Cell).AllInnerTextsAsync();
        cells[0].ShouldContain("norr-therapist");
        cells[1].ShouldContain("3 Aug 2026");
        cells[3].ShouldContain("17 Nov 2026"); // 3 August + 14 days, + 3 months

        await row.GetByRole(AriaRole.Link).ClickAsync();
        page.Url.ShouldNotContain("kept-1");
        (await page.TitleAsync()).ShouldNotContain("kept-1");

        await Fill(page, "reassigned", ("therapist_id", "norr-second"), ("from", "2026-09-01"));
        await Press(page, "Check and go on", "reassigned");
        await Press(page, "Change therapist");
        await Said(page, "The case has another therapist.");
        (await page.Locator("section[aria-labelledby=therapists] li").AllInnerTextsAsync()).ShouldBe(["norr-therapist from 3 Aug 2026", "norr-second from 1 Sep 2026"]);

        // The discharge is asked about before it is kept, and may still be changed then.
        await Fill(page, "discharged", ("discharged", "2026-08-02"), ("discharge_reason", "completed"));
        await Press(page, "Check and go on", "discharged");
        (await FaultOf(page, "discharged", "discharged")).ShouldStartWith("This does not agree");
        await Fill(page, "discharged", ("discharged", "2026-10-29"), ("living_at_home", "yes"));
        await Press(page, "Check and go on", "discharged");
        await Press(page, "Change");
        (await page.Locator("#discharged-discharge_reason").InputValueAsync()).ShouldBe("completed");
        await Fill(page, "discharged", ("discharged", "2026-10-30"));
        await Press(page, "Check and go on", "discharged");
        var asked = await page.Locator(".confirm").InnerTextAsync();
        asked.ShouldContain("30 Oct 2026");
        asked.ShouldContain("treatment completed");
        asked.ShouldContain("it cannot be altered");
        var untouched = await Go(profile, page.Url);
        (await untouched.Locator("section[aria-labelledby=facts]").InnerTextAsync()).ShouldContain("not yet");
        await Fill(untouched, "discharged", ("discharged", "2026-10-30"), ("discharge_reason", "completed"));
        await Press(untouched, "Check and go on", "discharged");
        await Press(page, "Discharge the case");
        await Said(page, "The case is discharged. What is still due stands below.");
        // The third interval began on 10 October and ends two weeks after the discharge.
        (await StillDue(page)).ShouldBe(
        [
            "An open interview: hold it by 13 Nov 2026.", "Outcomes not known: school or work, no new arrest.",
            "Follow-up after 6 months: 30 Apr 2027.", "Follow-up after 18 months: 30 Apr 2028.",
        ]);
        // Who sends it twice is told.
        await Press(untouched, "Discharge the case");
        (await untouched.GetByRole(AriaRole.Status).InnerTextAsync()).ShouldStartWith("That had been recorded already");

        await Fill(page, "outcomes", ("in_school_or_work", "no"), ("no_new_arrest", "yes"));
        await Press(page, "Check and go on", "outcomes");
        await Press(page, "Record the outcomes");
        await Said(page, "The outcomes are recorded.");
        (await StillDue(page)).ShouldNotContain(due => due.StartsWith("Outcomes", StringComparison.Ordinal));
        (await page.Locator("#outcomes").CountAsync()).ShouldBe(0, "all are filled in");
        (await page.Locator("section[aria-labelledby=facts]").InnerTextAsync()).ShouldContain("School or work\nno");

        await Fill(page, "followed_up", ("months", "6"), ("date", "2026-10-29"));
        await Press(page, "Check and go on", "followed_up");
        (await FaultOf(page, "followed_up", "date")).ShouldStartWith("The day is outside the treatment.");
        await Fill(page, "followed_up", ("date", "2026-10-31"), ("living_at_home", "yes"));
        await Press(page, "Check and go on", "followed_up");
        await Press(page, "Record the follow-up");
        await Said(page, "The follow-up is recorded.");
        (await StillDue(page)).ShouldBe(["An open interview: hold it by 13 Nov 2026.", "Follow-up after 18 months: 30 Apr 2028."]);

        await page.GetByRole(AriaRole.Link, new() { Name = "All cases of the team" }).ClickAsync();
        await page.WaitForURLAsync($"**{KeepingInstallation.Own}/cases");
        (await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).InnerTextAsync()).ShouldStartWith("Cases");
        var discharged = page.Locator("section[aria-labelledby=discharged-cases] tr", new() { HasText = "kept-1" });
        (await discharged.InnerTextAsync()).ShouldContain("treatment completed");

        // The log tells of the case by its key, which is in its address too, and never by its id.
        await using var database = new NpgsqlConnection(installation.Database);
        (await database.QueryAsync<string>("select distinct what from portal.access_log where subject = (select key from portal.case_keys where case_id = 'kept-1')"))
            .ShouldBe(["act", "read"], ignoreOrder: true);
        (await database.ExecuteScalarAsync<int>("select count(*)::int from portal.access_log entry where entry::text like '%kept-1%'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_post_is_started_and_ended_and_the_cases_that_are_left_get_another_therapist()
    {
        await installation.Employ("norr-leaving", "norr", "therapist");
        await installation.Open("left-1", "norr", "norr-leaving");
        await installation.Settle();
        await using var profile = await Profile();
        var page = await Go(profile, KeepingInstallation.Own);
        await page.GetByRole(AriaRole.Link, new() { Name = "Posts", Exact = true }).ClickAsync();

        (await page.Locator("#start-post-role option").AllInnerTextsAsync()).ShouldBe(["Choose…", "Therapist", "Interviewer", "Case worker"]);
        await Fill(page, "start-post", ("staff_id", "norr new"), ("role", "therapist"), ("from", "2026-11-02"));
        await Press(page, "Check and go on", "start-post");
        (await FaultOf(page, "start-post", "staff_id")).ShouldStartWith("Write 1 to 40 letters");
        await Fill(page, "start-post", ("staff_id", "norr-new"));
        await Press(page, "Check and go on", "start-post");
        (await page.Locator(".confirm").InnerTextAsync()).ShouldContain("the families that they are the therapist of");
        await Press(page, "Start the post");
        await Said(page, "The post is recorded.");
        (await page.Locator("section[aria-labelledby=posts-now] tr", new() { HasText = "norr-new" }).InnerTextAsync()).ShouldContain("has not begun");

        (await page.Locator("#end-post-post option").AllInnerTextsAsync()).ShouldNotContain(post => post.Contains("norr-supervisor", StringComparison.Ordinal));
        await Fill(page, "end-post", ("post", "norr-leaving|therapist|2026-01-01"), ("to", "2025-12-31"));
        await Press(page, "Check and go on", "end-post");
        (await FaultOf(page, "end-post", "to")).ShouldStartWith("This does not agree");
        await Fill(page, "end-post", ("to", "2026-11-15"));
        await Press(page, "Check and go on", "end-post");
        (await page.Locator(".confirm").InnerTextAsync()).ShouldContain("left-1: norr-leaving leaves the team, last day 15 Nov 2026.");
        await Press(page, "End the post");
        await Said(page, "The post has its last day.");
        (await page.Locator("section[aria-labelledby=posts-now] tr", new() { HasText = "norr-leaving" }).InnerTextAsync()).ShouldContain("15 Nov 2026");

        await page.Locator("section[aria-labelledby=left-cases]").GetByRole(AriaRole.Link, new() { Name = "left-1" }).ClickAsync();
        await Fill(page, "reassigned", ("therapist_id", "norr-second"), ("from", "2026-11-16"));
        await Press(page, "Check and go on", "reassigned");
        await Press(page, "Change therapist");
        await Said(page, "The case has another therapist.");
        await page.GotoAsync($"{KeepingInstallation.Own}/posts");
        (await page.Locator("section[aria-labelledby=left-cases]").CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_supervisor_keeps_no_other_team_and_gives_no_role_that_is_not_offered()
    {
        using var supervisor = AccessInstallation.Client(installation.Portal.BaseAddress!, session);
        var foreign = (await supervisor.GetAsync($"{KeepingInstallation.Other}/cases", Cancelled), await supervisor.GetAsync($"{KeepingInstallation.Other}/posts", Cancelled));
        (foreign.Item1.StatusCode, foreign.Item2.StatusCode).ShouldBe((HttpStatusCode.NotFound, HttpStatusCode.NotFound));
        await installation.Execute($"insert into portal.case_keys (programme, case_id, key) values ('{KeepingInstallation.Programme}', 'syd-family', '{new string('a', 32)}') on conflict do nothing");
        foreach (var team in new[] { KeepingInstallation.Own, KeepingInstallation.Other })
            (await supervisor.GetAsync($"{team}/cases/{new string('a', 32)}", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.NotFound, team);

        var posts = $"{KeepingInstallation.Own}/posts";
        var answer = await Send("start-post", ("staff_id", "norr-therapist"), ("role", "consultant"), ("from", "2026-10-31"));
        answer.ShouldContain("Choose one of the alternatives.");
        // The team of the form is that of the address, whatever else is sent.
        (await Send("start-post", ("staff_id", "norr-therapist"), ("role", "interviewer"), ("from", "2026-10-31"), ("team_id", "syd"))).ShouldNotContain("Choose one");
        (await Send("end-post", ("post", "norr-supervisor|supervisor|2026-01-01"), ("to", "2026-10-31"))).ShouldContain("Choose one of the alternatives.");
        await installation.Settle();
        var shown = await supervisor.GetStringAsync(posts, Cancelled);
        shown.ShouldNotContain("Consultant</td>");
        await using var database = new NpgsqlConnection(installation.Database);
        (await database.QueryAsync<string>("select content->>'teamId' from portal.records where kind = 'Post' and content->>'staffId' = 'norr-therapist' order by position"))
            .ShouldBe(["norr", "norr"]);

        async Task<string> Send(string form, params (string Name, string Value)[] fields)
        {
            var token = AccessInstallation.FormToken(await supervisor.GetStringAsync(posts, Cancelled));
            using var content = new FormUrlEncodedContent(
                [.. fields.Append(("_handler", form)).Append(("step", "record")).Append(("__RequestVerificationToken", token)).Select(field => KeyValuePair.Create(field.Item1, field.Item2))]);
            using var sent = await supervisor.PostAsync(posts, content, Cancelled);
            return await sent.Content.ReadAsStringAsync(Cancelled);
        }
    }

    [Fact]
    public async Task Collecting_is_followed_and_an_interview_that_was_brought_in_is_corrected_and_withdrawn()
    {
        // Their first interviews fall due on 17 August, 17 September and 17 October, and the last of a discharged case ends two weeks after it.
        foreach (var family in new[] { "given", "refused", "silent" })
            await installation.Open($"told-{family}", "norr", "norr-therapist");
        await installation.Discharge("told-ending", "norr", "norr-second");
        await installation.Try("told-refused", "2026-08-18", "no_answer");
        await installation.Try("told-refused", "2026-08-20", "opted_out");
        await installation.Try("told-ending", "2026-10-30", "call_back");
        // 20 of 28 at the adherent end.
        await installation.Record(KeepingInstallation.Programme, "tam-interviews", new JsonObject
        {
            ["interview_id"] = "told-1", ["case_id"] = "told-given", ["interviewer_id"] = "norr-interviewer", ["date"] = "2026-08-18", ["mode"] = "phone",
            ["language"] = "sv", ["interpreter"] = false, ["instrument"] = "tam-r@1", ["items"] = SubmissionInstallation.Items([.. SubmissionInstallation.Times(20, 5), .. SubmissionInstallation.Times(8, 4)]),
        });
        await installation.Settle();
        await using var profile = await Profile();
        var page = await Go(profile, KeepingInstallation.Own);
        await page.GetByRole(AriaRole.Link, new() { Name = "Collecting", Exact = true }).ClickAsync();

        (await page.Locator("header .facts").InnerTextAsync()).ShouldContain("1 Jul 2026–31 Dec 2026");
        var completed = await page.Locator("#measure-tam_completed").InnerTextAsync();
        completed.ShouldContain("≥ 70%");
        var measured = (await installation.Get($"/api/v1/reviews?programme={KeepingInstallation.Programme}&team=norr&period=2026-H2")).Single(measure => (string)measure!["measure"]! == "tam_completed")!;
        ((int)measured["numerator"]!).ShouldBeGreaterThan(0);
        completed.ShouldContain($"{measured["numerator"]}/{measured["denominator"]}");
        var ending = await page.Locator("section[aria-labelledby=this-week] tr", new() { HasText = "told-ending" }).InnerTextAsync();
        ending.ShouldContain("norr-second");
        ending.ShouldContain("3 Nov 2026");
        ending.ShouldContain("30 Oct: asked to be called back");
        ending.ShouldContain("not begun");
        var optedOut = await page.Locator("table[aria-labelledby=ended-opted_out] tr", new() { HasText = "told-refused" }).AllInnerTextsAsync();
        optedOut.Count.ShouldBe(3);
        optedOut[0].ShouldContain("18 Aug: no answer");
        optedOut[0].ShouldContain("20 Aug: opted out");
        optedOut[1].ShouldContain("opted out 20 Aug 2026; not called since");
        var expired = await page.Locator("table[aria-labelledby=ended-expired] tr", new() { HasText = "told-silent" }).AllInnerTextsAsync();
        expired.Count.ShouldBe(2);
        expired[0].ShouldContain("no attempt is recorded");
        (await page.Locator("table[aria-labelledby=ended-open] tr", new() { HasText = "told-ending" }).CountAsync()).ShouldBe(1);
        var without = page.Locator("section[aria-labelledby=without-tam]");
        (await without.Locator("tr", new() { HasText = "told-silent" }).InnerTextAsync()).ShouldContain("2 of 3");
        (await without.Locator("tr", new() { HasText = "told-given" }).CountAsync()).ShouldBe(0);
        (await page.Locator("section[aria-labelledby=changed]").InnerTextAsync()).ShouldNotContain("told-given");

        // Any recorded interview is reached from its case.
        await page.GotoAsync($"{KeepingInstallation.Own}/cases");
        await page.GetByRole(AriaRole.Link, new() { Name = "told-given", Exact = true }).ClickAsync();
        await page.Locator("section[aria-labelledby=recorded]").GetByRole(AriaRole.Link, new() { Name = "18 Aug 2026" }).ClickAsync();
        page.Url.ShouldNotContain("told");
        (await page.TitleAsync()).ShouldNotContain("told");
        (await page.Locator("main .facts").InnerTextAsync()).ShouldContain("0.71");
        await Fill(page, "correct", ("item", "28"), ("value", "5"), ("reason", "misheard"));
        await Press(page, "Check and go on", "correct");
        await Press(page, "Correct it");
        await Said(page, "The answer is corrected.");
        var facts = await page.Locator("main .facts").InnerTextAsync();
        facts.ShouldMatch("Score as submitted\\s+0\\.71\\s+28 of 28 answered");
        facts.ShouldMatch("Score now\\s+0\\.75\\s+28 of 28 answered");
        (await page.Locator(".answers li").Last.InnerTextAsync()).ShouldBe("5 (first 4)");
        var interview = page.Url.Split('?')[0];

        await page.GotoAsync($"{KeepingInstallation.Own}/collecting");
        var changed = page.Locator("section[aria-labelledby=changed] tr", new() { HasText = "told-given" });
        var told = await changed.InnerTextAsync();
        told.ShouldContain("Item 28: 4, corrected to 5 on 31 Oct 2026: misheard");
        told.ShouldContain("0.71");
        told.ShouldContain("0.75");

        var stale = await Go(profile, interview);
        await Fill(stale, "withdraw", ("reason", "held with a sister"));
        await Press(stale, "Check and go on", "withdraw");
        await page.GotoAsync(interview);
        await Fill(page, "withdraw", ("reason", "held with another family"));
        await Press(page, "Check and go on", "withdraw");
        await Press(page, "Withdraw it");
        await Said(page, "The interview is withdrawn.");
        (await page.Locator("main .facts").InnerTextAsync()).ShouldContain("does not count: withdrawn");
        // Who sends it twice is told.
        await Press(stale, "Withdraw it");
        (await stale.GetByRole(AriaRole.Status).InnerTextAsync()).ShouldStartWith("That had been recorded already");
        await page.GotoAsync($"{KeepingInstallation.Own}/collecting");
        told = await changed.InnerTextAsync();
        told.ShouldContain("Withdrawn on 31 Oct 2026: held with another family.");
        told.ShouldContain("0.71");
        told.ShouldContain("counts nowhere");
        // With it the family has given none.
        (await without.Locator("tr", new() { HasText = "told-given" }).InnerTextAsync()).ShouldContain("2 of 3");

        // Another team's page of the same interview is not found, nor is another family's.
        using var supervisor = AccessInstallation.Client(installation.Portal.BaseAddress!, session);
        (await supervisor.GetAsync(interview, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await supervisor.GetAsync(interview.Replace("/norr/", "/syd/", StringComparison.Ordinal), Cancelled)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await page.GotoAsync($"{KeepingInstallation.Own}/cases");
        await page.GetByRole(AriaRole.Link, new() { Name = "told-silent", Exact = true }).ClickAsync();
        (await supervisor.GetAsync($"{page.Url}/interviews/{interview.Split('/')[^1]}", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await supervisor.GetAsync($"{KeepingInstallation.Other}/collecting", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    public static TheoryData<string, int> Looks => [.. from language in new[] { "sv-SE", "en-GB" } from width in new[] { 1366, 320 } select new TheoryDataRow<string, int>(language, width)];

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task The_pages_are_accessible_and_fit(string language, int width)
    {
        var family = $"seen-{language}-{width}";
        await installation.Open(family, "norr", "norr-therapist");
        await installation.Settle();
        await using var profile = await chromium.NewProfile(Portal, language, width, bypassPolicy: true, session: session);
        var page = await Go(profile, $"{KeepingInstallation.Own}/cases");
        await Fill(page, "open-case", ("case_id", "a b"), ("therapist_id", "norr-therapist"), ("started", "2026-10-01"));
        await Submit(page, "open-case");
        await page.Look("cases");
        await page.GotoAsync($"{KeepingInstallation.Own}/posts");
        await Fill(page, "end-post", ("post", "norr-therapist|therapist|2026-01-01"), ("to", "2026-11-30"));
        await Submit(page, "end-post");
        await page.Look("posts");
        await page.Locator("section[aria-labelledby='left-by-it']").GetByRole(AriaRole.Link, new() { Name = family, Exact = true }).ClickAsync();
        await Fill(page, "discharged", ("discharged", "2026-10-30"), ("discharge_reason", "completed"));
        await Submit(page, "discharged");
        await page.Look("case-confirming");
        await page.Locator(".confirm ~ .steps button").First.ClickAsync();
        await page.GetByRole(AriaRole.Status).WaitForAsync();
        await installation.Settle();
        await page.ReloadAsync();
        await page.Look("case-discharged");

        // A correction makes a score sufficient; a family that opted out; an interview that ends this week; and a family that nobody has called.
        await installation.Record(KeepingInstallation.Programme, "tam-interviews", new JsonObject
        {
            ["interview_id"] = $"{family}-1", ["case_id"] = family, ["interviewer_id"] = "norr-interviewer", ["date"] = "2026-08-18", ["mode"] = "phone", ["language"] = "sv",
            ["interpreter"] = false, ["instrument"] = "tam-r@1", ["items"] = SubmissionInstallation.Items([.. SubmissionInstallation.Times(18, 5), .. SubmissionInstallation.Times(10, null)]),
        });
        await installation.Record(
            KeepingInstallation.Programme, "corrections", new JsonObject { ["id"] = $"{family}-1", ["date"] = "2026-10-30", ["item"] = 19, ["value"] = 4, ["reason"] = "left out" });
        await installation.Open($"{family}-refused", "norr", "norr-second");
        await installation.Open($"{family}-silent", "norr", "norr-second");
        await installation.Discharge($"{family}-ending", "norr", "norr-second");
        await installation.Try($"{family}-refused", "2026-09-20", "opted_out");
        await installation.Try($"{family}-ending", "2026-10-30", "call_back");
        await installation.Settle();
        await page.GotoAsync($"{KeepingInstallation.Own}/collecting");
        await page.Look("collecting");
        await page.Locator("section[aria-labelledby=changed] tr", new() { HasText = family }).GetByRole(AriaRole.Link).First.ClickAsync();
        await page.Locator("#correct").WaitForAsync();
        await page.Look("recorded-interview");
    }

    Uri Portal => installation.Portal.BaseAddress!;

    Task<IBrowserContext> Profile() => chromium.NewProfile(Portal, "en-GB", script: false, session: session);

    static async Task<IPage> Go(IBrowserContext profile, string address)
    {
        var page = await profile.NewPageAsync();
        await page.GotoAsync(address);
        return page;
    }

    static async Task Fill(IPage page, string form, params (string Column, string Value)[] fields)
    {
        foreach (var (column, value) in fields)
        {
            var field = page.Locator($"[id='{form}-{column}']");
            await AwaitField(page, field);
            if ((await field.EvaluateAsync<string>("field => field.tagName")) == "SELECT")
                await field.SelectOptionAsync(value);
            else
                await field.FillAsync(value);
        }
    }

    /// <summary>Waits for a field; what stands there instead is told.</summary>
    static async Task AwaitField(IPage page, ILocator field)
    {
        try
        {
            await field.WaitForAsync();
        }
        catch (TimeoutException late) when (!page.IsClosed)
        {
            throw new ShouldAssertException($"{field} is not on {page.Url}:\n{await page.Locator("body").InnerTextAsync()}", late);
        }
    }

    static Task Press(IPage page, string button, string? form = null) =>
        (form is null ? page.Locator("main") : page.Locator($"section[aria-labelledby='{form}']")).GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    static Task Submit(IPage page, string form) => page.Locator($"section[aria-labelledby='{form}'] form button").First.ClickAsync();

    /// <summary>What is said when a record was kept. Where it takes long, that is said, and the page has it once all is done.</summary>
    async Task Said(IPage page, string recorded)
    {
        var said = await page.GetByRole(AriaRole.Status).InnerTextAsync();
        if (!said.Contains("is still being recorded", StringComparison.Ordinal))
        {
            said.ShouldBe(recorded);
            return;
        }

        await installation.Settle();
        await page.ReloadAsync();
    }

    /// <summary>What is said at a field, which names it as its description.</summary>
    static async Task<string> FaultOf(IPage page, string form, string column)
    {
        var described = await page.Locator($"[id='{form}-{column}']").GetAttributeAsync("aria-describedby");
        described.ShouldNotBeNull().Split(' ').ShouldContain($"{form}-{column}-fault");
        return await page.Locator($"[id='{form}-{column}-fault']").InnerTextAsync();
    }

    static Task<IReadOnlyList<string>> StillDue(IPage page) => page.Locator("section[aria-labelledby=still-due] li").AllInnerTextsAsync();
}
