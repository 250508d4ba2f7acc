using Dapper;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Figures;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.KeepingCases;

/// <summary>Reads a team's cases with their interviews due.</summary>
sealed class CaseFilesReader(NpgsqlDataSource database, ServiceSchema schema)
{
    /// <param name="most">How many of the discharged cases.</param>
    public async Task<Caseload> Read(string programme, string team, DateOnly today, int most, Reach reach)
    {
        await using var connection = await database.OpenConnectionAsync();
        var cases = (await connection.QueryAsync<(string Data, int Discharged)>(
            $"""
            with known as (
                select data, data->>'discharged' as discharged from {schema.Name}.facts fact
                where programme = @programme and team_id = @team and kind = 'case' and {Reach.Sql("fact.programme", "fact.team_id")}),
            over as (select data, discharged, count(*) over ()::int as count from known where discharged <= @today)
            select data, 0 from known where discharged is null or discharged > @today
            union all
            (select data, count from over order by discharged desc, data->>'caseId' collate "C" limit @most)
            """, new { programme, team, today = Dates.Machine(today), most, reach.Programmes, reach.Teams, reach.Therapists }))
            .Select(row => (Case: FactsTable.Read<CaseChanged>(row.Data), row.Discharged)).ToList();
        var interviews = await Interviews(connection, programme, team, [.. cases.Select(row => row.Case.CaseId)]);
        var files = cases.ToLookup(row => row.Discharged == 0, row => new CaseFile(row.Case, [.. interviews[row.Case.CaseId]]));
        return new(
            [.. files[true].OrderBy(file => file.Case.CaseId, StringComparer.Ordinal)], [.. files[false]], cases.Select(row => row.Discharged).DefaultIfEmpty().Max());
    }

    /// <summary>Null when there is no such case on the team, or it is not open to who asks.</summary>
    public async Task<CaseFile?> Read(string programme, string team, string caseId, Reach reach)
    {
        await using var connection = await database.OpenConnectionAsync();
        var known = await connection.ExecuteScalarAsync<string?>(
            $"""
            select data from {schema.Name}.facts fact
            where programme = @programme and kind = 'case' and key = @caseId and team_id = @team and {Reach.Sql("fact.programme", "fact.team_id")}
            """, new { programme, team, caseId, reach.Programmes, reach.Teams, reach.Therapists });
        return known is null
            ? null
            : new(FactsTable.Read<CaseChanged>(known), [.. (await Interviews(connection, programme, team, [caseId]))[caseId]]);
    }

    async Task<ILookup<string, Opportunity>> Interviews(NpgsqlConnection connection, string programme, string team, string[] cases) =>
        (await connection.QueryAsync<string>(
            $"""
            select data from {schema.Name}.facts
            where programme = @programme and team_id = @team and kind = 'tam_opportunity' and data->>'caseId' = any (@cases)
                and data->'opportunity'->>'outcome' <> @gone
            order by data->'opportunity'->>'due'
            """, new { programme, team, cases, gone = Codes.Of(OpportunityOutcome.Void) }))
        .Select(FactsTable.Read<TamOpportunityClosed>).ToLookup(due => due.CaseId, due => due.Opportunity, StringComparer.Ordinal);
}
