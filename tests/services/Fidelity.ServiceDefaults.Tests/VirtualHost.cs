using System.Diagnostics;
using RabbitMQ.Client;

namespace Fidelity.ServiceDefaults.Tests;

/// <summary>A virtual host of its own on the RabbitMQ given for tests, and a plain client that looks at it from outside.</summary>
public sealed class VirtualHost : IAsyncLifetime
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly string name = $"t{Guid.CreateVersion7():n}";
    IConnection? connection;

    public Uri Address => new UriBuilder(Variable("FIDELITY_TEST_RABBITMQ")) { Path = name }.Uri;

    public async ValueTask InitializeAsync()
    {
        await Control("add_vhost", name);
        await Control("set_permissions", "-p", name, Address.UserInfo.Split(':')[0], ".*", ".*", ".*");
        connection = await new ConnectionFactory { Uri = Address }.CreateConnectionAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
            await connection.DisposeAsync();
        await Control("delete_vhost", name);
    }

    /// <summary>A channel that confirms what it publishes.</summary>
    public Task<IChannel> Channel() => connection!.CreateChannelAsync(new CreateChannelOptions(true, true));

    /// <summary>An empty durable quorum queue, as every queue of ours is.</summary>
    public async Task Declare(string queue)
    {
        await using var channel = await Channel();
        await channel.QueueDeleteAsync(queue);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
    }

    public async Task Publish(string queue, byte[] body, BasicProperties? properties = null)
    {
        await using var channel = await Channel();
        await channel.BasicPublishAsync("", queue, mandatory: true, properties ?? new BasicProperties(), body);
    }

    /// <summary>Everything in a queue; it is there again afterwards.</summary>
    public async Task<IReadOnlyList<BasicGetResult>> Messages(string queue)
    {
        await using var channel = await Channel();
        var messages = new List<BasicGetResult>();
        while (await channel.BasicGetAsync(queue, autoAck: false) is { } message)
            messages.Add(message);
        return messages;
    }

    /// <summary>Looks until the queue holds as many messages as are waited for.</summary>
    public async Task<IReadOnlyList<BasicGetResult>> Messages(string queue, int number)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var messages = await Messages(queue);
            if (messages.Count == number)
                return messages;
            if (waited.Elapsed > Patience)
                throw new TimeoutException($"{queue} holds {messages.Count} messages instead of {number}.");
            await Task.Delay(100);
        }
    }

    /// <summary>What the broker says of its queues, a line each.</summary>
    public Task<string> Queues() => Control("-q", "list_queues", "-p", name, "--no-table-headers", "name", "type", "durable", "arguments");

    public static string Variable(string variable) => Environment.GetEnvironmentVariable(variable)
        ?? throw new InvalidOperationException($"{variable} is not set. tests/run.sh starts what these tests need and sets it.");

    static async Task<string> Control(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Variable("FIDELITY_TEST_RABBITMQCTL"), arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"rabbitmqctl {string.Join(' ', arguments)}: {await errors}");
        return await output;
    }
}
