using Dapper;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Figures;
using Fidelity.Portal.Importing;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Explaining;

/// <summary>Reads what may bear on a team's numbers of a period, and what lies just outside it.</summary>
sealed class NearbyRecordsReader(NpgsqlDataSource database, ServiceSchema schema)
{
    public async Task<NearbyRecords> Read(string programme, string team, Period period, Reach reach)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = (await connection.QueryAsync<(string Kind, string Key, string Data, Guid? Submission)>(
            $"""
            with near as materialized (
                select kind, key, data, data->>'caseId' as family from {schema.Name}.facts fact
                where programme = @programme and team_id = @team and {Reach.Sql("fact.programme", "fact.team_id")} and case kind
                    when 'case' then data->>'discharged' between @from and @to
                    when 'tam_interview' then data->'interview'->>'date' between @from and @to
                    when 'tam_opportunity' then data->'opportunity'->>'due' between @from and @to
                    when 'survey_opportunity' then data->'opportunity'->>'due' between @from and @to end)
            select kind, key, data, case kind when 'tam_interview' then (
                select (content->>'submissionId')::uuid from {schema.Name}.records
                where programme = @programme and kind = @record and split_part(key, '|', 1) = near.key order by position limit 1) end
            from near where kind <> 'case'
            union all
            select kind, key, data, null from {schema.Name}.facts
            where programme = @programme and team_id = @team and kind = 'case' and key in (select family from near)
            """,
            new
            {
                programme, team, from = Dates.Machine(period.From.AddDays(-Explanation.Nearby)), to = Dates.Machine(period.To.AddDays(Explanation.Nearby)),
                record = nameof(RecordKind.Record), reach.Programmes, reach.Teams, reach.Therapists,
            })).ToLookup(row => row.Kind, StringComparer.Ordinal);
        return new(
            [.. rows["case"].Select(row => FactsTable.Read<CaseChanged>(row.Data))],
            [.. rows["tam_interview"].Select(row => FactsTable.Read<TamInterviewScored>(row.Data))],
            [.. rows["tam_opportunity"].Select(row => FactsTable.Read<TamOpportunityClosed>(row.Data))],
            [.. rows["survey_opportunity"].Select(row => FactsTable.Read<SurveyOpportunityClosed>(row.Data))],
            rows["tam_interview"].Where(row => row.Submission is not null).ToDictionary(row => row.Key, row => row.Submission!.Value, StringComparer.Ordinal));
    }
}
