using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;

namespace Fidelity.Benchmarks;

/// <summary>Somebody with an account, at the pages.</summary>
static partial class Browsing
{
    const string Password = "as long as it has to be, and no longer";

    /// <summary>Gives a person in the roster an account, as an administrator does, and signs in as that person.</summary>
    public static async Task<HttpClient> As(Installation installation, string programme, string staff)
    {
        using var administrator = New(installation);
        await administrator.TakeUp(await Invite(), $"administrator.for.{staff}");
        var invited = await administrator.Send("/access", ("_handler", "invite"), ("holder", $"Whoever {staff} is"), ("programme", programme), ("staff", staff));
        var browser = New(installation);
        await browser.TakeUp(WebUtility.HtmlDecode(Link().Match(invited.Page).Value), $"bench.{staff}");
        return browser;
    }

    /// <summary>A programme's director, under a grant that an administrator gives.</summary>
    public static async Task<HttpClient> AsDirector(Installation installation, string programme)
    {
        using var administrator = New(installation);
        await administrator.TakeUp(await Invite(), "administrator.for.director");
        var invited = await administrator.Send("/access", ("_handler", "invite"), ("holder", "Director"), ("programme", programme));
        var browser = New(installation);
        await browser.TakeUp(WebUtility.HtmlDecode(Link().Match(invited.Page).Value), "bench.director");
        var account = Account().Match(await administrator.GetStringAsync(new Uri("/access", UriKind.Relative))).Value;
        await administrator.Send(
            account, ("_handler", "give-grant"), ("grant", Guid.CreateVersion7().ToString()), ("role", "programme_director"), ("on", programme),
            ("basis", "benchmarks"), ("from", "2026-10-01"), ("until", "2026-12-31"));
        return browser;
    }

    /// <summary>Sends a page's form, with the token that the page gives for that, and goes where it leads.</summary>
    public static async Task<(Uri Address, string Page)> Send(this HttpClient browser, string page, params (string Name, string Value)[] fields)
    {
        var address = new Uri(page, UriKind.Relative);
        var token = Token().Match(await browser.GetStringAsync(address)).Groups["token"].Value;
        using var form = new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("__RequestVerificationToken", token)]);
        using var answer = await browser.PostAsync(address, form);
        answer.EnsureSuccessStatusCode();
        return (answer.RequestMessage!.RequestUri!, await answer.Content.ReadAsStringAsync());
    }

    static HttpClient New(Installation installation) =>
        new(new SocketsHttpHandler { UseProxy = false, CookieContainer = new() }) { BaseAddress = installation.Portal.BaseAddress };

    /// <summary>The link by which an administrator takes up the account.</summary>
    static async Task<string> Invite()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("FIDELITY_ACCESS")!, ["invite", "administrator", "--basis", "benchmarks"])
        {
            UseShellExecute = false, RedirectStandardOutput = true,
        };
        // These name the installation's own servers; the script finds them by itself.
        start.Environment.Remove("FIDELITY_POSTGRES");
        start.Environment.Remove("FIDELITY_RABBITMQ");
        using var process = Process.Start(start)!;
        var link = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? link.Trim() : throw new InvalidOperationException("access.sh failed.");
    }

    static async Task TakeUp(this HttpClient browser, string link, string name) =>
        await browser.Send(new Uri(link).PathAndQuery, ("_handler", "take-up"), ("name", name), ("password", Password));

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();

    [GeneratedRegex("/access/accounts/[-0-9a-f]+(?=\">Director)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Account();

    [GeneratedRegex("https?://[^<\" ]*/invitation[^<\" ]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
