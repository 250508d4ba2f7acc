using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

namespace Fidelity.Benchmarks;

/// <summary>
/// What an interviewer opens all day, with as many interviews behind it as 100 teams hold in a year: how much the pages weigh before
/// compression, and how soon one who asks again and again has them.
/// </summary>
static class FormPages
{
    const string Programme = "forms";
    const int Teams = 100;
    const int Interviews = 18_000;
    const int Waiting = 60;
    const int Warming = 50;
    const int Asked = 200;

    public static async Task Run(Installation installation)
    {
        using var folder = new TemporaryFolder();
        new SyntheticNetwork(Teams, Interviews, "f").Write(folder.Path);
        await installation.Accept(await installation.Upload(folder.Path, Programme));
        await OpenCases(installation);

        using var interviewer = await Browsing.As(installation, Programme, "fv0");
        await Measure(interviewer, $"list of {Waiting} families to call", "/calls");
        var form = await interviewer.Send("/calls", ("_handler", "call"), ("programme", Programme), ("case", "waiting-0"), ("do", "interview"));
        await Measure(interviewer, "form of an interview", form.Address.PathAndQuery);
        Measured.Bound("form of an interview, weight before compression", "KB", System.Text.Encoding.UTF8.GetByteCount(form.Page) / 1024.0, aim: 100);
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
        var times = new List<double>();
        for (var asked = -Warming; asked < Asked; asked++)
        {
            var started = Stopwatch.GetTimestamp();
            await browser.GetByteArrayAsync(address);
            if (asked >= 0)
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        Measured.Bound($"{what}, answered, p95", "ms", Measured.Percentile(times, 0.95), aim: 50, new { asked = Asked, median = Math.Round(Measured.Median(times), 1) });
    }
}
