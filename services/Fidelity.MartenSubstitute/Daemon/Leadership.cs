using System.Data;
using Marten.Events.Projections;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marten.Daemon;

/// <summary>
/// Hot and cold: of several processes one leads each shard, the one that holds its advisory lock. The locks belong to one connection
/// and end with it; a leader that loses its connection stops, and whoever asks next leads.
/// </summary>
sealed class Leadership(DocumentStore store, ProjectionDaemon daemon, ILogger logger)
{
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            try
            {
                await using var connection = await store.Database.OpenAsync(token);
                await CompeteAsync(connection, token);
            }
            catch (Exception e) when (!token.IsCancellationRequested)
            {
                logger.LogWarning(e, "The daemon of {Schema} has lost its database and tries again", store.Tables.Schema);
                await daemon.StopAllAsync();
                await Task.Delay(LongestWait, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                // Stopped below, before the connection and its locks go.
            }
        }
    }

    async Task CompeteAsync(NpgsqlConnection connection, CancellationToken token)
    {
        try
        {
            while (true)
            {
                foreach (var registration in store.Options.Projections.Async)
                {
                    if (!daemon.Runs(registration) && await TryLeadAsync(connection, registration, token))
                        daemon.Start(registration);
                }

                await using (var alive = new NpgsqlCommand("select 1", connection)) await alive.ExecuteScalarAsync(token);
                var asked = TimeSpan.FromMilliseconds(store.Options.Projections.LeadershipPollingTime);
                await Task.Delay(asked < LongestWait ? asked : LongestWait, token);
            }
        }
        finally
        {
            // A pooled connection would keep the locks; a broken one has lost them already.
            await daemon.StopAllAsync();
            if (connection.State == ConnectionState.Open)
            {
                await using var release = new NpgsqlCommand("select pg_advisory_unlock_all()", connection);
                await release.ExecuteNonQueryAsync(CancellationToken.None);
            }
        }
    }

    async Task<bool> TryLeadAsync(NpgsqlConnection connection, Registration registration, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock($1)", connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = store.Tables.LockFor(registration.Shard) } },
        };
        return (bool)(await command.ExecuteScalarAsync(token))!;
    }
}
