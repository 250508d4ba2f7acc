using Dapper;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Pir.Computing;

/// <summary>A new day may begin or end a period and bring a dated record into being: every team is computed once a day.</summary>
sealed class PeriodsEnding(NpgsqlDataSource database, ServiceSchema schema, BusinessCalendar calendar, ILogger<PeriodsEnding> log)
    : DailyTicker(database, schema, calendar, log)
{
    DateOnly? marked;

    protected override async Task Tick(NpgsqlConnection connection, DateOnly today, CancellationToken stopping)
    {
        if (marked == today)
            return;
        await connection.ExecuteAsync(
            $"""
            insert into {Schema}.marked_teams (programme, team_id, position)
            select programme, team_id, 0 from {Schema}.team_records where kind = 'team' on conflict do nothing
            """);
        marked = today;
    }
}
