using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace Fidelity.Benchmarks;

/// <summary>
/// What an interviewer opens all day, with as many interviews behind it as 100 teams hold in a year: how much the pages weigh before
/// compression, and how soon one who asks again and again has them.
/// </summary>
static partial class FormPages
{
    const string Programme = "forms";
    const int Teams = 100;
    const int Interviews = 18_000;
    const int Waiting = 60;
    const int Warming = 50;
    const int Asked = 200;
    const string Password = "as long as it has to be, and no longer";

    public static async Task Run(Installation installation)
    {
        using var folder = new TemporaryFolder();
        new SyntheticNetwork(Teams, Interviews, "f").Write(folder.Path);
        await installation.Accept(await installation.Upload(folder.Path, Programme));
        await OpenCases(installation);

        using var administrator = Browser(installation);
        await TakeUp(administrator, await Invite(), "bench.administrator");
        var invited = await Send(administrator, "/access", ("_handler", "invite"), ("holder", "Whoever calls"), ("programme", Programme), ("staff", "fv0"));
        using var interviewer = Browser(installation);
        await TakeUp(interviewer, WebUtility.HtmlDecode(Link().Match(invited.Page).Value), "bench.interviewer");
        await Measure(interviewer, $"list of {Waiting} families to call", "/calls");
        var form = await Send(interviewer, "/calls", ("_handler", "call"), ("programme", Programme), ("case", "waiting-0"), ("do", "interview"));
        await Measure(interviewer, "form of an interview", form.Address.PathAndQuery);
    }

    /// <summary>Families in treatment whose first interview is due, on teams that the interviewer fv0 calls for.</summary>
    static async Task OpenCases(Installation installation)
    {
        for (var family = 0; family < Waiting; family++)
        {
            using var answer = await installation.Portal.PostAsJsonAsync($"/api/v1/cases?programme={Programme}", new
            {
                case_id = $"waiting-{family}", team_id = $"f{family % 3:000}", therapist_id = $"f{family % 3:000}-t{family % 2}",
                started = new DateOnly(2026, 10, 1 + family % 10).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            });
            answer.EnsureSuccessStatusCode();
        }

        while ((await installation.Get($"/api/v1/opportunities?programme={Programme}&team=f002")).AsArray().Count(due => ((string)due!["case"]!).StartsWith("waiting-", StringComparison.Ordinal)) < Waiting / 3)
            await Task.Delay(100);
    }

    static async Task Measure(HttpClient browser, string what, string page)
    {
        var address = new Uri(page, UriKind.Relative);
        var weight = (await browser.GetByteArrayAsync(address)).Length;
        var times = new List<double>();
        for (var asked = -Warming; asked < Asked; asked++)
        {
            var started = Stopwatch.GetTimestamp();
            await browser.GetByteArrayAsync(address);
            if (asked >= 0)
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        Measured.Bound($"{what}, weight before compression", "KB", weight / 1024.0, aim: 100);
        Measured.Bound($"{what}, answered, p95", "ms", Measured.Percentile(times, 0.95), aim: 50, new { asked = Asked, median = Math.Round(Measured.Median(times), 1) });
    }

    static HttpClient Browser(Installation installation) =>
        new(new SocketsHttpHandler { UseProxy = false, CookieContainer = new() }) { BaseAddress = installation.Portal.BaseAddress };

    /// <summary>The link by which the first administrator takes up the account.</summary>
    static async Task<string> Invite()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("FIDELITY_ACCESS")!, ["invite", "administrator", "--basis", "benchmarks"])
        {
            UseShellExecute = false, RedirectStandardOutput = true,
        };
        start.Environment.Remove("FIDELITY_POSTGRES");
        start.Environment.Remove("FIDELITY_RABBITMQ");
        using var process = Process.Start(start)!;
        var link = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? link.Trim() : throw new InvalidOperationException("access.sh failed.");
    }

    static async Task TakeUp(HttpClient browser, string link, string name) =>
        await Send(browser, new Uri(link).PathAndQuery, ("_handler", "take-up"), ("name", name), ("password", Password));

    /// <summary>Sends a page's form, with the token that the page gives for that, and goes where it leads.</summary>
    static async Task<(Uri Address, string Page)> Send(HttpClient browser, string page, params (string Name, string Value)[] fields)
    {
        var address = new Uri(page, UriKind.Relative);
        var token = Token().Match(await browser.GetStringAsync(address)).Groups["token"].Value;
        using var form = new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("__RequestVerificationToken", token)]);
        using var answer = await browser.PostAsync(address, form);
        answer.EnsureSuccessStatusCode();
        return (answer.RequestMessage!.RequestUri!, await answer.Content.ReadAsStringAsync());
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();

    [GeneratedRegex("https?://[^<\" ]*/invitation[^<\" ]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
