using MassTransit;
using MassTransit.RabbitMqTransport.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Fidelity.ServiceDefaults;

/// <summary>One bus, set up the same way in every service.</summary>
public static class Bus
{
    public const string DeclareTopology = "--declare-topology";

    /// <summary>
    /// Joins the bus. Everything sent or published is confirmed by the broker and mandatory: a message that no queue
    /// takes is a failure, never a silence. With <see cref="DeclareTopology"/> the service only declares its exchanges,
    /// queues and bindings.
    /// </summary>
    public static void AddBus(this WebApplicationBuilder builder, bool declareOnly, Action<IBusRegistrationConfigurator> consumers)
    {
        var address = Address(builder.Configuration);
        builder.Services.Configure<MassTransitHostOptions>(host => host.WaitUntilStarted = declareOnly);
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddConsumeObserver(services => services.GetRequiredService<InFlight>());
            bus.AddConfigureEndpointsCallback(Inboxes.Configure);
            consumers(bus);
            bus.SetBusFactory(new WordlessLoggers.BusFactory(new RabbitMqRegistrationBusFactory((context, broker) =>
            {
                broker.Host(address);
                broker.DeployTopologyOnly = declareOnly;
                broker.PublishTopology.BrokerTopologyOptions = PublishBrokerTopologyOptions.MaintainHierarchy;
                // Nobody takes a kind of message, only messages; an exchange for a kind would be nobody's at the broker.
                foreach (var kind in typeof(Contracts.Command).Assembly.GetExportedTypes().Where(type => type is { IsClass: true, IsAbstract: true, IsSealed: false }))
                    broker.Publish(kind, type => type.Exclude = true);
                broker.ConfigurePublish(pipe => pipe.UseExecute(RequireARoute));
                broker.ConfigureSend(pipe => pipe.UseExecute(RequireARoute));
                broker.SendTopology.ConfigureErrorSettings = Inboxes.ConfigureErrorQueue;
                broker.ConfigureEndpoints(context);
            })));
        });
    }

    public static Uri Address(IConfiguration configuration) => new(configuration["FIDELITY_RABBITMQ"]
        ?? throw new InvalidOperationException("FIDELITY_RABBITMQ must hold the broker's address, amqp://user:password@host:port/vhost."));

    static void RequireARoute(SendContext context)
    {
        if (context.TryGetPayload<RabbitMqSendContext>(out var message))
            message.Mandatory = true;
    }

    /// <summary>Adds consumers that share one queue, one of <see cref="Inboxes.All"/>.</summary>
    public static void AddInbox(this IBusRegistrationConfigurator bus, string queue, params ReadOnlySpan<Type> consumers)
    {
        if (!Inboxes.All.Contains(queue, StringComparer.Ordinal))
            throw new ArgumentException($"{queue} is no inbox that dead letters are looked for.", nameof(queue));
        bus.AddSingleton(new Inbox(queue));
        foreach (var consumer in consumers)
            bus.AddConsumer(consumer, typeof(InboxDefinition<>).MakeGenericType(consumer)).Endpoint(endpoint => endpoint.Name = queue);
    }
}

/// <summary>
/// How a service takes messages in: a page's worth at once (the writer saves them together), short retries for what passes
/// by itself, then the error queue with the cause.
/// </summary>
sealed class InboxDefinition<TConsumer> : ConsumerDefinition<TConsumer> where TConsumer : class, IConsumer
{
    const int AtOnce = 100;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpoint, IConsumerConfigurator<TConsumer> consumer, IRegistrationContext context)
    {
        // Nobody wants to hear of MassTransit's Fault<T>: the message is in the error queue, where everybody sees it.
        endpoint.PublishFaults = false;
        endpoint.PrefetchCount = 2 * AtOnce;
        endpoint.ConcurrentMessageLimit = AtOnce;
        endpoint.UseMessageRetry(retry => retry.Exponential(4, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(400)));
    }
}
