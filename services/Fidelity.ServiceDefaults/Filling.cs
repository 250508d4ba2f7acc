using System.Diagnostics;
using System.Globalization;
using Dapper;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// Fills a read model's new tables up to a position, and then up to another, always exactly. No daemon can be told where to end, so
/// one is stopped when it has come past the position; what lies beyond it is passed over, and is for the next daemon to begin with.
/// </summary>
sealed class Filling : IAsyncDisposable
{
    const uint NewVersion = 2;
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan BetweenNews = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    readonly NpgsqlDataSource database;
    readonly string name;
    readonly string progression;
    readonly string progress;
    readonly TextWriter news;
    readonly Bound bound = new();
    readonly ServiceProvider services;

    public Filling(NpgsqlDataSource database, EventStore events, string schema, ReadModel model, TextWriter news)
    {
        this.database = database;
        this.news = news;
        name = model.Name;
        progression = $"{events.Schema}.mt_event_progression";
        progress = $"{name}:V{NewVersion}:All";
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddSingleton(database);
        collection.AddSingleton(new ServiceSchema(schema));
        collection.AddSingleton(bound);
        model.RegisterUpTo(collection.AddEventStore(events.Schema, events.Events), NewVersion);
        services = collection.BuildServiceProvider();
    }

    /// <summary>
    /// Whether the tables stand at the position now. They do not when they were beyond it, or when the daemon stood still; the next
    /// one may get there.
    /// </summary>
    public async Task<bool> FillUpTo(long position, CancellationToken stopping)
    {
        if (await Reached(stopping) is var reached && reached >= position)
            return reached == position;
        bound.Position = position;
        using (var daemon = await services.GetRequiredService<IDocumentStore>().BuildProjectionDaemonAsync())
        {
            try
            {
                await daemon.StartAllAsync();
                await Follow(position, stopping);
            }
            finally
            {
                await daemon.StopAllAsync();
            }
        }

        await using var connection = await database.OpenConnectionAsync(stopping);
        return position == await connection.ExecuteScalarAsync<long?>(
            $"update {progression} set last_seq_id = least(last_seq_id, @position) where name = @progress returning last_seq_id",
            new { progress, position });
    }

    /// <summary>Forgets how far the tables are, when they begin or are there.</summary>
    public Task Forget(NpgsqlConnection connection, NpgsqlTransaction? transaction = null) =>
        connection.ExecuteAsync($"delete from {progression} where name = @progress", new { progress }, transaction);

    public ValueTask DisposeAsync() => services.DisposeAsync();

    async Task Follow(long position, CancellationToken stopping)
    {
        var (reached, moved, told) = (0L, Stopwatch.StartNew(), Stopwatch.StartNew());
        while (moved.Elapsed < Patience)
        {
            if (await Reached(stopping) is var now && now > reached)
            {
                reached = now;
                moved.Restart();
            }

            if (reached >= position)
                return;
            if (told.Elapsed > BetweenNews)
            {
                await news.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name}: {reached} of {position} events ({100 * reached / position} %)"));
                told.Restart();
            }

            await Task.Delay(BetweenLooks, stopping);
        }
    }

    async Task<long> Reached(CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteScalarAsync<long?>($"select last_seq_id from {progression} where name = @progress", new { progress }) ?? 0;
    }
}

/// <summary>The last position that is still for the new tables.</summary>
sealed class Bound
{
    public long Position { get; set; }
}

/// <summary>A read model that passes over what lies beyond the bound.</summary>
sealed class UpTo<T>(IServiceProvider services, Bound bound) : IProjection where T : class, IReadModel
{
    readonly T model = ActivatorUtilities.CreateInstance<T>(services);

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var within = events.TakeWhile(recorded => recorded.Sequence <= bound.Position).ToList();
        return within.Count == 0 ? Task.CompletedTask : model.ApplyAsync(operations, within, cancellation);
    }
}
