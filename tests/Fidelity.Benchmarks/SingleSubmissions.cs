using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Fidelity.Contracts.Submitting;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using MassTransit;

namespace Fidelity.Benchmarks;

/// <summary>
/// Single interviews answered 200 in a second with 16 callers, against a bare request and response of the same message over the
/// same broker; and the time from such an answer to the changed review.
/// </summary>
static class SingleSubmissions
{
    const string Programme = "single";
    const int Teams = 20;
    const int Callers = 16;
    const int Runs = 3;
    const int Followed = 150;
    static readonly TimeSpan RunTime = TimeSpan.FromSeconds(15);
    static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    public static async Task Run(Installation installation)
    {
        using var folder = new TemporaryFolder();
        new SyntheticNetwork(Teams, Teams * 200, "s").Write(folder.Path);
        await installation.Accept(await installation.Upload(folder.Path, Programme));
        var cases = File.ReadLines(Path.Combine(folder.Path, "cases.csv")).Skip(1).Select(line => line.Split(','))
            .Where(cells => !IsMstCan(cells[1])).Select(cells => (Case: cells[0], Started: DateOnly.Parse(cells[3], CultureInfo.InvariantCulture))).ToList();
        var numbers = new Numbers();

        var (own, bare) = (new List<double>(), new List<double>());
        await using var broker = await BareExchange.Start(installation.Broker);
        await Submit(installation, cases, numbers);
        for (var run = 0; run < Runs; run++)
        {
            own.Add(await Submit(installation, cases, numbers));
            bare.Add(await broker.Run(cases, Callers, RunTime));
        }

        Measured.Ratio(
            "single submissions answered 200, 16 callers", "submissions/s", own,
            "bare MassTransit request and response of the same message, 16 callers, quorum queue, publisher confirms", bare, aim: 0.2);
        await Follow(installation, cases, numbers);
    }

    static bool IsMstCan(string team) => int.Parse(team.AsSpan(1), CultureInfo.InvariantCulture) % 4 == 3;

    static async Task<double> Submit(Installation installation, IReadOnlyList<(string Case, DateOnly Started)> cases, Numbers numbers)
    {
        var answered = 0;
        var running = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (running.Elapsed < RunTime)
            {
                using var answer = await Post(installation, cases, numbers.Next());
                if (answer.StatusCode == HttpStatusCode.OK)
                    Interlocked.Increment(ref answered);
                else if (answer.StatusCode != HttpStatusCode.Accepted)
                    throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
            }
        })));
        return answered / running.Elapsed.TotalSeconds;
    }

    /// <summary>At a steady pace, one after the other: from the answer until the team's review shows another mean.</summary>
    static async Task Follow(Installation installation, IReadOnlyList<(string Case, DateOnly Started)> cases, Numbers numbers)
    {
        var delays = new List<double>();
        for (var i = 0; i < Followed; i++)
        {
            var number = numbers.Next();
            var @case = Of(cases, number);
            var team = @case.Case.Split('-')[0];
            var date = Date(@case.Started, number);
            var address = $"/api/v1/reviews?programme={Programme}&team={team}&period={date.Year}-H{(date.Month - 1) / 6 + 1}";
            var before = await Adherence(installation, address);
            using (await Post(installation, cases, number))
            {
                var waiting = Stopwatch.StartNew();
                while (await Adherence(installation, address) == before)
                    await Task.Delay(5);
                delays.Add(waiting.Elapsed.TotalSeconds);
            }

            await Task.Delay(Between);
        }

        Measured.Bound("answer to changed review, p95", "s", Measured.Percentile(delays, 0.95), aim: 1.5, new
        {
            submissions = Followed, median = Math.Round(Measured.Median(delays), 3), p99 = Math.Round(Measured.Percentile(delays, 0.99), 3),
        });
    }

    static async Task<double> Adherence(Installation installation, string address) =>
        (double?)(await installation.Get(address)).AsArray().Single(measure => (string)measure!["measure"]! == "adherence")!["value"] ?? 0;

    static (string Case, DateOnly Started) Of(IReadOnlyList<(string Case, DateOnly Started)> cases, int number) => cases[number * 37 % cases.Count];

    static DateOnly Date(DateOnly started, int number) => started.AddDays(20 + number % 90);

    static Task<HttpResponseMessage> Post(Installation installation, IReadOnlyList<(string Case, DateOnly Started)> cases, int number)
    {
        var (@case, started) = Of(cases, number);
        return installation.Portal.PostAsJsonAsync($"/api/v1/tam-interviews?programme={Programme}", new
        {
            interview_id = $"x{number}", case_id = @case, interviewer_id = (string?)null, date = Date(started, number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            mode = "online", language = "sv", interpreter = false, instrument = "tam-r@1",
            // The share of fives moves with the number, so that every interview moves its team's mean.
            items = Enumerable.Range(0, 28).Select(item => item < number % 29 ? 5 : 4),
        });
    }

    sealed class Numbers
    {
        int last;

        public int Next() => Interlocked.Increment(ref last);
    }
}
