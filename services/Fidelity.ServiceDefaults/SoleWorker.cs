using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// Work that one instance of the service does at a time: the one whose connection holds the advisory lock. When that
/// instance dies, its lock dies with the connection and whoever asks next goes on.
/// </summary>
/// <param name="name">What the lock is called, within the service.</param>
/// <param name="pause">How long until it is tried again: after the work has come to an end, has failed, or is another's.</param>
public abstract class SoleWorker(NpgsqlDataSource database, ServiceSchema schema, string name, TimeSpan pause, ILogger log) : BackgroundService
{
    protected NpgsqlDataSource Database => database;

    /// <summary>The schema of the service's tables.</summary>
    protected string Schema => schema.Name;

    /// <summary>Does what there is to do, over the connection that holds the lock. It may be cut short and begun again.</summary>
    protected abstract Task Work(NpgsqlConnection connection, CancellationToken stopping);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WorkAlone(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(failure, "{Work} met a difficulty; it goes on where it was in {Pause}", name, pause);
            }

            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task WorkAlone(CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var held = new { name = $"{schema.Name} {name}" };
        if (!await connection.ExecuteScalarAsync<bool>("select pg_try_advisory_lock(hashtext(@name))", held))
            return;
        try
        {
            await Work(connection, stopping);
        }
        finally
        {
            // Connections go back to the pool as they are.
            if (connection.State == System.Data.ConnectionState.Open)
                await connection.ExecuteAsync("select pg_advisory_unlock(hashtext(@name))", held);
        }
    }
}
