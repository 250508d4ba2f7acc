using Microsoft.Playwright;

namespace Fidelity.EndToEnd.Tests;

/// <summary>A browser for the tests of a class.</summary>
public sealed class Chromium : IAsyncLifetime
{
    IPlaywright? _playwright;
    IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("FIDELITY_TEST_CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>The session of who has not signed in.</summary>
    public const string Nobody = """{"cookies":[],"origins":[]}""";

    /// <summary>The session that profiles have unless they are given another: somebody's who has signed in.</summary>
    public string? Session { get; set; }

    /// <summary>A fresh profile: its own language, width and colours. Axe is script, which our policy keeps out.</summary>
    public Task<IBrowserContext> NewProfile(
        Uri portal, string language, int width = 1366, ColorScheme colours = ColorScheme.Light, bool script = true, bool bypassPolicy = false,
        string? session = null) =>
        _browser!.NewContextAsync(new()
        {
            BaseURL = portal.ToString(), Locale = language, ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = colours,
            JavaScriptEnabled = script, BypassCSP = bypassPolicy, StorageState = session ?? Session,
        });

    /// <summary>Follows an invitation, chooses a name and a password, and gives the session that follows.</summary>
    public async Task<string> TakeUp(Uri invitation, string name, string password = "a long password of these tests")
    {
        await using var profile = await _browser!.NewContextAsync(new() { Locale = "en-GB" });
        var page = await profile.NewPageAsync();
        await page.GotoAsync(invitation.ToString());
        await page.GetByLabel("Sign-in name").FillAsync(name);
        await page.GetByLabel("New password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save and sign in" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).WaitForAsync();
        return await profile.StorageStateAsync();
    }
}
