using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Fidelity.EndToEnd.Tests;

static class Looking
{
    /// <summary>Holds a page as it stands against the guidelines and its own width, and keeps a picture of it where pictures are asked for.</summary>
    public static async Task Look(this IPage page, string name)
    {
        await page.WaitForLoadStateAsync();
        var width = page.ViewportSize!.Width;
        var seen = $"{name}-{width}-{await page.Locator("html").GetAttributeAsync("lang")}";
        if (Environment.GetEnvironmentVariable("FIDELITY_TEST_SCREENSHOTS") is { Length: > 0 } folder)
        {
            // A tab that lies behind another is not painted, and a picture of it waits for that.
            await page.BringToFrontAsync();
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{seen}.png"), FullPage = true });
        }

        (await page.RunAxe()).Violations.Select(violation => $"{violation.Id}: {violation.Help} {violation.Nodes[0].Html}").ShouldBeEmpty(seen);
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width, seen);
    }
}
