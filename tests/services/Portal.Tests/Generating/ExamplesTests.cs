using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Fidelity.Contracts.Pir;
using Fidelity.Measurement;
using Fidelity.Portal.Tests.Describing;

namespace Fidelity.Portal.Tests.Generating;

/// <summary>The examples of deploy/API.md, in a shell, one after the other.</summary>
public sealed partial class ExamplesTests(StoredPortal portal) : IClassFixture<StoredPortal>
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_example_answers_what_is_printed_below_it()
    {
        await portal.Know(new ReviewComputed(
            1, "example", "nord", "2026-H1", new(2026, 1, 1), new(2026, 6, 30), ReviewState.Refreshed, "mst@1", 1, new(2026, 7, 1), null, 0, 0,
            [
                new("completed", MeasureKind.Share, 13 / 15d, 13, 15, 0.6212, 0.9626, ">= 0.85", MeasureStatus.Met),
                new("length_of_stay", MeasureKind.Mean, 121.5, null, 4, null, null, "100-140", MeasureStatus.Insufficient),
            ]));
        var blocks = Block().Matches(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "generating", "API.md"), Cancelled))
            .Select(block => (Language: block.Groups["language"].Value, Text: block.Groups["text"].Value)).ToList();
        blocks.Count(block => block.Language == "text").ShouldBeGreaterThan(5);

        // One shell runs them all, as a reader does; a line that no example prints keeps them apart.
        var script = new StringBuilder("set -euo pipefail\n");
        var expected = new StringBuilder();
        foreach (var (language, text) in blocks)
        {
            if (language == "sh")
                script.Append("echo ---\n").Append(text);
            expected.Append(language == "sh" ? "---\n" : text);
        }

        (await Run(script.ToString())).ShouldBe(expected.ToString());
    }

    async Task<string> Run(string script)
    {
        var folder = Directory.CreateTempSubdirectory("fidelity-examples-").FullName;
        try
        {
            var start = new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
            (start.Environment["FIDELITY"], start.Environment["TOKEN"]) = (portal.Client.BaseAddress!.ToString().TrimEnd('/'), portal.Client.DefaultRequestHeaders.Authorization!.Parameter);
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(Cancelled);
            var errors = process.StandardError.ReadToEndAsync(Cancelled);
            await process.WaitForExitAsync(Cancelled);
            process.ExitCode.ShouldBe(0, $"{await output}\n{await errors}");
            return await output;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Block();
}
