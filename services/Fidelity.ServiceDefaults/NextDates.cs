using Dapper;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Fidelity.ServiceDefaults;

/// <summary>The next day on which the calendar by itself bears on a stream; null when it no longer does.</summary>
public sealed record NextDateSet(DateOnly? Date);

/// <summary>A stream on which the calendar acts.</summary>
public interface IFallsDue<TState>
{
    /// <summary>Lets the day act. A day that has acted already does nothing.</summary>
    (TState State, IReadOnlyList<object> Events) Advance(DateOnly today);
}

/// <summary>When the calendar next bears on each stream.</summary>
public sealed class NextDates(ServiceSchema schema) : IReadModel
{
    public static IReadOnlyList<Type> Events => [typeof(NextDateSet)];

    public static ReadTable Table { get; } = new("""
        create table if not exists {schema}.next_dates (stream_key text primary key, next_date date not null);
        create index if not exists next_dates_by_date on {schema}.next_dates (next_date);
        """);

    public static void MapEvents(StoreOptions options) => options.Events.MapEventType<NextDateSet>("next_date_set");

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var last = events.GroupBy(recorded => recorded.StreamKey!, recorded => ((NextDateSet)recorded.Data).Date, StringComparer.Ordinal)
            .ToLookup(stream => stream.Last() is not null, stream => (stream.Key, Date: stream.Last()));
        operations.QueueSqlCommand(
            $"""
            insert into {schema.Name}.next_dates (stream_key, next_date) select * from unnest(?, ?)
            on conflict (stream_key) do update set next_date = excluded.next_date
            """,
            last[true].Select(stream => stream.Key).ToArray(), last[true].Select(stream => stream.Date!.Value).ToArray());
        operations.QueueSqlCommand(
            $"delete from {schema.Name}.next_dates where stream_key = any (?)", [last[false].Select(stream => stream.Key).ToArray()]);
        return Task.CompletedTask;
    }
}

/// <summary>Opens the streams whose next date has come.</summary>
public sealed class StreamsFallingDue<TState>(
    EventWriter writer, NpgsqlDataSource database, ServiceSchema schema, BusinessCalendar calendar, ILogger<StreamsFallingDue<TState>> log)
    : DailyTicker(database, schema, calendar, log)
    where TState : class, IFallsDue<TState>
{
    const int AtOnce = 50;

    protected override async Task Tick(NpgsqlConnection connection, DateOnly today, CancellationToken stopping)
    {
        var due = await connection.QueryAsync<string>($"select stream_key from {Schema}.next_dates where next_date <= @today", new { today });
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping },
            async (key, token) => await writer.Write(async streams =>
            {
                var stream = await streams.Open<TState>(key);
                var (state, events) = stream.State!.Advance(today);
                stream.Append(state, events);
                return true;
            }, token, Wanted.Whole<TState>(key)));
    }
}
