using System.Globalization;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Subscriptions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit.Runner.InProc.SystemConsole;

namespace Fidelity.EventStore;

/// <summary>
/// The tests; or, told so, one process of those that some of them need: a daemon that can be killed, and a writer that may have been
/// built with the other event store.
/// </summary>
public static class Program
{
    public const string DaemonCommand = "be-daemon";
    public const string WriterCommand = "be-writer";

    public static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case [DaemonCommand, var schema, var name, .. var rest]:
                await RunDaemonAsync(schema, name, holds: rest is ["holding"]);
                return 0;
            case [WriterCommand, var schema, var key, var amount]:
                await DepositAsync(schema, key, decimal.Parse(amount, CultureInfo.InvariantCulture));
                return 0;
            default:
                return await ConsoleRunner.Run(arguments);
        }
    }

    /// <summary>Runs two shards in hot-cold mode until somebody ends the process.</summary>
    static async Task RunDaemonAsync(string schema, string name, bool holds)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Services
            .AddMarten(options =>
            {
                Installation.Configure(options, schema);
                options.Projections.LeadershipPollingTime = 1000;
                foreach (var shard in Witness.Shards)
                    options.Projections.Subscribe(new Witness(schema, shard, name, holds), subscription => subscription.Name = shard);
            })
            .UseLightweightSessions()
            .AddAsyncDaemon(DaemonMode.HotCold);
        await builder.Build().RunAsync();
    }

    /// <summary>Opens an account or adds to it, and says what it finds afterwards.</summary>
    static async Task DepositAsync(string schema, string key, decimal amount)
    {
        await using var store = DocumentStore.For(options => Installation.Configure(options, schema));
        await using var session = store.LightweightSession();
        session.CorrelationId = "corr";
        session.SetHeader("writer", 7);
        var stream = await session.Events.FetchForWriting<Account>(key);
        stream.AppendOne(stream.Aggregate is null ? new AccountOpened("Ann", amount) : new Deposited(amount));
        await session.SaveChangesAsync();
        var account = await session.Events.AggregateStreamAsync<Account>(key);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{typeof(IDocumentStore).Assembly.GetName().Name}: {account!.Owner} has {account.Balance} at {account.Version}"));
    }
}

/// <summary>Leaves a row for each event it was given, in the transaction of its page.</summary>
public sealed class Witness(string schema, string shard, string name, bool holds) : ISubscription
{
    public static IReadOnlyList<string> Shards { get; } = ["Left", "Right"];

    public static string Table(string schema) => $"{schema}.witnessed";

    public async Task<IChangeListener> ProcessEventsAsync(
        EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken)
    {
        foreach (var e in page.Events) operations.QueueSqlCommand($"insert into {Table(schema)} values (?, ?, ?)", shard, name, e.Sequence);
        await Console.Out.WriteLineAsync($"{shard} has {page.Events.Count} in hand");
        if (holds) await Task.Delay(Timeout.Infinite, CancellationToken.None);
        return NullChangeListener.Instance;
    }
}
