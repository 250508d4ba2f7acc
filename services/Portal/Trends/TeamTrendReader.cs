using Dapper;
using Fidelity.Contracts.Pir;
using Fidelity.Portal.Access;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Trends;

/// <summary>A team's monthly figures and what was written about them.</summary>
/// <param name="Trend">Null while nothing has been counted.</param>
/// <param name="Changes">Of baselines, withdrawn ones included, in the order in which they were made.</param>
/// <param name="Threads">By the month that they are about, then by the day on which they were begun.</param>
public sealed record AnnotatedTrend(TrendComputed? Trend, IReadOnlyList<BaselineChange> Changes, IReadOnlyList<ThreadChanged> Threads);

/// <summary>Reads the monthly figures of a team.</summary>
sealed class TeamTrendReader(NpgsqlDataSource database, ServiceSchema schema)
{
    public async Task<TrendComputed?> Read(string programme, string team, Reach reach)
    {
        await using var connection = await database.OpenConnectionAsync();
        var data = await connection.ExecuteScalarAsync<string?>(
            $"select data from {schema.Name}.facts fact where programme = @programme and kind = 'trend' and key = @team and {Reach.Sql("fact.programme", "fact.team_id")}",
            new { programme, team, reach.Programmes, reach.Teams, reach.Therapists });
        return data is null ? null : FactsTable.Read<TrendComputed>(data);
    }

    /// <summary>With everything that was written about them; of a team that is not open there is nothing.</summary>
    public async Task<AnnotatedTrend> ReadAll(string programme, string team, Reach reach)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = (await connection.QueryAsync<(string Kind, string Data)>(
            $"""
            select kind, data from {schema.Name}.facts fact
            where programme = @programme and team_id = @team and kind in ('trend', 'baseline', 'trend_thread')
                and {Reach.Sql("fact.programme", "fact.team_id")}
            """, new { programme, team, reach.Programmes, reach.Teams, reach.Therapists })).ToLookup(row => row.Kind, row => row.Data, StringComparer.Ordinal);
        return new(
            rows["trend"].Select(FactsTable.Read<TrendComputed>).SingleOrDefault(),
            rows["baseline"].Select(FactsTable.Read<BaselineChanged>).SingleOrDefault()?.Changes ?? [],
            [
                .. rows["trend_thread"].Select(FactsTable.Read<ThreadChanged>)
                    .OrderBy(thread => thread.Month).ThenBy(thread => thread.Entries[0].Date).ThenBy(thread => thread.ThreadId),
            ]);
    }
}
