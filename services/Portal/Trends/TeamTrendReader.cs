using Dapper;
using Fidelity.Contracts.Pir;
using Fidelity.Portal.Access;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Trends;

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
}
