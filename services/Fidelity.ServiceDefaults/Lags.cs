using System.Diagnostics.Metrics;
using Dapper;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;
using Gauged = System.Diagnostics.Metrics.Measurement<double>;

namespace Fidelity.ServiceDefaults;

/// <summary>How far a subscription, or a projection, is behind the events of its service.</summary>
/// <param name="Subscription">Its name, such as <c>Publishing</c>.</param>
/// <param name="Position">The last event that it has handled or passed over.</param>
/// <param name="LastEvent">The last event that there is.</param>
/// <param name="Oldest">When the first event that it has still to handle was appended; null when there is none.</param>
public sealed record Lag(string Subscription, long Position, long LastEvent, DateTimeOffset? Oldest)
{
    /// <summary>How many events it is behind, the few numbers that no event has included.</summary>
    public long Events => Math.Max(0, LastEvent - Position);
}

/// <summary>Reads how far each subscription of the service is.</summary>
public sealed class Lags(ServiceSchema schema, IEnumerable<Shard> shards)
{
    readonly Shard[] shards = [.. shards];

    public async Task<IReadOnlyList<Lag>> Read(NpgsqlConnection connection, CancellationToken stopping)
    {
        // Against the events themselves: the daemon's own mark stands still when the daemon does.
        var rows = await connection.QueryAsync<(string Name, long Position, long LastEvent, DateTime? Oldest)>(new CommandDefinition(
            $"""
            select shard.name, position, last_event,
                   (select timestamp from {schema.Name}.mt_events where seq_id > position order by seq_id limit 1)
            from unnest(@names, @progress) with ordinality as shard (name, progress, place)
            left join {schema.Name}.mt_event_progression known on known.name = shard.progress
            cross join lateral (select coalesce(known.last_seq_id, 0) as position) reached
            cross join (select coalesce(max(seq_id), 0) as last_event from {schema.Name}.mt_events) events
            order by place
            """,
            new { names = shards.Select(shard => shard.Name).ToArray(), progress = shards.Select(shard => shard.ProgressName).ToArray() },
            cancellationToken: stopping));
        return [.. rows.Select(row => new Lag(
            row.Name, row.Position, row.LastEvent, row.Oldest is { } oldest ? new DateTimeOffset(oldest, TimeSpan.Zero) : null))];
    }
}

/// <summary>Watches how far the subscriptions are, for health, metrics and pages.</summary>
public sealed class LagWatch : Watch
{
    /// <summary>
    /// As long as an event may wait for a subscription before somebody should look. A large import, or what was appended while the
    /// broker was away, is through in less; load is no illness.
    /// </summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    readonly NpgsqlDataSource database;
    readonly Lags lags;

    public LagWatch(NpgsqlDataSource database, Lags lags, IMeterFactory meters, TimeProvider clock, ILogger<LagWatch> log) : base(clock, log)
    {
        (this.database, this.lags) = (database, lags);
        var meter = meters.Create(Defaults.Meter);
        meter.CreateObservableGauge("fidelity.lag", () => Each(lag => lag.Events), "{event}", "Events that a subscription has still to handle.");
        meter.CreateObservableGauge("fidelity.lag.oldest_age", () => Each(lag => Age(lag.Oldest)), "s", "How long the first of them has waited.");
    }

    /// <summary>What was found last; null when the database did not answer.</summary>
    public IReadOnlyList<Lag>? Latest { get; private set; }

    protected override async Task Look(CancellationToken stopping) => Latest = await Ask("PostgreSQL", Latest, Read, stopping);

    async Task<IReadOnlyList<Lag>> Read(CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await lags.Read(connection, stopping);
    }

    IEnumerable<Gauged> Each(Func<Lag, double> value) =>
        Latest?.Select(lag => new Gauged(value(lag), new KeyValuePair<string, object?>("subscription", lag.Subscription))) ?? [];
}

/// <summary>A service with a subscription that has not kept up for long still serves: it is degraded, never unhealthy.</summary>
public sealed class LagHealth(LagWatch watch) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        watch.Latest is { } lags ? Result(lags) : HealthCheckResult.Degraded("It is not known yet how far the subscriptions are."));

    HealthCheckResult Result(IReadOnlyList<Lag> lags)
    {
        var late = lags.Where(lag => watch.Age(lag.Oldest) > LagWatch.LongestWait.TotalSeconds).Select(lag => lag.Subscription).ToList();
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["subscriptions"] = lags.Select(lag => new { lag.Subscription, lag.Events, OldestAgeSeconds = Math.Floor(watch.Age(lag.Oldest)) }),
        };
        return late.Count == 0
            ? HealthCheckResult.Healthy(data: data)
            : HealthCheckResult.Degraded(
                $"Events wait for {string.Join(", ", late)} for more than {LagWatch.LongestWait.TotalMinutes:0} minutes; the log says what it meets.", data: data);
    }
}
