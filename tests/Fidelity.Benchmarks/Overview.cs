using System.Diagnostics;
using System.Globalization;
using Fidelity.Contracts.Pir;
using Fidelity.Measurement;
using Fidelity.Portal.Trends;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Fidelity.Benchmarks;

/// <summary>
/// What a director of 500 teams opens after three years, with the transport of the page; and what it takes to draw one of their charts.
/// </summary>
static class Overview
{
    const string Programme = "overview";
    const int Teams = 500;
    const int Interviews = 60_000;
    const int Months = 36;
    const int Warming = 20;
    const int Asked = 100;

    public static async Task Run(Installation installation)
    {
        await Charts();
        using var folder = new TemporaryFolder();
        new SyntheticNetwork(Teams, Interviews, "o").Write(folder.Path);
        await installation.Accept(await installation.Upload(folder.Path, Programme));
        using var director = await Browsing.AsDirector(installation, Programme);
        // As a browser asks, and counted as it comes.
        director.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");
        await Measure(director, $"overview of {Teams} teams", "/", aim: 100);
        await Measure(director, $"funnel plot of {Teams} teams", "/funnel?measure=tam_completed", aim: 100);
    }

    static async Task Measure(HttpClient browser, string what, string page, double aim)
    {
        var address = new Uri(page, UriKind.Relative);
        var (times, weight) = (new List<double>(), 0);
        for (var asked = -Warming; asked < Asked; asked++)
        {
            var started = Stopwatch.GetTimestamp();
            weight = (await browser.GetByteArrayAsync(address)).Length;
            if (asked >= 0)
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        Measured.Bound($"{what}, answered, median", "ms", Measured.Median(times), aim, new { asked = Asked, p95 = Math.Round(Measured.Percentile(times, 0.95), 1) });
        Measured.Bound($"{what}, weight compressed", "KB", weight / 1024.0, aim: 300);
    }

    /// <summary>From a team's monthly figures to the picture: limits, signals and drawing.</summary>
    static async Task Charts()
    {
        var services = new ServiceCollection().AddLogging().AddLocalization();
        await using var provider = services.BuildServiceProvider();
        await using var renderer = new HtmlRenderer(provider, provider.GetRequiredService<ILoggerFactory>());
        var random = new Random(20261031);
        DateOnly first = new(2023, 11, 1);
        var trend = new TrendComputed(
            1, Programme, "o000", "mst@1", 1, new(2026, 10, 31),
            [.. Enumerable.Range(0, Months).Select(month => new MonthlyMean(first.AddMonths(month), new Fraction(random.Next(14, 28), 28), 8))],
            [.. Enumerable.Range(0, Months).Select(month => new MonthlyShare(first.AddMonths(month), random.Next(4, 9), 8))],
            [.. Enumerable.Range(0, Months).Select(month => new MonthlyShare(first.AddMonths(month), random.Next(4, 9), 8))]);
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("sv-SE");
        foreach (var series in Enum.GetValues<TrendSeries>())
        {
            var times = new List<double>();
            for (var asked = -Warming; asked < Asked; asked++)
            {
                var started = Stopwatch.GetTimestamp();
                var drawn = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<ControlChartFigure>(ParameterView.FromDictionary(
                    new Dictionary<string, object?> { ["Id"] = "chart", ["Series"] = ChartSeries.Of(trend, series) }))).ToHtmlString());
                if (!drawn.Contains("<svg", StringComparison.Ordinal))
                    throw new InvalidOperationException("Nothing was drawn.");
                if (asked >= 0)
                    times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            Measured.Bound($"chart of {Codes.Of(series)}, {Months} months, computed and drawn, p95", "ms", Measured.Percentile(times, 0.95), aim: 5, new { asked = Asked, median = Math.Round(Measured.Median(times), 2) });
        }
    }
}
