using Dapper;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Figures;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Reviews;

/// <summary>Reads for which reasons a team's cases were closed within some days.</summary>
sealed class ClosuresReader(NpgsqlDataSource database, ServiceSchema schema)
{
    /// <summary>How many for each reason, in the order of the reasons; none left out.</summary>
    public async Task<IReadOnlyList<(DischargeReason Reason, int Cases)>> Read(string programme, string team, DateOnly from, DateOnly to, Reach reach)
    {
        await using var connection = await database.OpenConnectionAsync();
        var counts = (await connection.QueryAsync<(string Reason, int Cases)>(
            $"""
            select data->>'reason', count(*)::int from {schema.Name}.facts fact
            where programme = @programme and team_id = @team and kind = 'case' and data->>'discharged' between @from and @to
                and {Reach.Sql("fact.programme", "fact.team_id")}
            group by 1
            """, new { programme, team, from = Dates.Machine(from), to = Dates.Machine(to), reach.Programmes, reach.Teams, reach.Therapists }))
            .ToDictionary(StringComparer.Ordinal);
        return [.. Enum.GetValues<DischargeReason>().Select(reason => (reason, counts.GetValueOrDefault(Codes.Of(reason))))];
    }
}
