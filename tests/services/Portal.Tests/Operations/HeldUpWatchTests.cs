using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Fidelity.Portal.Operations;
using Fidelity.Portal.Submitting;
using Fidelity.ServiceDefaults;
using Fidelity.ServiceDefaults.Tests;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RabbitMQ.Client;

namespace Fidelity.Portal.Tests.Operations;

/// <summary>Counting what is held up, in a database and a broker as they are.</summary>
public sealed class HeldUpWatchTests(VirtualHost broker) : IClassFixture<VirtualHost>, IAsyncLifetime
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    readonly string schema = $"t{Guid.CreateVersion7():n}";
    readonly NpgsqlDataSource database = NpgsqlDataSource.Create(VirtualHost.Variable("FIDELITY_TEST_POSTGRES"));
    readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public async ValueTask InitializeAsync()
    {
        await Execute($"create schema {schema}");
        foreach (var table in new[] { SubmissionsTable.Table })
            await Execute(table.Sql.Replace("{schema}", schema, StringComparison.Ordinal));
        foreach (var inbox in Inboxes.All)
            await broker.Declare(Inboxes.ErrorQueue(inbox));
    }

    public async ValueTask DisposeAsync()
    {
        await Execute($"drop schema {schema} cascade");
        await database.DisposeAsync();
        await services.DisposeAsync();
    }

    [Fact]
    public async Task Dead_letters_are_counted_with_the_age_of_the_oldest_and_their_kinds()
    {
        await Fail("tam", hoursAgo: 3, "RecordTamInterview", "Npgsql.PostgresException");
        await Fail("tam", hoursAgo: 5, "RecordTamInterview", "Npgsql.PostgresException");
        await Fail("tam", hoursAgo: 1, "the-mother-said", "System.Text.Json.JsonReaderException");
        await Fail("pir", hoursAgo: 2, "TeamChanged", "System.InvalidOperationException");
        using var watch = Watch();
        var found = await Until(watch, found => found.Number == 4);
        found.DeadLetters!.Select(queue => (queue.Inbox, queue.Number)).ShouldBe(
            [("roster", 0), ("tam", 3), ("surveys", 0), ("pir", 1), ("portal", 0), ("portal-answers", 0)]);
        found.DeadLetters![1].Kinds.Select(kind => (kind.Message, kind.Cause, kind.Number)).ShouldBe(
            [("RecordTamInterview", "Npgsql.PostgresException", 2), (null, "System.Text.Json.JsonReaderException", 1)]);
        Hours(watch, found.DeadLetters[1].Oldest).ShouldBe(5);
        Hours(watch, found.Oldest).ShouldBe(5);

        var health = await new DeadLettersHealth(watch).CheckHealthAsync(new(), Cancelled);
        health.Status.ShouldBe(HealthStatus.Degraded);
        health.Data["number"].ShouldBe(4);

        await using var channel = await broker.Channel();
        await channel.QueuePurgeAsync("tam_error", Cancelled);
        await channel.QueuePurgeAsync("pir_error", Cancelled);
        await Until(watch, found => found.Number == 0);
        (await new DeadLettersHealth(watch).CheckHealthAsync(new(), Cancelled)).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_message_that_somebody_looks_at_is_still_counted()
    {
        await Fail("tam", hoursAgo: 1, "RecordTamInterview", "Npgsql.PostgresException");
        using var watch = Watch();
        await Until(watch, found => found.Number == 1);
        await using (var looking = await broker.Channel())
        {
            await looking.BasicGetAsync("tam_error", autoAck: false, Cancelled);
            var held = watch.Latest;
            (await Until(watch, found => found != held)).Number.ShouldBe(1);
        }
    }

    [Fact]
    public async Task Waiting_submissions_are_counted_by_what_is_missing()
    {
        await Wait("a", hoursAgo: 2, """[{"code": "unknown_reference", "field": "case_id", "message": "…"}]""");
        await Wait("b", hoursAgo: 30, """[{"code": "unknown_reference", "field": "case_id", "message": "…"}]""");
        await Wait("c", hoursAgo: 1, """[{"code": "outside_post", "field": "rater_id", "message": "…"}, {"code": "outside_post", "field": "supervisor_id", "message": "…"}]""");
        await Execute($"insert into {schema}.submissions (stream_key, state, accepted_at) values ('d', 'accepted', now()), ('e', 'recorded', now())");
        using var watch = Watch();
        var waiting = (await Until(watch, found => found.Waiting is not null)).Waiting!;
        (waiting.Number, waiting.Overdue, Hours(watch, waiting.Oldest)).ShouldBe((3, 1, 30));
        waiting.For.Select(fact => (fact.Code, fact.Field, fact.Number, fact.Overdue, Hours(watch, fact.Oldest))).ShouldBe(
            [("unknown_reference", "case_id", 2, 1, 30), ("outside_post", "rater_id", 1, 0, 1), ("outside_post", "supervisor_id", 1, 0, 1)]);
        (await new WaitingHealth(watch).CheckHealthAsync(new(), Cancelled)).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task Number_and_age_are_metrics()
    {
        await Fail("surveys", hoursAgo: 4, "RecordSurvey", "System.InvalidOperationException");
        await Wait("a", hoursAgo: 2, """[{"code": "unknown_reference", "field": "team_id", "message": "…"}]""");
        using var watch = Watch();
        await Until(watch, found => found.Number == 1);
        var measured = new Dictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Fidelity" && instrument.Meter.Scope == services.GetRequiredService<IMeterFactory>())
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            measured[$"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}"] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        measured["fidelity.dead_letters surveys"].ShouldBe(1);
        measured["fidelity.dead_letters tam"].ShouldBe(0);
        measured["fidelity.dead_letters.oldest_age surveys"].ShouldBeInRange(4 * 3600, (4 * 3600) + 300);
        measured["fidelity.waiting_submissions unknown_reference team_id"].ShouldBe(1);
        measured["fidelity.waiting_submissions.oldest_age unknown_reference team_id"].ShouldBeInRange(2 * 3600, (2 * 3600) + 300);
    }

    [Fact]
    public async Task A_broker_that_is_away_degrades_the_portal_and_says_so()
    {
        using var watch = Watch("amqp://nobody:nothing@127.0.0.1:1/");
        (await Until(watch, found => found.Waiting is not null)).DeadLetters.ShouldBeNull();
        var health = await new DeadLettersHealth(watch).CheckHealthAsync(new(), Cancelled);
        health.Status.ShouldBe(HealthStatus.Degraded);
        health.Description!.ShouldContain("RabbitMQ does not answer");
    }

    HeldUpWatch Watch(string? address = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("FIDELITY_RABBITMQ", address ?? broker.Address.ToString())]).Build();
        return new(configuration, new WaitingReader(database, new ServiceSchema(schema)), services.GetRequiredService<IMeterFactory>(), TimeProvider.System, NullLogger<HeldUpWatch>.Instance);
    }

    static async Task<HeldUp> Until(HeldUpWatch watch, Predicate<HeldUp> wished)
    {
        if (watch.ExecuteTask is null)
            await watch.StartAsync(Cancelled);
        while (!wished(watch.Latest))
            await Task.Delay(20, Cancelled);
        return watch.Latest;
    }

    static int Hours(HeldUpWatch watch, DateTimeOffset? since) => (int)(watch.Age(since) / 3600);

    Task Fail(string inbox, int hoursAgo, string message, string cause) => broker.Publish(
        Inboxes.ErrorQueue(inbox), Encoding.UTF8.GetBytes($$"""{"messageType": ["urn:message:Some:{{message}}"]}"""), new BasicProperties
        {
            Headers = new Dictionary<string, object?>
            {
                ["MT-Fault-ExceptionType"] = cause,
                ["MT-Fault-Timestamp"] = (TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(hoursAgo)).ToString("O", CultureInfo.InvariantCulture),
            },
        });

    Task Wait(string submission, int hoursAgo, string causes) => Execute(
        $"insert into {schema}.submissions (stream_key, state, causes, accepted_at, concluded_at) values ('{submission}', 'waiting', '{causes}', now(), now() - interval '{hoursAgo} hours')");

    async Task Execute(string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
