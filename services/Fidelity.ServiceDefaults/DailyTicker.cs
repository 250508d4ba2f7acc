using Microsoft.Extensions.Logging;
using Npgsql;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// Lets the calendar act: at start, after midnight and every half minute in between, one instance of the service handles
/// what has come due. Handling twice does nothing twice.
/// </summary>
public abstract class DailyTicker(NpgsqlDataSource database, ServiceSchema schema, BusinessCalendar calendar, ILogger log)
    : SoleWorker(database, schema, "ticker", TimeSpan.FromSeconds(30), log)
{
    /// <summary>Handles what is due on <paramref name="today"/>.</summary>
    protected abstract Task Tick(NpgsqlConnection connection, DateOnly today, CancellationToken stopping);

    protected override Task Work(NpgsqlConnection connection, CancellationToken stopping) => Tick(connection, calendar.Today, stopping);
}
