using Dapper;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Surveys.FallingDue;

/// <summary>Opens the pairs whose next date has come.</summary>
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
                var surveys = await streams.Open<PairSurveys>(key);
                var (state, events) = surveys.State!.Advance(today);
                surveys.Append(state, events);
                return true;
            }, token));
    }
}
