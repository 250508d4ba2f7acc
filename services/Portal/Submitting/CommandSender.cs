using Dapper;
using Fidelity.ServiceDefaults;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Subscriptions;
using Npgsql;

namespace Fidelity.Portal.Submitting;

/// <summary>
/// Sends the accepted rows of imports to their owners, at least once and in any order, unless they are answered: a row that was
/// refused might be taken today, behind the back of whoever was told. (A single submission is sent by the request that accepted
/// it, since somebody waits for the answer.)
/// </summary>
sealed class CommandSender(Owners owners, NpgsqlDataSource database, ServiceSchema schema) : ISubscription, IReadSomeEvents
{
    public static IReadOnlyList<Type> Events => [typeof(SubmissionAccepted)];

    const int AtOnce = 50;

    public async Task<IChangeListener> ProcessEventsAsync(
        EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken)
    {
        var rows = page.Events.Where(recorded => recorded.Data is SubmissionAccepted { Row: not null, Command: not null }).ToList();
        var answered = await Answered(rows, cancellationToken);
        try
        {
            await Parallel.ForEachAsync(
                rows.Where(recorded => answered.GetValueOrDefault(recorded.StreamKey!) < recorded.Sequence),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (recorded, stopping) => await owners.Send(((SubmissionAccepted)recorded.Data).Command!, recorded.Id, stopping));
        }
        catch (OperationCanceledException timeout) when (!cancellationToken.IsCancellationRequested)
        {
            // The daemon takes a cancellation for its own and would not try the page again.
            throw new TimeoutException("The broker did not confirm a command.", timeout);
        }

        return NullChangeListener.Instance;
    }

    /// <summary>Where the owner last answered: it has happened when all is sent again from the beginning.</summary>
    async Task<Dictionary<string, long>> Answered(IEnumerable<IEvent> rows, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return (await connection.QueryAsync<(string, long)>(
            $"""
            select stream_id, max(seq_id) from {schema.Name}.mt_events
            where stream_id = any(@keys) and type = 'submission_concluded' group by stream_id
            """, new { keys = rows.Select(recorded => recorded.StreamKey).ToArray() })).ToDictionary(StringComparer.Ordinal);
    }
}
