using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Fidelity.EndToEnd.Tests;

/// <summary>Coming in, staying in, and being shut out: in a browser, against everything that runs.</summary>
[Collection(nameof(AccessInstallation))]
public sealed class SignInTests(AccessInstallation installation, Chromium chromium) : IAsyncLifetime
{
    const string Password = "a long password of these tests";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    Uri Portal => installation.Portal.BaseAddress!;

    public async ValueTask InitializeAsync() => await installation.Fill(chromium);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Who_is_invited_chooses_a_password_signs_out_and_comes_back_to_where_they_wanted_to_go()
    {
        await installation.Employ("sol-staff", "supervisor");
        var link = await installation.Invite(chromium, "Supervisor Sol", "sol-staff");
        await chromium.TakeUp(link, "sol");
        await using var profile = await chromium.NewProfile(Portal, "sv-SE", width: 390, session: Chromium.Nobody);
        var page = await profile.NewPageAsync();
        await page.GotoAsync(link.ToString());
        (await page.Locator("main").InnerTextAsync()).ShouldContain("Länken gäller inte");

        await page.GotoAsync($"/teams/{AccessInstallation.Programme}/{AccessInstallation.Own}");
        await page.GetByLabel("Inloggningsnamn").FillAsync("SOL");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Password);
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Team own" }).WaitForAsync();
        new Uri(page.Url).AbsolutePath.ShouldBe($"/teams/{AccessInstallation.Programme}/{AccessInstallation.Own}");

        var old = await profile.StorageStateAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Logga ut" }).ClickAsync();
        new Uri(page.Url).AbsolutePath.ShouldBe("/sign-in");
        await page.GotoAsync("/account");
        new Uri(page.Url).AbsolutePath.ShouldBe("/sign-in");
        old.ShouldContain("fidelity-session");
    }

    [Fact]
    public async Task A_wrong_password_an_unknown_name_and_a_locked_account_are_answered_alike()
    {
        await chromium.TakeUp(await installation.Invite(chromium, "Locked Lo"), "lou");
        var answers = new List<string> { await Answer("nobody-has-this-name", Password) };
        for (var attempt = 0; attempt < 5; attempt++)
            answers.Add(await Answer("lou", "a wrong password of these tests"));
        answers.Add(await Answer("lou", Password));
        answers.Distinct().ShouldHaveSingleItem().ShouldContain("That did not work.");

        // A new link opens the account again.
        await using var profile = await chromium.NewProfile(Portal, "en-GB");
        var page = await AccessInstallation.OpenAccount(profile, "Locked Lo");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a link" }).ClickAsync();
        var link = await page.GetByRole(AriaRole.Status).Locator("code").InnerTextAsync();
        await using var fresh = await chromium.NewProfile(Portal, "en-GB", session: Chromium.Nobody);
        var choosing = await fresh.NewPageAsync();
        await choosing.GotoAsync(link);
        (await choosing.GetByLabel("Sign-in name").InputValueAsync()).ShouldBe("lou");
        await choosing.GetByLabel("New password").FillAsync("another long password of these tests");
        await choosing.GetByRole(AriaRole.Button, new() { Name = "Save and sign in" }).ClickAsync();
        await choosing.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).WaitForAsync();
        (await Answer("lou", Password)).ShouldContain("That did not work.");
    }

    [Fact]
    public async Task A_password_that_is_short_or_holds_the_name_is_not_taken()
    {
        var link = await installation.Invite(chromium, "Short Sam");
        await using var profile = await chromium.NewProfile(Portal, "en-GB", session: Chromium.Nobody);
        var page = await profile.NewPageAsync();
        await page.GotoAsync(link.ToString());
        await page.EvaluateAsync("document.querySelector('#password').removeAttribute('minlength')");
        foreach (var (password, said) in new[] { ("short", "at least 12 characters"), ("shortsam is my name", "must not hold the sign-in name"), ("aaaaaaaaaaaaaaaa", "too few different characters") })
        {
            await page.GetByLabel("Sign-in name").FillAsync("shortsam");
            await page.EvaluateAsync("document.querySelector('#password').removeAttribute('minlength')");
            await page.GetByLabel("New password").FillAsync(password);
            await page.GetByRole(AriaRole.Button, new() { Name = "Save and sign in" }).ClickAsync();
            (await page.GetByRole(AriaRole.Alert).AllInnerTextsAsync()).ShouldContain(alert => alert.Contains(said, StringComparison.Ordinal), password);
        }
    }

    [Fact]
    public async Task A_post_that_ends_closes_the_open_session_at_its_next_request()
    {
        await installation.Employ("leaving", "interviewer");
        using var leaving = AccessInstallation.Client(Portal, await chromium.TakeUp(await installation.Invite(chromium, "Leaving Lea", "leaving"), "lea"));
        (await leaving.GetAsync(OwnTeam, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
        // Yesterday was the last day.
        await installation.Employ("leaving", "interviewer", "2026-10-30");
        (await leaving.GetAsync(OwnTeam, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await leaving.GetAsync($"/api/v1/opportunities?programme={AccessInstallation.Programme}&team={AccessInstallation.Own}", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_grant_opens_a_team_when_it_is_given_and_closes_it_when_it_is_ended()
    {
        using var director = AccessInstallation.Client(Portal, await chromium.TakeUp(await installation.Invite(chromium, "Director Dag"), "dag"));
        (await director.GetAsync(OwnTeam, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await installation.Grant(chromium, "Director Dag", "programme_director", $"{AccessInstallation.Programme}/{AccessInstallation.Own}");
        (await director.GetAsync(OwnTeam, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await using var profile = await chromium.NewProfile(Portal, "en-GB");
        var page = await AccessInstallation.OpenAccount(profile, "Director Dag");
        await page.GetByLabel("Reason").FillAsync("The contract ended");
        await page.GetByRole(AriaRole.Button, new() { Name = "End", Exact = true }).ClickAsync();
        await page.Locator("table.grants").GetByText("The contract ended").WaitForAsync();
        (await director.GetAsync(OwnTeam, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        // Closed, the account has no session any more.
        await page.GetByRole(AriaRole.Button, new() { Name = "Close the account" }).ClickAsync();
        await page.GetByText("closed", new() { Exact = true }).WaitForAsync();
        (await director.GetAsync("/account", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task A_form_from_elsewhere_changes_nothing()
    {
        using var administrator = AccessInstallation.Client(Portal, chromium.Session);
        foreach (var (address, form) in new (string, Dictionary<string, string>)[]
                 {
                     ("/sign-out", new() { ["x"] = "y" }),
                     ("/access", new() { ["_handler"] = "invite", ["holder"] = "Forged Fia", ["programme"] = AccessInstallation.Programme }),
                     ("/access/tokens", new() { ["_handler"] = "make", ["name"] = "forged", ["purposes"] = "submit_records", ["days"] = "3" }),
                 })
        {
            using var content = new FormUrlEncodedContent(form);
            (await administrator.PostAsync(address, content, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, address);
        }

        var accounts = await administrator.GetStringAsync("/access", Cancelled);
        accounts.ShouldContain("Sign out");
        accounts.ShouldNotContain("Forged");
        (await administrator.GetStringAsync("/access/tokens", Cancelled)).ShouldNotContain("forged");
    }

    [Fact]
    public async Task The_session_is_out_of_reach_of_scripts_and_other_sites_and_leaves_the_machine_by_tls_only()
    {
        await chromium.TakeUp(await installation.Invite(chromium, "Cookie Kim"), "kim");
        foreach (var (host, secure) in new[] { (Portal.Authority, false), ("fidelity.example", true) })
        {
            using var client = AccessInstallation.Client(Portal, null);
            client.DefaultRequestHeaders.Host = host;
            using var form = await client.GetAsync("/sign-in", Cancelled);
            var token = AccessInstallation.FormToken(await form.Content.ReadAsStringAsync(Cancelled));
            client.DefaultRequestHeaders.Add("Cookie", form.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));
            using var content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["_handler"] = "sign-in", ["name"] = "kim", ["password"] = Password, ["__RequestVerificationToken"] = token,
            });
            using var answer = await client.PostAsync("/sign-in", content, Cancelled);
            answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
            var cookie = answer.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("fidelity-session=", StringComparison.Ordinal)).ToLowerInvariant();
            cookie.ShouldContain("httponly");
            cookie.ShouldContain("samesite=lax");
            cookie.Contains("secure", StringComparison.Ordinal).ShouldBe(secure, host);
        }
    }

    [Fact]
    public async Task Nothing_leads_from_the_sign_in_page_to_another_site()
    {
        await chromium.TakeUp(await installation.Invite(chromium, "Redirect Ren"), "ren");
        foreach (var away in new[] { "https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example" })
        {
            await using var profile = await chromium.NewProfile(Portal, "en-GB", session: Chromium.Nobody);
            var page = await profile.NewPageAsync();
            await page.GotoAsync($"/sign-in?return={Uri.EscapeDataString(away)}");
            await page.GetByLabel("Sign-in name").FillAsync("ren");
            await page.GetByLabel("Password").FillAsync(Password);
            await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).WaitForAsync();
            page.Url.ShouldBe(Portal.ToString());
        }
    }

    [Fact]
    public async Task A_passkey_signs_in_without_a_name_until_it_is_removed()
    {
        await chromium.TakeUp(await installation.Invite(chromium, "Passkey Pia"), "pia");
        // Browsers give passkeys to names only, and this machine's is localhost.
        await using var profile = await chromium.NewProfile(new UriBuilder(Portal) { Host = "localhost" }.Uri, "en-GB", session: Chromium.Nobody);
        var page = await profile.NewPageAsync();
        await Authenticator(profile, page);
        await page.GotoAsync("/sign-in?return=/account");
        await page.GetByLabel("Sign-in name").FillAsync("pia");
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.GetByLabel("What to call it").FillAsync("These tests");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await page.GetByText("These tests, added").WaitForAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.GotoAsync("/sign-in?return=/account");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "pia", Level = 1 }).WaitForAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await page.GetByText("These tests, added").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        (await page.GetByRole(AriaRole.Alert).InnerTextAsync()).ShouldContain("The passkey did not work.");
        new Uri(page.Url).AbsolutePath.ShouldBe("/sign-in");
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("""{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{},"clientExtensionResults":{}}""")]
    public async Task What_is_no_passkey_opens_nothing(string credential)
    {
        await using var profile = await chromium.NewProfile(Portal, "en-GB", script: false, session: Chromium.Nobody);
        var page = await profile.NewPageAsync();
        await page.GotoAsync("/sign-in");
        using var client = AccessInstallation.Client(Portal, await profile.StorageStateAsync());
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "sign-in-passkey", ["credential"] = credential,
            ["__RequestVerificationToken"] = (await page.Locator("[name=__RequestVerificationToken]").First.GetAttributeAsync("value"))!,
        });
        using var answer = await client.PostAsync("/sign-in", form, Cancelled);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync(Cancelled)).ShouldContain("The passkey did not work.");
    }

    /// <summary>A device that keeps passkeys, and always finds its owner at it.</summary>
    static async Task Authenticator(IBrowserContext profile, IPage page)
    {
        var browser = await profile.NewCDPSessionAsync(page);
        await browser.SendAsync("WebAuthn.enable");
        await browser.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });
    }

    [Fact]
    public async Task A_token_does_what_it_was_made_for_where_it_was_made_for_until_it_is_revoked()
    {
        var token = (await installation.Access("make-token", "these tests", "--purposes", "submit_records", "--programme", AccessInstallation.Programme)).Trim();
        using var program = AccessInstallation.Client(Portal, null);
        program.DefaultRequestHeaders.Authorization = new("Bearer", token);
        async Task<HttpStatusCode> Submit(string programme)
        {
            using var document = System.Net.Http.Json.JsonContent.Create(new JsonObject { ["staff_id"] = "by-token", ["team_id"] = AccessInstallation.Own, ["role"] = "interviewer", ["from"] = "2026-01-01" });
            using var answer = await program.PostAsync($"/api/v1/posts?programme={programme}", document, Cancelled);
            return answer.StatusCode;
        }

        (await Submit(AccessInstallation.Programme)).ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Accepted);
        (await Submit(AccessInstallation.OtherProgramme)).ShouldBe(HttpStatusCode.Forbidden);
        (await Submit("nowhere")).ShouldBe(HttpStatusCode.Forbidden);
        (await program.GetAsync("/api/v1/reviews", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        var listed = (await installation.Access("list-tokens")).Split('\n').Single(line => line.Contains("these tests", StringComparison.Ordinal));
        listed.ShouldNotContain(token);
        await installation.Access("revoke-token", listed.Split(' ')[0]);
        (await Submit(AccessInstallation.Programme)).ShouldBe(HttpStatusCode.Unauthorized);
        program.DefaultRequestHeaders.Authorization = new("Bearer", "nonsense");
        (await Submit(AccessInstallation.Programme)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task No_log_holds_a_link_a_token_or_a_password()
    {
        var link = await installation.Invite(chromium, "Logged Lu");
        await chromium.TakeUp(link, "luz", "a very secret password");
        var log = await installation.Log("portal");
        log.ShouldNotContain(link.Query.Split('=')[1]);
        log.ShouldNotContain("a very secret password");
        log.ShouldNotContain(installation.Portal.DefaultRequestHeaders.Authorization!.Parameter!);
    }

    static string OwnTeam => $"/teams/{AccessInstallation.Programme}/{AccessInstallation.Own}";

    async Task<string> Answer(string name, string password)
    {
        await using var profile = await chromium.NewProfile(Portal, "en-GB", session: Chromium.Nobody);
        var page = await profile.NewPageAsync();
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Sign-in name").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        return await page.GetByRole(AriaRole.Alert).InnerTextAsync();
    }
}
