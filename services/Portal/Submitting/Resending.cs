using Dapper;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Submitting;

/// <summary>
/// Sends again what was accepted one by one and not answered: the portal may have died between accepting and sending,
/// or the broker was away. Owners take a repeat for what it is. What stays unanswered is sent less and less often: its
/// owner fails at it, and every try becomes another dead letter.
/// </summary>
sealed class Resending(
    Owners owners, EventWriter store, NpgsqlDataSource database, ServiceSchema schema, TimeProvider clock, ILogger<Resending> log) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Overdue = TimeSpan.FromSeconds(20);
    static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <summary>When each is sent next, and how long it waits after that.</summary>
    readonly Dictionary<string, (DateTimeOffset At, TimeSpan Wait)> next = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Resend(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(failure, "Unanswered submissions could not be sent again; the next try is in {Pause}", Pause);
            }
        }
    }

    async Task Resend(CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        var resting = next.Where(sending => sending.Value.At > now).Select(sending => sending.Key).ToArray();
        await using var connection = await database.OpenConnectionAsync(stopping);
        var overdue = (await connection.QueryAsync<string>(
            $"""
            select stream_key from {schema.Name}.submissions
            where state = 'accepted' and import_id is null and accepted_at < @before and stream_key <> all (@resting)
            order by accepted_at limit 500
            """, new { before = now - Overdue, resting })).ToHashSet(StringComparer.Ordinal);
        foreach (var answered in next.Keys.Where(key => next[key].At <= now && !overdue.Contains(key)).ToList())
            next.Remove(answered);
        foreach (var key in overdue)
        {
            if (await store.Read<Submission>(key, stopping) is { Command: { } command, Concluded: null })
                await owners.Send(command, messageId: command.SubmissionId, stopping);
            var wait = next.TryGetValue(key, out var sent) ? sent.Wait : Overdue;
            next[key] = (now + wait, wait + wait < LongestWait ? wait + wait : LongestWait);
        }
    }
}
