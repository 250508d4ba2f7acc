using Dapper;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Tam.FallingDue;

/// <summary>Opens the cases whose next date has come.</summary>
sealed class Calendar(
    EventWriter writer, NpgsqlDataSource database, ServiceSchema schema, BusinessCalendar calendar, ILogger<Calendar> log)
    : DailyTicker(database, schema, calendar, log)
{
    const int AtOnce = 50;
    readonly NpgsqlDataSource database = database;
    readonly ServiceSchema schema = schema;

    protected override async Task Tick(DateOnly today, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var due = await connection.QueryAsync<string>($"select stream_key from {schema.Name}.next_dates where next_date <= @today", new { today });
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping },
            async (key, token) => await writer.Write(async streams =>
            {
                var interviews = await streams.Open<CaseInterviews>(key);
                var (state, events) = interviews.State!.Advance(today);
                interviews.Append(state, events);
                return true;
            }, token));
    }
}
