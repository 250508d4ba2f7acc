using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Fidelity.EndToEnd.Tests;

/// <summary>An installation whose services export to the tests.</summary>
public sealed class TelemetryInstallation() : Installation(port: 19100)
{
    protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = OtlpReceiver.Address,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "500",
    };
}

/// <summary>What operators get over OTLP, and what never leaves.</summary>
public sealed partial class TelemetryTests(TelemetryInstallation installation, OtlpReceiver receiver)
    : IClassFixture<TelemetryInstallation>, IClassFixture<OtlpReceiver>, IAsyncLifetime
{
    const string Programme = "watched";
    const string Case = "family-secret-case";

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        foreach (var (address, document) in new (string, JsonObject)[]
        {
            ("teams", new() { ["team_id"] = "secret-team", ["name"] = "Team Ett", ["profile"] = "mst@1", ["opened"] = "2026-01-01", ["pir_start_month"] = 1 }),
            ("posts", new() { ["staff_id"] = "secret-therapist", ["team_id"] = "secret-team", ["role"] = "therapist", ["from"] = "2026-01-01" }),
            ("cases", Open(Case)),
        })
        {
            (await installation.Post(Programme, address, document)).Dispose();
        }

        await installation.Until($"/api/v1/opportunities?programme={Programme}&team=secret-team", opportunities => opportunities.AsArray().Count > 0);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task One_interview_is_one_trace_from_the_request_over_its_owner_to_whoever_takes_its_score_in()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        using (var answer = await Submit(Interview("secret-traced"), ("traceparent", $"00-{Trace}-b7ad6b7169203331-01")))
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Cancelled));

        string[] path =
        [
            "fidelity-portal: POST /api/v1/tam-interviews", "fidelity-portal: tam send", "fidelity-tam: tam process", "fidelity-portal: portal-answers process",
            "fidelity-tam: publish interview_scored", "fidelity-pir: pir process", "fidelity-portal: portal process",
        ];
        var spans = await Until(
            () => receiver.Spans().Where(span => span.Trace == Trace).ToList(),
            spans => path.All(place => spans.Exists(span => $"{span.Service}: {span.Name}" == place)));
        // One tree: each span hangs on another, and the first on the caller's.
        spans.Where(span => !spans.Exists(other => other.Span == span.Parent)).ShouldHaveSingleItem().Parent.ShouldBe("b7ad6b7169203331");
        spans.ShouldAllBe(span => !span.Attributes.ContainsKey("url.path") && !span.Attributes.ContainsKey("url.query"));
    }

    [Fact]
    public async Task What_families_said_and_who_they_are_is_in_nothing_that_is_exported()
    {
        // Whatever can quote a record does: the database refuses it in its own words, so that the message becomes a dead letter, and the
        // request that it is part of fails.
        await Quote("tam");
        using (var accepted = await Submit(Interview("secret-refused")))
            accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await installation.Until("/health/ready", health => (int?)health["checks"]!["dead_letters"]!["data"]?["number"] > 0);
        await Relent("tam");
        await Quote("portal");
        using (var failed = await Submit(Interview("secret-unsaved")))
            failed.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        await Relent("portal");

        var faulty = Interview("secret faulty");
        faulty["language"] = "secret-language";
        faulty["items"]!.AsArray()[3] = "secret-answer";
        foreach (var body in new[] { faulty.ToJsonString(), "{ \"interview_id\": \"secret-broken", "secret-words" })
        {
            using var refused = await installation.Portal.PostAsync(
                $"/api/v1/tam-interviews?programme=secret-programme", new StringContent(body, Encoding.UTF8, "application/json"), Cancelled);
            refused.StatusCode.ShouldBeOneOf(HttpStatusCode.UnprocessableEntity, HttpStatusCode.BadRequest);
        }

        foreach (var page in new[] { "/teams/watched/secret-team", "/teams/secret-programme/secret-nowhere", "/secret-page?secret-query=secret" })
            (await installation.Portal.GetAsync(page, Cancelled)).Dispose();

        // It was quoted, and the kind of failure got out.
        (await installation.DeadLetters("show", "tam")).ShouldContain("secret-refused");
        await Until(receiver.Spans, spans => spans.Any(span =>
            span is { Service: "fidelity-tam", Source: "MassTransit" }
            && span.Events.Any(happened => happened.GetValueOrDefault("exception.type") == "Npgsql.PostgresException")));
        foreach (var (service, place) in new[] { ("fidelity-tam", "ServiceDefaults.Deciding"), ("fidelity-portal", "Submitting.SubmitRecord") })
        {
            await Until(receiver.Logs, logs => logs.Any(log =>
                log.Service == service && log.Attributes.GetValueOrDefault("exception.stacktrace") is { } trace
                && trace.Contains("Npgsql.PostgresException", StringComparison.Ordinal) && trace.Contains(place, StringComparison.Ordinal)));
        }

        await installation.DeadLetters("return", "tam", "--all");
        await Exported();
        foreach (var said in new[] { "secret", "no room for" })
            receiver.Carrying(said).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_metric_of_the_guide_arrives_and_every_metric_of_ours_is_in_the_guide()
    {
        var guide = await File.ReadAllTextAsync(Installation.Deployed("OPERATING.md"), Cancelled);
        var metrics = guide[guide.IndexOf("### Metrics", StringComparison.Ordinal)..guide.IndexOf("## What to do", StringComparison.Ordinal)];
        var documented = Documented().Matches(metrics).Select(row => row.Groups["name"].Value).ToHashSet();
        documented.Count.ShouldBeGreaterThan(8);
        // A record waits for its case, so that there is something to count everywhere.
        installation.Kill("roster");
        (await installation.Post(Programme, "cases", Open("secret-late"))).Dispose();
        (await Submit(Interview("secret-early", of: "secret-late"))).Dispose();
        await Until(receiver.Metrics, arrived => documented.IsSubsetOf(arrived.Select(metric => metric.Name)));
        await installation.Up();
        receiver.Metrics().Select(metric => metric.Name).Where(name => name.StartsWith("fidelity.", StringComparison.Ordinal)).Distinct().ShouldBeSubsetOf(documented);

        foreach (var service in new[] { "roster", "tam", "surveys", "pir", "portal" })
        {
            await Until(receiver.Metrics, arrived => arrived.Any(metric =>
                metric.Service == $"fidelity-{service}" && metric.Name == "fidelity.lag" && metric.Attributes.ContainsKey("subscription")));
        }

        await Until(receiver.Metrics, arrived => arrived.Any(metric =>
            metric.Name == "fidelity.submissions" && metric.Attributes["kind"] == "RegisterCase" && metric.Attributes["outcome"] == "recorded"));
    }

    /// <summary>Lets the service save nothing, and the database say what it was.</summary>
    Task Quote(string schema) => installation.Execute($"""
        create or replace function {schema}.quote() returns trigger language plpgsql as $$ begin raise exception 'no room for %', new.data; end $$;
        create trigger quote before insert on {schema}.mt_events for each row execute function {schema}.quote();
        """);

    Task Relent(string schema) => installation.Execute($"drop trigger quote on {schema}.mt_events");

    Task<HttpResponseMessage> Submit(JsonObject interview, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/tam-interviews?programme={Programme}")
        {
            Content = new StringContent(interview.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return installation.Portal.SendAsync(request, Cancelled);
    }

    static JsonObject Open(string id) =>
        new() { ["case_id"] = id, ["team_id"] = "secret-team", ["therapist_id"] = "secret-therapist", ["started"] = "2026-07-06" };

    static JsonObject Interview(string id, string of = Case) => new()
    {
        ["interview_id"] = id, ["case_id"] = of, ["interviewer_id"] = null, ["date"] = "2026-07-20", ["mode"] = "online", ["language"] = "sv",
        ["interpreter"] = false, ["instrument"] = "tam-r@1", ["items"] = new JsonArray([.. Enumerable.Repeat(5, 28).Select(item => JsonValue.Create(item))]),
    };

    /// <summary>Waits until a request that is made now has come out as a span: then what was before it has as well.</summary>
    async Task Exported()
    {
        const string Last = "1af7651916cd43dd8448eb211c80319d";
        using (var answer = await Submit(Interview("secret-last"), ("traceparent", $"00-{Last}-b7ad6b7169203331-01")))
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Cancelled));
        foreach (var service in new[] { "fidelity-portal", "fidelity-tam", "fidelity-pir" })
            await Until(receiver.Spans, spans => spans.Any(span => span.Trace == Last && span.Service == service));
        // Records and metrics leave as often as spans, or every second.
        var received = receiver.Count;
        await Until(() => receiver.Count, count => count > received + 20);
    }

    static async Task<T> Until<T>(Func<T> look, Predicate<T> wished)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(Patience);
        while (true)
        {
            var found = look();
            if (wished(found))
                return found;
            await Task.Delay(200, patience.Token);
        }
    }

    /// <summary>A row of the guide's table of metrics.</summary>
    [GeneratedRegex(@"^\| `(?<name>[a-z0-9_]+(\.[a-z0-9_]+)+)`", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Documented();
}
