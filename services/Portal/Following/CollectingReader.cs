using System.Text.Json;
using Dapper;
using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Figures;
using Fidelity.Portal.Importing;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Following;

/// <summary>Reads what was to be collected of a team's families in a period. Attempts are no facts: the portal knows them as they were submitted.</summary>
sealed class CollectingReader(NpgsqlDataSource database, ServiceSchema schema)
{
    public async Task<PeriodRecords> Read(string programme, string team, DateOnly from, DateOnly to, DateOnly today, Reach reach)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = (await connection.QueryAsync<(string Kind, string Data)>(
            $"""
            with due as materialized (
                select data, data->>'caseId' as family, data->'opportunity'->>'due' as due from {schema.Name}.facts
                where programme = @programme and team_id = @team and kind = 'tam_opportunity' and data->'opportunity'->>'outcome' <> @gone),
            family as materialized (
                select key, data from {schema.Name}.facts fact
                where programme = @programme and team_id = @team and kind = 'case' and {Reach.Sql("fact.programme", "fact.team_id")}
                    and (coalesce(data->>'discharged' > @today, true) or key in (select family from due where due between @from and @to)))
            select 'case', data from family
            union all
            select 'due', data from due where family in (select key from family)
            union all
            select 'held', data from {schema.Name}.facts
            where programme = @programme and team_id = @team and kind = 'tam_interview' and data->>'caseId' in (select key from family)
            union all
            select 'attempt', attempt.content from family join {schema.Name}.records attempt
                on attempt.programme = @programme and attempt.kind = @attempt and split_part(attempt.key, '|', 1) = family.key
            """,
            new
            {
                programme, team, from = Dates.Machine(from), to = Dates.Machine(to), today = Dates.Machine(today), gone = Codes.Of(OpportunityOutcome.Void),
                attempt = nameof(RecordKind.Attempt), reach.Programmes, reach.Teams, reach.Therapists,
            })).ToLookup(row => row.Kind, row => row.Data, StringComparer.Ordinal);
        return new(
            [.. rows["case"].Select(FactsTable.Read<CaseChanged>)],
            [.. rows["due"].Select(FactsTable.Read<TamOpportunityClosed>)],
            [.. rows["attempt"].Select(content => (RecordTamAttempt)JsonSerializer.Deserialize<Command>(content, FactsTable.Json)!)],
            [.. rows["held"].Select(FactsTable.Read<TamInterviewScored>)]);
    }
}
