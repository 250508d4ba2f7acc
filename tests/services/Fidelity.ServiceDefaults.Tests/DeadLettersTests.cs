using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Fidelity.ServiceDefaults.Tests;

/// <summary>What becomes of messages that cannot be handled, on a broker as it is.</summary>
public sealed class DeadLettersTests(VirtualHost broker) : IClassFixture<VirtualHost>, IAsyncLifetime
{
    const string Inbox = "tam";
    const string Errors = "tam_error";
    const string Secret = "the-mother-said";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    readonly Lines log = new();

    public async ValueTask InitializeAsync()
    {
        await using (var service = Service(declareOnly: true))
            await service.RunServiceAsync([Bus.DeclareTopology]);
        await using var channel = await broker.Channel();
        await channel.QueuePurgeAsync(Inbox);
        await channel.QueuePurgeAsync(Errors);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Every_queue_is_a_durable_quorum_queue_before_the_first_message()
    {
        var queues = (await broker.Queues()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToDictionary(cells => cells[0]);
        queues.Keys.ShouldBe([Inbox, Errors], ignoreOrder: true);
        foreach (var queue in queues.Values)
            queue[1..3].ShouldBe(["quorum", "true"], queue[0]);
        queues[Inbox][3].ShouldContain($"{{\"x-dead-letter-exchange\",\"{Errors}\"}}");
        queues[Inbox][3].ShouldContain("{\"x-dead-letter-strategy\",\"at-least-once\"}");
        // A look at a dead letter counts as a delivery, and a broker with a limit of its own would drop it after some.
        queues[Errors][3].ShouldContain("{\"x-delivery-limit\",2147483647}");
        queues[Errors][3].ShouldNotContain("dead-letter");
    }

    [Fact]
    public async Task A_queue_that_was_declared_otherwise_is_named_with_what_to_do()
    {
        await broker.Declare(Inbox);
        try
        {
            // The broker's answer may be lost with the channel that it closes; the scripts ask again as well.
            var said = "";
            for (var attempt = 0; attempt < 3 && !said.Contains("for queue 'tam'", StringComparison.Ordinal); attempt++)
            {
                await using var service = Service(declareOnly: true);
                said = (await Should.ThrowAsync<Exception>(() => service.RunServiceAsync([Bus.DeclareTopology]))).Message;
            }

            said.ShouldContain("for queue 'tam'");
        }
        finally
        {
            await using var channel = await broker.Channel();
            await channel.QueueDeleteAsync(Inbox, cancellationToken: Cancelled);
        }
    }

    [Fact]
    public async Task A_message_whose_handling_fails_is_moved_with_its_cause_after_its_retries()
    {
        await using var service = await Started();
        var id = NewId.NextGuid();
        await Tell(service, new Told(Secret), id);
        var moved = (await broker.Messages(Errors, 1)).Single();
        moved.BasicProperties.MessageId.ShouldBe(id.ToString());
        Header(moved, "MT-Fault-ExceptionType").ShouldBe("System.FormatException");
        Header(moved, "MT-Fault-Message").ShouldBe($"'{Secret}' is no answer.");
        Header(moved, "MT-Fault-RetryCount").ShouldBe("4");
        ((string?)JsonNode.Parse(moved.Body.Span)!["message"]!["words"]).ShouldBe(Secret);
        moved.BasicProperties.Persistent.ShouldBeTrue();
        Listener.Heard.Count(one => one == id).ShouldBe(5, "once, and four times more");
        (await broker.Messages(Inbox)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{\"hello", "System.Text.Json.JsonReaderException")]
    [InlineData("plain words", "System.Text.Json.JsonReaderException")]
    [InlineData("{\"messageType\": [\"urn:message:Fidelity.ServiceDefaults.Tests:Told\"], \"message\": {\"words\": [\"the-mother-said\"]}}", "System.InvalidOperationException")]
    [InlineData("{\"messageType\": [\"urn:message:Nobody:Knows\"], \"message\": {\"words\": \"the-mother-said\"}}", "MassTransit.MessageNotConsumedException")]
    public async Task What_cannot_be_read_and_what_nobody_consumes_is_moved_as_it_came(string body, string cause)
    {
        await using var service = await Started();
        await broker.Publish(Inbox, Encoding.UTF8.GetBytes(body), new BasicProperties { ContentType = "application/vnd.masstransit+json", MessageId = "its-own" });
        var moved = (await broker.Messages(Errors, 1)).Single();
        Encoding.UTF8.GetString(moved.Body.Span).ShouldBe(body);
        moved.BasicProperties.MessageId.ShouldBe("its-own");
        Header(moved, "MT-Fault-ExceptionType").ShouldBe(cause);
        DateTimeOffset.Parse(Header(moved, "MT-Fault-Timestamp")!, CultureInfo.InvariantCulture).Offset.ShouldBe(TimeSpan.Zero);
        (await broker.Queues()).ShouldNotContain("_skipped");
    }

    [Fact]
    public async Task A_message_that_cannot_be_moved_either_stays_and_is_moved_when_it_can()
    {
        await using var service = await Started();
        // The first declares the error queue once more, as MassTransit does on each channel; then its binding goes.
        await Tell(service, new Told("first"), NewId.NextGuid());
        await broker.Messages(Errors, 1);
        await using (var channel = await broker.Channel())
            await channel.QueueUnbindAsync(Errors, Errors, "", cancellationToken: Cancelled);
        await Tell(service, new Told("second"), NewId.NextGuid());
        (await broker.Messages(Errors, 2)).Count.ShouldBe(2);
        log.All.ShouldContain("MessageReturnedException");
    }

    [Fact]
    public async Task A_message_that_its_service_dies_of_again_and_again_is_moved_by_the_broker()
    {
        await broker.Publish(Inbox, [1], new BasicProperties { MessageId = "deadly" });
        for (var death = 0; death <= Inboxes.MostDeliveries; death++)
        {
            await using var channel = await broker.Channel();
            (await channel.BasicGetAsync(Inbox, autoAck: false, Cancelled))!.BasicProperties.MessageId.ShouldBe("deadly");
        }

        var moved = (await broker.Messages(Errors, 1)).Single();
        moved.BasicProperties.MessageId.ShouldBe("deadly");
        Header(moved, "x-first-death-reason").ShouldBe("delivery_limit");
        (await broker.Messages(Inbox)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_of_a_body_is_logged()
    {
        await using var service = await Started();
        await Tell(service, new Told(Secret), NewId.NextGuid());
        await broker.Publish(Inbox, Encoding.UTF8.GetBytes(Secret), new BasicProperties { ContentType = "application/vnd.masstransit+json" });
        await broker.Messages(Errors, 2);
        await Until(() => log.All.Contains("System.FormatException") && log.All.Contains("System.Text.Json.JsonReaderException"));
        log.All.ShouldContain(nameof(Listener));
        log.All.ShouldNotContain(Secret);
        // What the reader says of the first letter that it cannot take.
        log.All.ShouldNotContain("'t' is an invalid");
    }

    WebApplication Service(bool declareOnly = false)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["FIDELITY_RABBITMQ"] = broker.Address.ToString();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddSingleton<InFlight>();
        builder.AddBus(declareOnly, bus => bus.AddInbox(Inbox, typeof(Listener)));
        return builder.Build();
    }

    async Task<WebApplication> Started()
    {
        var service = Service();
        await service.StartAsync(Cancelled);
        return service;
    }

    static async Task Tell(WebApplication service, Told told, Guid id)
    {
        var inbox = await service.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri($"exchange:{Inbox}"));
        await inbox.Send(told, context => context.MessageId = id, Cancelled);
    }

    static string? Header(BasicGetResult message, string name) => message.BasicProperties.Headers!.TryGetValue(name, out var value)
        ? value is byte[] text ? Encoding.UTF8.GetString(text) : Convert.ToString(value, CultureInfo.InvariantCulture)
        : null;

    static async Task Until(Func<bool> wished)
    {
        while (!wished())
            await Task.Delay(50, Cancelled);
    }
}

public sealed record Told(string Words);

/// <summary>Fails at whatever it hears, and quotes it.</summary>
sealed class Listener : IConsumer<Told>
{
    public static ConcurrentBag<Guid> Heard { get; } = [];

    public Task Consume(ConsumeContext<Told> context)
    {
        Heard.Add(context.MessageId!.Value);
        throw new FormatException($"'{context.Message.Words}' is no answer.");
    }
}

/// <summary>Everything that is logged, as a console would write it.</summary>
sealed class Lines : ILoggerProvider, ILogger
{
    readonly ConcurrentQueue<string> lines = [];

    public string All => string.Join('\n', lines);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue($"{formatter(state, exception)} {exception}");

    public void Dispose()
    {
        // Nothing to give back.
    }
}
