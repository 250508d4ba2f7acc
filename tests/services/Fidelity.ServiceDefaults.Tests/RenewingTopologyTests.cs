using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Fidelity.ServiceDefaults.Tests;

/// <summary>Queues that an earlier version declared become those of this one, and keep what is in them.</summary>
public sealed class RenewingTopologyTests(VirtualHost broker) : IClassFixture<VirtualHost>, IAsyncLifetime
{
    const string Inbox = "tam";
    const string Errors = "tam_error";
    const string Aside = "tam_aside";

    /// <summary>More than are moved at once.</summary>
    const int Number = 450;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using var channel = await broker.Channel();
        foreach (var name in new[] { Inbox, Errors, Aside })
        {
            await channel.QueueDeleteAsync(name, cancellationToken: Cancelled);
            await channel.ExchangeDeleteAsync(name, cancellationToken: Cancelled);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Queues_that_were_declared_otherwise_are_those_of_today_with_every_message_as_it_was()
    {
        await broker.Declare(Inbox);
        await Fill(Inbox, Number);
        await using (var channel = await broker.Channel())
        {
            // Not even of the same kind.
            await channel.QueueDeclareAsync(Errors, durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancelled);
            await channel.BasicPublishAsync("", Errors, mandatory: true, new BasicProperties
            {
                MessageId = "failed", DeliveryMode = DeliveryModes.Persistent, Headers = new Dictionary<string, object?> { ["MT-Fault-ExceptionType"] = "System.FormatException" },
            }, "what was said"u8.ToArray(), Cancelled);
        }

        await Renew();

        var queues = await broker.Queues();
        queues.ShouldContain("{\"x-delivery-limit\",100}");
        queues.ShouldNotContain("_aside");
        queues.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(line => line.Contains("\tquorum\ttrue\t", StringComparison.Ordinal));
        Numbers(await broker.Messages(Inbox)).ShouldBe(Enumerable.Range(0, Number));
        var failed = (await broker.Messages(Errors)).ShouldHaveSingleItem();
        failed.BasicProperties.MessageId.ShouldBe("failed");
        failed.BasicProperties.Persistent.ShouldBeTrue();
        Encoding.UTF8.GetString((byte[])failed.BasicProperties.Headers!["MT-Fault-ExceptionType"]!).ShouldBe("System.FormatException");
        Encoding.UTF8.GetString(failed.Body.Span).ShouldBe("what was said");
    }

    [Fact]
    public async Task What_a_service_no_longer_takes_is_not_sent_to_it_any_more()
    {
        await Renew();
        await using var channel = await broker.Channel();
        await channel.ExchangeDeclareAsync("of-old", ExchangeType.Fanout, durable: true, cancellationToken: Cancelled);
        await channel.ExchangeBindAsync(Inbox, "of-old", "", cancellationToken: Cancelled);
        await Renew();
        (await Should.ThrowAsync<PublishException>(async () => await channel.BasicPublishAsync("of-old", "", mandatory: true, new BasicProperties(), new byte[] { 1 }, Cancelled)))
            .IsReturn.ShouldBeTrue();
    }

    [Fact]
    public async Task A_renewal_that_was_cut_short_goes_on_where_it_was()
    {
        // Some are still aside, the queue is declared, some are back and one is in both.
        await Renew();
        await Fill(Inbox, 3);
        await broker.Declare(Aside);
        await Fill(Aside, 5, from: 2);
        await Renew();
        Numbers(await broker.Messages(Inbox)).ShouldBe([0, 1, 2, 2, 3, 4, 5, 6]);
        (await broker.Queues()).ShouldNotContain("_aside");
    }

    [Fact]
    public async Task A_queue_that_a_service_takes_from_is_left_alone()
    {
        await Renew();
        await using var service = Service(declareOnly: false);
        await service.StartAsync(Cancelled);
        await using var channel = await broker.Channel();
        while ((await channel.QueueDeclarePassiveAsync(Inbox, Cancelled)).ConsumerCount == 0)
            await Task.Delay(50, Cancelled);
        (await Should.ThrowAsync<InvalidOperationException>(Renew)).Message.ShouldContain("Stop the services first");
        (await channel.QueueDeclarePassiveAsync(Inbox, Cancelled)).ConsumerCount.ShouldBe(1u);
    }

    async Task Renew()
    {
        await using var service = Service(declareOnly: true);
        (await service.RunServiceAsync([Bus.DeclareTopology, "--anew"])).ShouldBe(0);
    }

    WebApplication Service(bool declareOnly)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["FIDELITY_RABBITMQ"] = broker.Address.ToString();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<InFlight>();
        builder.AddBus(declareOnly, bus => bus.AddInbox(Inbox, typeof(Listener)));
        return builder.Build();
    }

    async Task Fill(string queue, int number, int from = 0)
    {
        await using var channel = await broker.Channel();
        foreach (var message in Enumerable.Range(from, number))
            await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties { DeliveryMode = DeliveryModes.Persistent }, BitConverter.GetBytes(message), Cancelled);
    }

    static IEnumerable<int> Numbers(IEnumerable<BasicGetResult> messages) => messages.Select(message => BitConverter.ToInt32(message.Body.Span)).Order();
}
