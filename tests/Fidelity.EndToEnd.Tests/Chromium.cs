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

    /// <summary>A fresh profile: its own cookies, language, width and colours. Axe is script, which our policy keeps out.</summary>
    public Task<IBrowserContext> NewProfile(
        Uri portal, string language, int width = 1366, ColorScheme colours = ColorScheme.Light, bool script = true, bool bypassPolicy = false) =>
        _browser!.NewContextAsync(new()
        {
            BaseURL = portal.ToString(), Locale = language, ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = colours,
            JavaScriptEnabled = script, BypassCSP = bypassPolicy,
        });
}
