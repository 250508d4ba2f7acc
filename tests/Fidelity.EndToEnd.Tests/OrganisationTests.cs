using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Fidelity.EndToEnd.Tests;

/// <summary>An installation whose people sign in with an OpenID provider of their own: a real one, on this machine.</summary>
public sealed class OrganisationInstallation : Installation
{
    const int Port = 18800;
    const int ProviderPort = Port + 90;

    readonly string folder = Directory.CreateTempSubdirectory("fidelity-openid-").FullName;
    Process? provider;

    public OrganisationInstallation() : base(Port)
    {
    }

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["FIDELITY_OIDC_AUTHORITY"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ProviderPort}"),
        ["FIDELITY_OIDC_NAME"] = "Kommunen",
        ["FIDELITY_OIDC_CLIENT_ID"] = "fidelity",
        ["FIDELITY_OIDC_CLIENT_SECRET_FILE"] = Path.Combine(folder, "secret"),
        ["FIDELITY_OIDC_PROGRAMME"] = "mine",
        ["FIDELITY_OIDC_STAFF_CLAIM"] = "employee",
        ["FIDELITY_OIDC_ROLES"] = "chief=programme_director,expert=consultant",
        ["FIDELITY_OIDC_TEAM_CLAIM"] = "teams",
    };

    /// <summary>What the provider says of its people from now on.</summary>
    public Task Tell(JsonObject people) => File.WriteAllTextAsync(Path.Combine(folder, "claims.json"), people.ToJsonString());

    public override async ValueTask InitializeAsync()
    {
        const string Secret = "a secret that both of them know";
        await File.WriteAllTextAsync(Path.Combine(folder, "secret"), Secret);
        await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), """{"private":true,"type":"module"}""");
        await Tell([]);
        File.Copy(Path.Combine(Repository, "tests/openid/provider.mjs"), Path.Combine(folder, "provider.mjs"));
        using (var install = Process.Start(new ProcessStartInfo("npm", ["install", "--no-audit", "--no-fund", "--silent", "oidc-provider@8.8.1"]) { WorkingDirectory = folder })!)
        {
            await install.WaitForExitAsync();
            install.ExitCode.ShouldBe(0, "npm could not install oidc-provider");
        }

        var callback = $"{Portal.BaseAddress}sign-in/organisation/callback";
        provider = Process.Start(new ProcessStartInfo("node", ["provider.mjs", ProviderPort.ToString(CultureInfo.InvariantCulture), callback, Secret, "claims.json"])
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        provider.BeginErrorReadLine();
        while (await provider.StandardOutput.ReadLineAsync() is { } line && line != "ready")
        {
            // It says first what it thinks of its settings.
        }

        await base.InitializeAsync();
        foreach (var team in new[] { "own-team", "faraway-team" })
        {
            using var answer = await Post("mine", "teams", new JsonObject
            {
                ["team_id"] = team, ["name"] = team, ["profile"] = "mst@1", ["opened"] = "2026-01-01", ["pir_start_month"] = 1,
            });
            answer.IsSuccessStatusCode.ShouldBeTrue();
        }

        using var post = await Post("mine", "posts", new JsonObject { ["staff_id"] = "s-1", ["team_id"] = "own-team", ["role"] = "supervisor", ["from"] = "2026-01-01" });
        await Settle();
    }

    public override async ValueTask DisposeAsync()
    {
        provider?.Kill();
        provider?.Dispose();
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>Signing in with an organisation's own provider: who somebody is, and what its claims give.</summary>
public sealed class OrganisationTests(OrganisationInstallation installation, Chromium chromium) : IClassFixture<OrganisationInstallation>, IClassFixture<Chromium>
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    Uri Portal => installation.Portal.BaseAddress!;

    [Fact]
    public async Task Who_is_in_the_roster_has_what_their_posts_give()
    {
        await installation.Tell(new() { ["sven"] = new JsonObject { ["name"] = "Sven S", ["employee"] = "s-1" } });
        using var sven = await SignIn("sven", "/teams/mine/own-team");
        (await sven.GetAsync("/teams/mine/own-team", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await sven.GetAsync("/teams/mine/faraway-team", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await sven.GetStringAsync("/account", Cancelled)).ShouldContain("Sven S");
        using var again = await SignIn("sven", "/teams/mine/own-team");
        (await again.GetAsync("/teams/mine/own-team", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Claims_of_roles_and_teams_become_grants_and_end_when_they_are_told_no_more()
    {
        await installation.Tell(new() { ["dag"] = Chief("own-team", "no-such-team") });
        using var dag = await SignIn("dag", "/teams/mine/own-team");
        (await dag.GetAsync("/teams/mine/own-team", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await dag.GetAsync("/teams/mine/faraway-team", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        await using (var profile = await chromium.NewProfile(Portal, "en-GB", session: await installation.Session(chromium, "administrator")))
        {
            var page = await AccessInstallation.OpenAccount(profile, "Dag D");
            var grant = await page.Locator("table.grants tbody").InnerTextAsync();
            grant.ShouldContain("Programme director");
            grant.ShouldContain("roles of http://127.0.0.1");
            grant.ShouldNotContain("no-such-team");
        }

        await installation.Tell(new() { ["dag"] = Chief("faraway-team") });
        using var later = await SignIn("dag", "/teams/mine/faraway-team");
        (await later.GetAsync("/teams/mine/faraway-team", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var session in new[] { dag, later })
            (await session.GetAsync("/teams/mine/own-team", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_role_that_is_not_mapped_gives_nothing()
    {
        await installation.Tell(new() { ["ove"] = new JsonObject { ["name"] = "Ove O", ["roles"] = new JsonArray("administrator"), ["teams"] = new JsonArray("own-team") } });
        using var ove = await SignIn("ove", "/account");
        (await ove.GetAsync("/access", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await ove.GetStringAsync("/account", Cancelled)).ShouldContain("Nothing is open to you today");
    }

    [Theory]
    [InlineData("/sign-in/organisation/callback?code=forged&state=forged")]
    [InlineData("/sign-in/organisation/callback?error=access_denied")]
    [InlineData("/sign-in/organisation/callback")]
    public async Task An_answer_that_was_not_asked_for_opens_nothing(string address)
    {
        using var client = AccessInstallation.Client(Portal, null);
        using var answer = await client.GetAsync(address, Cancelled);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldBe("/sign-in?failed=organisation");
        (answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : []).ShouldNotContain(cookie => cookie.StartsWith("fidelity-session=C", StringComparison.Ordinal));
    }

    static JsonObject Chief(params string[] teams) =>
        new() { ["name"] = "Dag D", ["roles"] = new JsonArray("chief", "something else"), ["teams"] = new JsonArray([.. teams.Select(team => JsonValue.Create(team))]) };

    /// <summary>Signs in at the provider as a subject, from the sign-in page, and comes back to where they wanted to go.</summary>
    async Task<HttpClient> SignIn(string subject, string wanted)
    {
        await using var profile = await chromium.NewProfile(Portal, "en-GB");
        var page = await profile.NewPageAsync();
        await page.GotoAsync(wanted);
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Kommunen" }).ClickAsync();
        await page.Locator("input[name=login]").FillAsync(subject);
        await page.Locator("input[name=password]").FillAsync("any");
        await page.Locator("button[type=submit]").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).WaitForAsync();
        new Uri(page.Url).AbsolutePath.ShouldBe(wanted);
        return AccessInstallation.Client(Portal, await profile.StorageStateAsync());
    }
}
