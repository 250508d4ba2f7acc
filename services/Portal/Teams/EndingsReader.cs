using Dapper;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Figures;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Teams;

/// <summary>Reads the interviews of a team that fell due within some days.</summary>
sealed class EndingsReader(NpgsqlDataSource database, ServiceSchema schema)
{
    public async Task<IReadOnlyList<Opportunity>> Read(string programme, string team, DateOnly from, DateOnly to, Reach reach)
    {
        await using var connection = await database.OpenConnectionAsync();
        var due = await connection.QueryAsync<string>(
            $"""
            select data from {schema.Name}.facts fact
            where programme = @programme and team_id = @team and kind = 'tam_opportunity' and data->'opportunity'->>'due' between @from and @to
                and {Reach.Sql("fact.programme", "fact.team_id")}
            """, new { programme, team, from = Dates.Machine(from), to = Dates.Machine(to), reach.Programmes, reach.Teams, reach.Therapists });
        return [.. due.Select(data => FactsTable.Read<TamOpportunityClosed>(data).Opportunity)];
    }
}
