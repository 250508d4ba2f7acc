using System.Text.Json;
using Dapper;
using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Importing;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Teams;

/// <summary>Reads what runs today. Attempts are no facts: the portal knows them as they were submitted.</summary>
sealed class DueNowReader(NpgsqlDataSource database, ServiceSchema schema)
{
    public async Task<RunningRecords> Read(string programme, string team, DateOnly today, Reach cases)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = (await connection.QueryAsync<(string Kind, string Data)>(
            $"""
            with running as (
                select kind, data, data->>'caseId' as family, data->'opportunity'->>'first' as first, data->'opportunity'->>'last' as last,
                    data->'opportunity'->>'outcome' as outcome
                from {schema.Name}.facts
                where programme = @programme and team_id = @team and kind in ('tam_opportunity', 'survey_opportunity')
                    and data->'opportunity'->>'last' >= @today),
            waiting as (select * from running where kind = 'tam_opportunity' and outcome = @open)
            select kind, data from running
            union all
            select kind, data from {schema.Name}.facts
            where programme = @programme and team_id = @team and kind = 'case'
                and (coalesce(data->>'discharged', @today) >= @today or key in (select family from running))
            union all
            select held.kind, held.data from waiting join {schema.Name}.facts held
                on held.programme = @programme and held.team_id = @team and held.kind = 'tam_interview' and held.data->>'caseId' = family
                    and held.data->'interview'->>'date' between first and last
            union all
            select 'attempt', attempt.content from waiting join {schema.Name}.records attempt
                on attempt.programme = @programme and attempt.kind = @attempt and split_part(attempt.key, '|', 1) = family
                    and attempt.content->>'date' between first and last
            """,
            new
            {
                programme, team, today = Figures.Dates.Machine(today),
                open = Codes.Of(OpportunityOutcome.Open), attempt = nameof(RecordKind.Attempt),
            })).ToLookup(row => row.Kind, row => row.Data, StringComparer.Ordinal);
        return new RunningRecords(
            [.. rows["case"].Select(FactsTable.Read<CaseChanged>)],
            [.. rows["tam_opportunity"].Select(FactsTable.Read<TamOpportunityClosed>)],
            [.. rows["survey_opportunity"].Select(FactsTable.Read<SurveyOpportunityClosed>)],
            [.. rows["attempt"].Select(content => (RecordTamAttempt)JsonSerializer.Deserialize<Command>(content, FactsTable.Json)!)],
            [.. rows["tam_interview"].Select(FactsTable.Read<TamInterviewScored>)]).OpenTo(cases, today);
    }
}
