using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// Lets the calendar act: at start, after midnight and every half minute in between, one instance of the service (the
/// one that holds the advisory lock) handles what has come due. Handling twice does nothing twice.
/// </summary>
public abstract class DailyTicker(NpgsqlDataSource database, ServiceSchema schema, BusinessCalendar calendar, ILogger log) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    protected string Schema => schema.Name;

    /// <summary>Handles what is due on <paramref name="today"/>, over the connection that holds the lock.</summary>
    protected abstract Task Tick(NpgsqlConnection connection, DateOnly today, CancellationToken stopping);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause);
        do
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                var name = $"{schema.Name} ticker";
                if (!await connection.ExecuteScalarAsync<bool>("select pg_try_advisory_lock(hashtext(@name))", new { name }))
                    continue;
                try
                {
                    await Tick(connection, calendar.Today, stoppingToken);
                }
                finally
                {
                    await connection.ExecuteAsync("select pg_advisory_unlock(hashtext(@name))", new { name });
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogWarning(failure, "What is due today could not be handled; it is tried again in {Pause}", Pause);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
