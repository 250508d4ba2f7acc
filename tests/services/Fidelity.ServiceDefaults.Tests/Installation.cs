using System.Diagnostics.Metrics;
using JasperFx.Events;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Fidelity.ServiceDefaults.Tests;

public sealed record Added(string Who, int Number);

/// <summary>Counts what was added; each event says which number its decision took it for.</summary>
public sealed record Counter
{
    public string Id { get; set; } = "";

    public int Count { get; init; }

    public Counter Apply(Added happened) => this with { Count = Count + 1 };
}

/// <summary>How often something was added under each name.</summary>
public sealed class Tally(ServiceSchema schema) : IReadModel
{
    public static ReadTable Table { get; } = new("create table if not exists {schema}.tallies (who text primary key, times integer not null)");

    public static IReadOnlyList<Type> Events => [typeof(Added)];

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var who in events.GroupBy(recorded => ((Added)recorded.Data).Who))
        {
            operations.QueueSqlCommand(
                $"insert into {schema.Name}.tallies as tally (who, times) values (?, ?) on conflict (who) do update set times = tally.times + excluded.times",
                who.Key, who.Count());
        }

        return Task.CompletedTask;
    }
}

/// <summary>An event store as the services have it, in a schema of its own of the PostgreSQL given for tests.</summary>
public sealed class Installation : IAsyncLifetime
{
    const string Variable = "FIDELITY_TEST_POSTGRES";

    readonly string schema = $"t{Guid.CreateVersion7():n}";
    readonly WebApplication service;
    readonly List<EventWriter> writers = [];

    public Installation()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["FIDELITY_POSTGRES"] = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given
            ? given
            : throw new InvalidOperationException(
                $"These tests need PostgreSQL: set {Variable} to the Npgsql connection string of a superuser of a private server.");
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(Log);
        builder.AddEventStreams(schema, options =>
        {
            options.Events.MapEventType<Added>("added");
            options.Projections.LiveStreamAggregation<Counter>();
            Facts.MapEvents(options);
            Visits.MapEvents(options);
        }).Project<Tally>("Tally");
        builder.Services.AddSingleton<Lags>();
        service = builder.Build();
    }

    /// <summary>Everything that anybody in the service logs.</summary>
    public LogOfAll Log { get; } = new();

    NpgsqlDataSource Database => service.Services.GetRequiredService<NpgsqlDataSource>();

    public IDocumentStore Store => service.Services.GetRequiredService<IDocumentStore>();

    /// <summary>The service's own writer, running.</summary>
    public EventWriter Writer => service.Services.GetRequiredService<EventWriter>();

    /// <summary>The writer of another instance of the service, which starts when it is told.</summary>
    public EventWriter AnotherWriter()
    {
        var writer = new EventWriter(Store, NullLogger<EventWriter>.Instance);
        writers.Add(writer);
        return writer;
    }

    /// <summary>What the stream says, read past everything of ours: who, and which number.</summary>
    public async Task<IReadOnlyList<(string Who, int Number)>> Added(string key)
    {
        await using var command = Database.CreateCommand(
            $"select data ->> 'who', (data ->> 'number')::int from {schema}.mt_events where stream_id = $1 order by version");
        command.Parameters.Add(new() { Value = key });
        await using var reader = await command.ExecuteReaderAsync();
        var added = new List<(string, int)>();
        while (await reader.ReadAsync())
            added.Add((reader.GetString(0), reader.GetInt32(1)));
        return added;
    }

    /// <summary>Makes a stream of events as an earlier release stored them, whose classes are gone.</summary>
    public async Task Insert(string key, IReadOnlyList<(string Name, string Json)> events)
    {
        await using var command = Database.CreateCommand($"""
            with stream as (insert into {schema}.mt_streams (id, version) values ($1, cardinality($2)) returning id)
            insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type, mt_dotnet_type, timestamp)
            select nextval('{schema}.mt_events_sequence'), gen_random_uuid(), stream.id, e.version, e.json::jsonb, e.name, 'Released.Gone, Gone', now()
            from stream, unnest($2::varchar[], $3::varchar[]) with ordinality e (name, json, version) order by e.version
            """);
        command.Parameters.Add(new() { Value = key });
        command.Parameters.Add(new() { Value = events.Select(happened => happened.Name).ToArray() });
        command.Parameters.Add(new() { Value = events.Select(happened => happened.Json).ToArray() });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The events of a stream as they are stored.</summary>
    public async Task<IReadOnlyList<(string Name, string Json)>> Stored(string key)
    {
        await using var command = Database.CreateCommand($"select type, data::text from {schema}.mt_events where stream_id = $1 order by version");
        command.Parameters.Add(new() { Value = key });
        await using var reader = await command.ExecuteReaderAsync();
        var stored = new List<(string, string)>();
        while (await reader.ReadAsync())
            stored.Add((reader.GetString(0), reader.GetString(1)));
        return stored;
    }

    public async Task<long> Count(string what)
    {
        await using var command = Database.CreateCommand($"select count({what}) from {schema}.mt_events");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>What the read table says: of each name, how often something was added under it.</summary>
    public async Task<IReadOnlyDictionary<string, int>> Tallies()
    {
        await using var command = Database.CreateCommand($"select who, times from {schema}.tallies");
        await using var reader = await command.ExecuteReaderAsync();
        var tallies = new Dictionary<string, int>();
        while (await reader.ReadAsync())
            tallies.Add(reader.GetString(0), reader.GetInt32(1));
        return tallies;
    }

    /// <summary>Runs a statement in the service's schema, which stands for <c>{schema}</c>.</summary>
    public async Task<object?> Run(string sql)
    {
        await using var command = Database.CreateCommand(sql.Replace("{schema}", schema, StringComparison.Ordinal));
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Does something while the read table's projection cannot save how far it is, and so does not go on.</summary>
    public Task WhileTheProjectionStands(Func<Task> act) =>
        While("select from {schema}.mt_event_progression where name = 'Tally:All' for update", act);

    /// <summary>Does something while a transaction holds what a statement locked, in the service's schema.</summary>
    public async Task While(string sql, Func<Task> act)
    {
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand(sql.Replace("{schema}", schema, StringComparison.Ordinal), connection, transaction))
            await hold.ExecuteNonQueryAsync();
        await act();
    }

    /// <summary>A watch over the service's subscriptions, by a clock that may be ahead.</summary>
    public LagWatch Watch(TimeProvider clock) => new(
        Database, service.Services.GetRequiredService<Lags>(), service.Services.GetRequiredService<IMeterFactory>(), clock, NullLogger<LagWatch>.Instance);

    public IMeterFactory Meters => service.Services.GetRequiredService<IMeterFactory>();

    /// <summary>Runs the service's program with arguments, beside the running service.</summary>
    public Task<int> RunWith(params string[] arguments) => service.RunServiceAsync(arguments);

    public async ValueTask InitializeAsync() => await service.StartAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in writers)
        {
            await writer.StopAsync(CancellationToken.None);
            writer.Dispose();
        }
        await using (var command = Database.CreateCommand($"drop schema if exists {schema} cascade"))
        {
            await service.StopAsync();
            await command.ExecuteNonQueryAsync();
        }
        await service.DisposeAsync();
    }
}
