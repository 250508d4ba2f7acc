using System.Text.Json.Nodes;
using Fidelity.Benchmarks;

namespace Fidelity.EndToEnd.Tests;

public sealed class BrokerAwayInstallation() : Installation(port: 19200, ownServers: true);

/// <summary>
/// What is appended while the broker is away is published when it is back. tests/bench.sh does the same with 200,000 events and reports
/// what it takes.
/// </summary>
public sealed class BrokerAwayTests(BrokerAwayInstallation installation) : IClassFixture<BrokerAwayInstallation>
{
    const int Streams = 1000;
    const string Programme = "before";

    [Fact]
    public async Task Every_event_that_was_appended_is_published_in_stream_order_by_the_same_process()
    {
        await EventsWhileAway.Bind(installation.Broker);
        await Record("teams", new() { ["team_id"] = "t1", ["name"] = "Team Ett", ["profile"] = "mst@1", ["opened"] = "2026-01-01", ["pir_start_month"] = 1 });
        await Record("posts", new() { ["staff_id"] = "th1", ["team_id"] = "t1", ["role"] = "therapist", ["from"] = "2026-01-01" });
        await Record("cases", new() { ["case_id"] = "c1", ["team_id"] = "t1", ["therapist_id"] = "th1", ["started"] = "2026-07-06" });
        await Record("tam-interviews", new()
        {
            ["interview_id"] = "i1", ["case_id"] = "c1", ["interviewer_id"] = null, ["date"] = "2026-07-20", ["mode"] = "online", ["language"] = "sv",
            ["interpreter"] = false, ["instrument"] = "tam-r@1", ["items"] = new JsonArray([.. Enumerable.Repeat(5, 28).Select(item => JsonValue.Create(item))]),
        });
        await installation.Settle();
        var tam = installation.Pid("tam");

        installation.Kill("rabbitmq");
        var events = new EventsWhileAway(installation.Database);
        await events.Append(Streams);

        const int Number = Streams * EventsWhileAway.OfAStream;
        await Until(behind => behind >= Number);

        await installation.Up();
        var published = await events.Hear(installation.Broker);
        published.ShouldBe(new(Number, Lost: 0, published.Repeated, OutOfOrder: 0, Strangers: 0));
        await Until(behind => behind == 0);
        installation.Pid("tam").ShouldBe(tam);
    }

    async Task Record(string address, JsonObject document)
    {
        using var answer = await installation.Post(Programme, address, document);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until Tam says so of what it has still to publish.</summary>
    async Task Until(Predicate<long> wished)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(5));
        while (!wished(await EventsWhileAway.Behind(installation.Portal, new Uri(installation.Health("tam")))))
            await Task.Delay(100, patience.Token);
    }
}
