using JasperFx.Events;
using Marten;
using Npgsql;
using Weasel.Core;

namespace Fidelity.EventStore;

/// <summary>A schema of its own in the PostgreSQL given for tests, and stores in it.</summary>
public sealed class Installation : IAsyncLifetime
{
    public const string Variable = "FIDELITY_TEST_POSTGRES";

    readonly List<IDocumentStore> stores = [];

    public static string ConnectionString { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given
        ? given
        : throw new InvalidOperationException(
            $"These tests need PostgreSQL: set {Variable} to the Npgsql connection string of a superuser of a private server.");

    public string Schema { get; } = $"t{Guid.CreateVersion7():n}";
    public NpgsqlDataSource Database { get; private set; } = null!;

    public ValueTask InitializeAsync()
    {
        Database = NpgsqlDataSource.Create(ConnectionString);
        return ValueTask.CompletedTask;
    }

    /// <summary>A store with everything on that Fidelity uses, and what the test adds.</summary>
    public IDocumentStore Store(Action<StoreOptions>? configure = null)
    {
        var store = DocumentStore.For(options =>
        {
            Configure(options, Schema);
            configure?.Invoke(options);
        });
        stores.Add(store);
        return store;
    }

    public static void Configure(StoreOptions options, string schema)
    {
        options.Connection(ConnectionString);
        options.DatabaseSchemaName = schema;
        options.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase);
        options.Events.StreamIdentity = StreamIdentity.AsString;
        options.Events.AppendMode = EventAppendMode.Quick;
        options.Events.UseListenNotifyForEventAppends = true;
        // As in Fidelity: whoever leads a shard must not be a transaction that others wait for at a gap.
        options.Events.UseAdvisoryLockTransaction = false;
        options.Events.UseMonitoredAdvisoryLock = false;
        options.Events.MetadataConfig.EnableAll();
        options.Events.MetadataConfig.UserNameEnabled = true;
        options.Events.AddEventType<AccountOpened>();
        options.Events.AddEventType<Deposited>();
        options.Events.AddEventType<Withdrawn>();
        options.Projections.LiveStreamAggregation<Account>();
        options.Projections.Errors.SkipApplyErrors = false;
        options.Projections.Errors.SkipSerializationErrors = false;
        options.Projections.Errors.SkipUnknownEvents = false;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Makes the store's tables, by using it once.</summary>
    public static async Task<IDocumentStore> WithTablesAsync(IDocumentStore store)
    {
        await using var session = store.LightweightSession();
        session.Events.StartStream("made-tables", new AccountOpened("Nobody", 0));
        await session.SaveChangesAsync();
        return store;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in stores) await store.DisposeAsync();
        await ExecuteAsync($"drop schema if exists {Schema} cascade");
        await Database.DisposeAsync();
    }
}
