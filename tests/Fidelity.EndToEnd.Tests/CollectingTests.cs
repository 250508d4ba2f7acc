using System.Net;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Playwright;
using Npgsql;

namespace Fidelity.EndToEnd.Tests;

/// <summary>What is collected of people: the list of whom to call, the form of an interview, the one that a caregiver fills in alone, and surveys.</summary>
[Collection(nameof(AccessInstallation))]
public sealed class CollectingTests(AccessInstallation installation, Chromium chromium) : IAsyncLifetime
{
    const string Team = AccessInstallation.Own;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await installation.Fill(chromium);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_day_by_the_keyboard_alone()
    {
        var family = await Family("keyboard");
        await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", session: await installation.SessionOf(chromium, "in"));
        var page = await profile.NewPageAsync();
        await page.GotoAsync("/calls");
        await Entry(page, family).GetByRole(AriaRole.Button, new() { Name = "Interview" }).FocusAsync();
        await page.Keyboard.PressAsync("n");
        await page.GetByRole(AriaRole.Status).GetByText("Logged: no answer.").WaitForAsync();
        (await Entry(page, family).InnerTextAsync()).ShouldContain("31 Oct no answer");

        await Entry(page, family).GetByRole(AriaRole.Button, new() { Name = "Interview" }).FocusAsync();
        await page.Keyboard.PressAsync("c");
        // How a day is typed is the browser's own, and follows its language.
        await page.Locator("input[type=datetime-local]:focus").FillAsync("2026-11-05T09:15");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Status).GetByText("Logged: call back.").WaitForAsync();
        (await Entry(page, family).InnerTextAsync()).ShouldContain("Asked to be called 5 Nov 09:15");
        // It asked for later than anybody else here.
        (await page.Locator(".call").Last.InnerTextAsync()).ShouldContain(family);

        await Entry(page, family).GetByRole(AriaRole.Button, new() { Name = "Interview" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#i1 input").First.FocusAsync();
        // 21 fives and 4 threes of 27 answers, two of them not applicable; one is taken back: 21/25 are at the adherent end.
        foreach (var key in "5555555555" + "5555555555" + "5" + "3333" + "NN")
            await page.Keyboard.PressAsync(key.ToString());
        await page.Keyboard.PressAsync("4");
        await page.Keyboard.PressAsync("Shift+Tab");
        await page.Keyboard.PressAsync("Delete");
        await page.GetByText("27 of 28 answered").WaitForAsync();
        await Saved(page);

        // The draft waits on any device.
        await using var other = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", session: await installation.SessionOf(chromium, "in"));
        var elsewhere = await other.NewPageAsync();
        await elsewhere.GotoAsync(page.Url);
        await elsewhere.GetByText("27 of 28 answered").WaitForAsync();
        (await elsewhere.Locator("#i21 input:checked").InputValueAsync()).ShouldBe("5");
        (await elsewhere.Locator("#i22 input:checked").InputValueAsync()).ShouldBe("3");
        (await elsewhere.Locator("#i26 input:checked").InputValueAsync()).ShouldBe("NA");
        (await elsewhere.Locator("#i28 input:checked").InputValueAsync()).ShouldBe("");

        await page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("The interview is recorded.").WaitForAsync();
        var shown = await page.Locator(".facts").InnerTextAsync();
        shown.ShouldContain("0.84");
        shown.ShouldContain("0.61 reached");
        shown.ShouldContain("25 of 28");
        shown.ShouldContain("2 not applicable, 1 blank");
        shown.ShouldContain("tam-r@1");
        shown.ShouldContain("unverified");
        await page.GotoAsync("/calls");
        (await page.Locator(".call", new() { HasText = family }).CountAsync()).ShouldBe(0);
        (await Completed(family)).ShouldBe(1);

        // Whoever has the form open still is told, and nothing of theirs is kept.
        await elsewhere.Locator("#i1 label").First.ClickAsync();
        await elsewhere.GetByText("The interview is recorded.").WaitForAsync();
    }

    [Fact]
    public async Task What_is_answered_without_a_connection_is_kept_when_it_is_back()
    {
        var family = await Family("offline");
        await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, "sv-SE", session: await installation.SessionOf(chromium, "in"));
        var page = await profile.NewPageAsync();
        await Begin(page, family, "Intervjua");
        await profile.SetOfflineAsync(true);
        await page.Locator("#i1 label").Nth(4).ClickAsync();
        await page.Locator("#i2 label").Nth(3).ClickAsync();
        await page.GetByText("Inte sparat: ingen förbindelse.").WaitForAsync();
        // The lid is closed, and opened later.
        var address = page.Url;
        await page.CloseAsync();
        await profile.SetOfflineAsync(false);
        page = await profile.NewPageAsync();
        await page.GotoAsync(address);
        await page.GetByText("2 av 28 besvarade").WaitForAsync();
        await page.ReloadAsync();
        (await page.Locator("#i1 input:checked").InputValueAsync()).ShouldBe("5");
        (await page.Locator("#i2 input:checked").InputValueAsync()).ShouldBe("4");
    }

    [Fact]
    public async Task Without_script_a_button_keeps_the_answers_and_too_few_give_no_score()
    {
        var family = await Family("scriptless");
        await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", script: false, session: await installation.SessionOf(chromium, "su"));
        var page = await profile.NewPageAsync();
        await Begin(page, family, "Interview");
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).GetByText("No item is answered.").WaitForAsync();
        for (var item = 1; item <= 18; item++)
            await page.Locator($"#i{item} label").Nth(4).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save, and go on later" }).ClickAsync();
        await page.GetByText("18 of 28 answered").WaitForAsync();
        await page.GotoAsync("/calls");
        await Entry(page, family).GetByRole(AriaRole.Button, new() { Name = "Go on with the interview" }).ClickAsync();
        await page.GetByText("18 of 28 answered").WaitForAsync();
        using (var client = AccessInstallation.Client(installation.Portal.BaseAddress!, await installation.SessionOf(chromium, "su")))
        {
            using var early = await Send(
                client, page.Url, await client.GetStringAsync(page.Url, Cancelled), ("_handler", "answer"), ("do", "submit"), ("date", "2026-11-01"));
            (await early.Content.ReadAsStringAsync(Cancelled)).ShouldContain("a day that has not come");
        }

        await page.GetByLabel("Held on").FillAsync("2026-10-30");
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await page.GetByText("The interview is recorded.").WaitForAsync();
        (await page.Locator("main").InnerTextAsync()).ShouldContain("18 items are answered with a number, and 19 are needed.");
    }

    [Fact]
    public async Task An_interview_is_corrected_and_withdrawn_with_a_reason_and_both_versions_are_shown()
    {
        var family = await Family("corrected");
        await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", script: false, session: await installation.SessionOf(chromium, "su"));
        var page = await profile.NewPageAsync();
        await Begin(page, family, "Interview");
        await page.Locator("#i3 label").Nth(1).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await page.GetByText("The interview is recorded.").WaitForAsync();
        await page.GotoAsync("/calls");
        await page.GetByRole(AriaRole.Link, new() { Name = family }).ClickAsync();
        var correct = page.GetByRole(AriaRole.Region, new() { Name = "Correct an answer" });
        await correct.GetByLabel("Item").SelectOptionAsync("3");
        await correct.GetByLabel("Right answer").SelectOptionAsync("4");
        await correct.GetByLabel("Why").FillAsync("misheard");
        await correct.GetByRole(AriaRole.Button).ClickAsync();
        await correct.GetByRole(AriaRole.Button, new() { Name = "Correct it" }).ClickAsync();
        await page.GetByText("The answer is corrected.").WaitForAsync();
        await page.GetByText("Item 3: 2, corrected to 4 on 31 Oct 2026: misheard").WaitForAsync();

        var withdraw = page.GetByRole(AriaRole.Region, new() { Name = "Withdraw the interview" });
        await withdraw.GetByLabel("Why").FillAsync("another family");
        await withdraw.GetByRole(AriaRole.Button).ClickAsync();
        await withdraw.GetByRole(AriaRole.Button, new() { Name = "Withdraw it" }).ClickAsync();
        await page.GetByText("Withdrawn on 31 Oct 2026: another family.").WaitForAsync();
        (await page.GetByText("Item 3: 2, corrected to 4").CountAsync()).ShouldBe(1);
        // Its interval runs, so the family is to be called again.
        while (await Outcome(family) != "open")
            await Task.Delay(50, Cancelled);

        // Its supervisor finds it among what was changed, and from there its form.
        var form = page.Url.Split('?')[0];
        await page.GotoAsync($"/teams/{AccessInstallation.Programme}/{Team}/collecting");
        await page.Locator("section[aria-labelledby=changed] tr", new() { HasText = family }).GetByRole(AriaRole.Link).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "The form it was filled in on" }).ClickAsync();
        page.Url.ShouldBe(form);
    }

    [Fact]
    public async Task A_family_that_opts_out_is_not_listed_again_and_one_that_declines_is_when_its_next_interview_falls_due()
    {
        var (optsOut, declines) = (await Family("opts-out"), await Family("declines"));
        await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", session: await installation.SessionOf(chromium, "in"));
        var page = await profile.NewPageAsync();
        foreach (var (family, says) in new[] { (optsOut, "Wants no more calls"), (declines, "Declines this time") })
        {
            await page.GotoAsync("/calls");
            await Entry(page, family).GetByText("No interview this time").ClickAsync();
            await Entry(page, family).GetByRole(AriaRole.Button, new() { Name = says }).ClickAsync();
            await page.GetByRole(AriaRole.Status).GetByText("Logged:").WaitForAsync();
            (await page.Locator(".call", new() { HasText = family }).CountAsync()).ShouldBe(0);
        }

        await installation.Settle();
        (await Outcome(optsOut)).ShouldBe("opted_out");
        (await Outcome(declines)).ShouldBe("declined");
    }

    [Fact]
    public async Task Thirty_interviewers_at_one_list_lose_no_answer_and_complete_nothing_twice()
    {
        string[] families = [.. await Task.WhenAll(Enumerable.Range(1, 10).Select(number => Family($"crowd-{number}")))];
        var clients = await Interviewers(30);
        // Three open each family's interview at once, and each answers other items.
        var forms = await Task.WhenAll(clients.Select(async (client, number) =>
        {
            var calls = await client.GetStringAsync("/calls", Cancelled);
            using var begun = await Send(client, "/calls", calls, ("_handler", "call"), ("programme", AccessInstallation.Programme), ("case", families[number % 10]), ("do", "interview"));
            begun.StatusCode.ShouldBe(HttpStatusCode.Redirect);
            var form = begun.Headers.Location!.ToString();
            var page = await client.GetStringAsync(form, Cancelled);
            await Task.WhenAll(Enumerable.Range(0, 9).Select(async item =>
            {
                using var saved = await Send(client, $"{form}/saved", page, ($"i{(number / 10 * 9) + item + 1}", "5"));
                saved.StatusCode.ShouldBe(HttpStatusCode.OK);
            }));
            return (Client: client, Address: form, Page: page);
        }));
        forms.Select(form => form.Address).Distinct().Count().ShouldBe(10);
        await Task.WhenAll(forms.Select(async form => (await form.Client.GetStringAsync(form.Address, Cancelled)).ShouldContain("27 of 28 answered")));
        await Task.WhenAll(forms.Select(async form =>
        {
            using var submitted = await Send(form.Client, form.Address, form.Page, ("_handler", "answer"), ("do", "submit"));
            submitted.StatusCode.ShouldBeOneOf(HttpStatusCode.Redirect, HttpStatusCode.OK);
            (await form.Client.GetStringAsync(form.Address, Cancelled)).ShouldNotContain("name=\"i1\"");
        }));
        foreach (var client in clients)
            client.Dispose();
        await installation.Settle();
        foreach (var family in families)
            (await Completed(family)).ShouldBe(1, family);
    }

    [Fact]
    public async Task A_rater_answers_what_is_theirs_once_and_corrects_it_and_nobody_else_sees_it()
    {
        await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", session: await installation.SessionOf(chromium, "th"));
        var page = await profile.NewPageAsync();
        await page.GotoAsync("/surveys");
        await page.GetByText("You rate your supervisor own-supervisor").WaitForAsync();
        var survey = page.Locator(".call", new() { HasText = "own-consultant" });
        // Due on 1 October and on 1 December, and answered from 14 days before.
        (await survey.InnerTextAsync()).ShouldContain("Yours to answer until 16 Nov 2026.");
        await survey.GetByRole(AriaRole.Button, new() { Name = "Answer" }).ClickAsync();
        await page.GetByText("only if at least 3 have answered").WaitForAsync();
        var address = page.Url;
        await page.Locator("#i1 input").First.FocusAsync();
        foreach (var key in "66666665555")
            await page.Keyboard.PressAsync(key.ToString());
        await page.GetByText("11 of 23 answered").WaitForAsync();
        await Saved(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await page.GetByText("Thank you, it is submitted.").WaitForAsync();
        while (await survey.GetByRole(AriaRole.Button, new() { Name = "Correct" }).CountAsync() == 0)
            await page.ReloadAsync();

        (await survey.InnerTextAsync()).ShouldContain("Answered. You can correct it until 16 Nov 2026.");
        await survey.GetByRole(AriaRole.Button, new() { Name = "Correct" }).ClickAsync();
        await page.GetByText("11 of 23 answered").WaitForAsync();
        (await page.Locator("#i8 input:checked").InputValueAsync()).ShouldBe("5");
        var correction = page.Url;
        correction.ShouldNotBe(address);
        await page.Locator("#i8 label").Nth(1).ClickAsync();
        await Saved(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await page.GetByText("Thank you, it is submitted.").WaitForAsync();
        await survey.GetByRole(AriaRole.Button, new() { Name = "Correct" }).ClickAsync();
        (await page.Locator("#i8 input:checked").InputValueAsync()).ShouldBe("2");
        // An item is corrected once a day.
        await page.Locator("#i8 label").Nth(2).ClickAsync();
        await Saved(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).GetByText("Item 8: You have corrected this item once today.").WaitForAsync();

        foreach (var other in new[] { "su", "in" })
        {
            using var client = await installation.Somebody(chromium, other);
            (await client.GetAsync(page.Url, Cancelled)).StatusCode.ShouldBeOneOf(HttpStatusCode.NotFound, HttpStatusCode.Forbidden);
            (await client.GetAsync(address, Cancelled)).StatusCode.ShouldBeOneOf(HttpStatusCode.NotFound, HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task Texts_that_an_administrator_loads_are_on_the_form_and_in_no_log()
    {
        var family = await Family("texts");
        const string Asked = "A question of these tests number";
        await using (var administrator = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", session: await installation.SessionOf(chromium, "ad")))
        {
            var page = await administrator.NewPageAsync();
            await page.GotoAsync("/texts");
            await Load(page, "so", "item,text,anchors\n1,Only one,\n");
            await page.GetByRole(AriaRole.Alert).GetByText("Texts of some items are missing.").WaitForAsync();
            await Load(page, "so", Pack(item => $"{Asked} {item}"));
            await page.GetByText("The texts are loaded.").WaitForAsync();
        }

        await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", session: await installation.SessionOf(chromium, "in"));
        var form = await profile.NewPageAsync();
        await Begin(form, family, "Interview");
        // It is the only pack there is, whatever language the page is in.
        (await form.Locator("#i28 legend").InnerTextAsync()).ShouldContain($"{Asked} 28");
        (await form.Locator("#i28 label").Nth(4).InnerTextAsync()).ShouldContain("always");
        (await form.Locator("[data-items]").GetAttributeAsync("lang")).ShouldBe("so");
        (await installation.Log("portal")).ShouldNotContain(Asked);
        await RemoveTexts("Somali");
    }

    [Fact]
    public async Task A_caregiver_answers_alone_with_a_code_that_works_once_and_until_it_is_revoked()
    {
        var family = await Family("alone");
        await using var interviewer = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", script: false, session: await installation.SessionOf(chromium, "in"));
        var page = await interviewer.NewPageAsync();
        await page.GotoAsync("/calls");
        await Entry(page, family).GetByRole(AriaRole.Button, new() { Name = "On-line form" }).ClickAsync();
        await page.GetByText("no texts of the items are loaded here").WaitForAsync();
        await LoadTexts("sv", "ar");
        await page.ReloadAsync();
        page.Url.ShouldNotContain(family);
        (await page.GetByLabel("Language of the form").InputValueAsync()).ShouldBe("sv");
        var lost = await Code("Make a code");
        await page.GotoAsync(page.Url);
        await page.GetByText("own-interviewer gave out a code").WaitForAsync();

        // A phone that has never been here, without script. What is typed is read as it was meant.
        await using var phone = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", width: 320, script: false, session: Chromium.Nobody);
        var form = await phone.NewPageAsync();
        await Type(lost.Replace("-", " ", StringComparison.Ordinal).ToLowerInvariant());
        await form.GetByRole(AriaRole.Heading, new() { Name = "Svara om er behandling" }).WaitForAsync();
        foreach (var theirs in new[] { family, "own", AccessInstallation.Programme })
            (await form.ContentAsync()).ShouldNotContain(theirs, customMessage: "nobody who finds the letter is told whose it is");
        await form.Locator("#i1 label").Nth(4).ClickAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Spara, och fortsätt senare" }).ClickAsync();
        await form.GetByText("1 av 28 besvarade").WaitForAsync();
        await page.GotoAsync("/calls");
        (await Entry(page, family).InnerTextAsync()).ShouldContain("has had a code for the on-line form since");

        // The letter is lost: another code, and the first opens nothing.
        await Entry(page, family).GetByRole(AriaRole.Button, new() { Name = "On-line form" }).ClickAsync();
        await page.GetByText("The form has been begun.").WaitForAsync();
        var revoked = await Code("Make a new code");
        await Unknown(lost);
        await page.GotoAsync(page.Url);
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke the code" }).ClickAsync();
        await page.GetByText("The code is revoked").WaitForAsync();
        await Unknown(revoked);
        await Unknown("0000-0000-0000-0000");

        // An Arabic form: its items in Arabic, from the right; the rest in what the phone speaks.
        await page.GetByLabel("Language of the form").SelectOptionAsync("ar");
        var code = await Code("Make a code");
        await Type(code);
        await form.GetByRole(AriaRole.Heading, new() { Name = "Answer about your treatment" }).WaitForAsync();
        (await form.Locator("#i7 legend").InnerTextAsync()).ShouldContain("سؤال 7");
        for (var item = 1; item <= 18; item++)
            await form.Locator($"#i{item} label").Nth(item <= 9 ? 4 : 0).ClickAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await form.GetByText("Answered with a number so far: 18. With at least 19").WaitForAsync();
        await form.Locator("#i19 label").Nth(4).ClickAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await form.GetByText("Thank you! Your answers have been sent.").WaitForAsync();
        await Type(code);
        await form.GetByText("The code is used up").WaitForAsync();
        (await form.Locator("#i1").CountAsync()).ShouldBe(0);
        using (var client = new HttpClient { BaseAddress = installation.Portal.BaseAddress })
        using (var sent = new FormUrlEncodedContent([new("i1", "1")]))
            (await client.PostAsync($"/answer/saved?code={code}", sent, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await Completed(family)).ShouldBe(1);
        await using (var database = new NpgsqlConnection(installation.Database))
        {
            (await database.QuerySingleAsync<(string, string?, string)>(
                    "select content->>'mode', content->>'interviewerId', content->>'language' from portal.records where kind = 'Record' and content->>'caseId' = @family", new { family }))
                .ShouldBe(("online", null, "ar"));
        }

        (await installation.Log("portal")).ShouldNotContain(code);
        await RemoveTexts("Arabic", "Swedish");

        async Task<string> Code(string button)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
            return await page.Locator(".letter .code").InnerTextAsync();
        }

        async Task Type(string typed)
        {
            await form.GotoAsync("/answer");
            await form.Locator("#code").FillAsync(typed);
            await form.Locator("main button").ClickAsync();
        }

        async Task Unknown(string typed)
        {
            await Type(typed);
            await form.GetByRole(AriaRole.Alert).GetByText("This code opens no form.").WaitForAsync();
        }

        async Task LoadTexts(params string[] languages)
        {
            await using var administrator = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", session: await installation.SessionOf(chromium, "ad"));
            var texts = await administrator.NewPageAsync();
            await texts.GotoAsync("/texts");
            foreach (var language in languages)
            {
                await Load(texts, language, Pack(item => language == "ar" ? $"سؤال {item}" : $"Fråga {item}"));
                await texts.GetByText("The texts are loaded.").WaitForAsync();
            }
        }
    }

    [Theory]
    [InlineData("sv-SE", 1366)]
    [InlineData("en-GB", 1366)]
    [InlineData("sv-SE", 320)]
    [InlineData("en-GB", 320)]
    public async Task The_pages_keep_within_the_guidelines(string language, int width)
    {
        var family = await Family($"axe-{language}-{width}");
        await using var administrators = await Profile("ad");
        var texts = await administrators.NewPageAsync();
        await texts.GotoAsync("/texts");
        await texts.Look("texts-none");
        await Load(texts, "sv", Pack(item => $"Påhittad fråga {item} om hur behandlingen har varit den senaste månaden?"));
        await texts.Locator(".done").WaitForAsync();
        await texts.Look("texts");

        await using var interviewers = await Profile("in");
        var page = await interviewers.NewPageAsync();
        await page.GotoAsync("/calls");
        foreach (var summary in await Entry(page, family).Locator("summary").AllAsync())
            await summary.ClickAsync();
        await page.Look("calls");
        await Entry(page, family).Locator("button[value=self_report]").ClickAsync();
        await page.Locator("#language").WaitForAsync();
        await page.Look("self-report");
        await page.Locator("main button").First.ClickAsync();
        await page.Locator(".letter details, .letter + details").First.ClickAsync();
        await page.Look("self-report-letter");
        var link = await page.Locator("details .link").InnerTextAsync();

        await using var phones = await chromium.NewProfile(installation.Portal.BaseAddress!, language, width, bypassPolicy: true, session: Chromium.Nobody);
        var phone = await phones.NewPageAsync();
        await phone.GotoAsync("/answer?code=none");
        await phone.Look("answer-code");
        await phone.GotoAsync(link.Replace("&language=sv", $"&language={language[..2]}", StringComparison.Ordinal));
        await phone.Locator("#i1 label").First.ClickAsync();
        await phone.Look("answer");
        await phone.Locator("button[value=submit]").ClickAsync();
        await phone.Locator(".fault").WaitForAsync();
        await phone.Look("answer-few");
        await phone.GetByRole(AriaRole.Checkbox).CheckAsync();
        await phone.Locator("button[value=submit]").ClickAsync();
        await phone.Locator(".done").WaitForAsync();
        await phone.Look("answer-sent");
        await phone.GotoAsync("/accessibility");
        await phone.Look("accessibility");

        family = await Family($"axe-2-{language}-{width}");
        await page.GotoAsync("/calls");
        await Entry(page, family).Locator("button[value=interview]").ClickAsync();
        await page.Locator("#i1").WaitForAsync();
        await page.Locator("#i1 label").First.ClickAsync();
        await page.Locator("details.discard summary").ClickAsync();
        await page.Look("interview");
        await page.Locator("button[value=submit]").ClickAsync();
        await page.Locator("#grounds").WaitForAsync();
        await page.Look("interview-result");

        await using var raters = await Profile("su");
        page = await raters.NewPageAsync();
        await page.GotoAsync("/surveys");
        await page.Look("surveys");
        await page.Locator(".call button").First.ClickAsync();
        await page.Locator("#i1").WaitForAsync();
        await page.Look("survey");
        await RemoveTexts("Swedish");

        async Task<IBrowserContext> Profile(string who) => await chromium.NewProfile(
            installation.Portal.BaseAddress!, language, width, bypassPolicy: true, session: await installation.SessionOf(chromium, who));
    }

    /// <summary>Interviewers of the team with an account each, signed in.</summary>
    async Task<IReadOnlyList<HttpClient>> Interviewers(int count)
    {
        string[] people = [.. Enumerable.Range(1, count).Select(number => $"interviewer-{number}")];
        await Task.WhenAll(people.Select(async staff =>
        {
            using var employed = await installation.Post(AccessInstallation.Programme, "posts", new JsonObject
            {
                ["staff_id"] = staff, ["team_id"] = Team, ["role"] = "interviewer", ["from"] = "2026-10-01",
            });
            employed.IsSuccessStatusCode.ShouldBeTrue(await employed.Content.ReadAsStringAsync(Cancelled));
        }));
        await installation.Settle();
        using var administrator = AccessInstallation.Client(installation.Portal.BaseAddress!, await installation.SessionOf(chromium, "ad"));
        var page = await administrator.GetStringAsync("/access", Cancelled);
        return await Task.WhenAll(people.Select(async staff =>
        {
            using var invited = await Send(
                administrator, "/access", page, ("_handler", "invite"), ("holder", staff), ("programme", AccessInstallation.Programme), ("staff", staff));
            var answer = await invited.Content.ReadAsStringAsync(Cancelled);
            answer.ShouldContain("<code>");
            var link = answer.Split("<code>")[1].Split("</code>")[0];
            var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = installation.Portal.BaseAddress };
            client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
            using var taken = await Send(
                client, link, await client.GetStringAsync(link, Cancelled), ("_handler", "take-up"), ("name", staff), ("password", "a long password of these tests"));
            taken.StatusCode.ShouldBe(HttpStatusCode.Redirect);
            return client;
        }));
    }

    static ILocator Entry(IPage page, string family) => page.Locator(".call", new() { HasText = family });

    static async Task Begin(IPage page, string family, string button)
    {
        await page.GotoAsync("/calls");
        await Entry(page, family).GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await page.Locator("#i1").WaitForAsync();
    }

    static string Pack(Func<int, string> text) =>
        "item,text,anchors\n" + string.Concat(Enumerable.Range(1, 28).Select(item => $"{item},{text(item)},{(item == 1 ? "never|seldom|sometimes|often|always" : "")}\n"));

    static async Task Load(IPage page, string language, string file)
    {
        await page.Locator("select[name=definition]").SelectOptionAsync("tam-r@1");
        await page.Locator("select[name=language]").SelectOptionAsync(language);
        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "texts.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(file) });
        await page.Locator("form:has(input[type=file]) button").ClickAsync();
    }

    async Task RemoveTexts(params string[] languages)
    {
        await using var administrator = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", session: await installation.SessionOf(chromium, "ad"));
        var page = await administrator.NewPageAsync();
        await page.GotoAsync("/texts");
        foreach (var language in languages)
            await page.GetByRole(AriaRole.Button, new() { Name = $"Remove the texts of tam-r@1, {language}" }).ClickAsync();
        await page.GetByText("No texts are loaded.").WaitForAsync();
    }

    static Task Saved(IPage page) => page.Locator("[data-state]").GetByText("Saved.").WaitForAsync();

    static async Task<HttpResponseMessage> Send(HttpClient client, string address, string page, params (string Name, string Value)[] fields) =>
        await client.PostAsync(
            address,
            new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("__RequestVerificationToken", AccessInstallation.FormToken(page))]),
            Cancelled);

    /// <summary>A family whose interview has fallen due on 15 October and is open until 7 November.</summary>
    async Task<string> Family(string name)
    {
        var family = $"of-{name}";
        using var answer = await installation.Post(AccessInstallation.Programme, "cases", new JsonObject
        {
            ["case_id"] = family, ["team_id"] = Team, ["therapist_id"] = "own-therapist", ["started"] = "2026-09-01",
        });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Cancelled));
        while (!(await Opportunities(family)).Any(due => (string?)due["due"] == "2026-10-15"))
            await Task.Delay(50, Cancelled);
        // The roster and Tam each tell the portal of the family, in no order.
        await using var connection = new NpgsqlConnection(installation.Database);
        while (!await connection.ExecuteScalarAsync<bool>("select exists (select from portal.facts where kind = 'case' and key = @family)", new { family }))
            await Task.Delay(50, Cancelled);
        return family;
    }

    async Task<string> Outcome(string family) => (string)(await Opportunities(family)).Single(due => (string?)due["due"] == "2026-10-15")["outcome"]!;

    async Task<int> Completed(string family)
    {
        while (await Outcome(family) == "open")
            await Task.Delay(50, Cancelled);
        return (await Opportunities(family)).Count(due => (string?)due["outcome"] == "completed");
    }

    async Task<IReadOnlyList<JsonNode>> Opportunities(string family) =>
    [
        .. (await installation.Get($"/api/v1/opportunities?programme={AccessInstallation.Programme}&team={Team}"))
            .Select(due => due!).Where(due => (string?)due["case"] == family),
    ];
}
