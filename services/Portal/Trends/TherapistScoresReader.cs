using Dapper;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Trends;

/// <summary>
/// Reads a team's scores by the therapist of the family on the day of the interview: those that are open to whoever asks, which are a
/// therapist's own, and all for the supervisor and the consultant (measurement.md §6).
/// </summary>
sealed class TherapistScoresReader(NpgsqlDataSource database, ServiceSchema schema)
{
    public async Task<ILookup<string, InterviewScore>> Read(string programme, string team, Reach scores)
    {
        var therapist = Reach.TherapistOn("fact.data->'interview'->>'date'", "family.data");
        await using var connection = await database.OpenConnectionAsync();
        var rows = await connection.QueryAsync<(string Therapist, string Data)>(
            $"""
            select {therapist}, fact.data from {schema.Name}.facts fact
            join {schema.Name}.facts family on (family.programme, family.kind, family.key) = (@programme, 'case', fact.data->>'caseId')
            where fact.programme = @programme and fact.team_id = @team and fact.kind = 'tam_interview'
                and {Reach.Sql("fact.programme", "fact.team_id", therapist)}
            """, new { programme, team, scores.Programmes, scores.Teams, scores.Therapists });
        return rows.Select(row => (row.Therapist, Fact: FactsTable.Read<TamInterviewScored>(row.Data))).ToLookup(
            row => row.Therapist,
            row => new InterviewScore(
                row.Fact.CaseId, row.Fact.Interview.Date, row.Fact.Interview.Score.Definition, row.Fact.Interview.Score.Value, row.Fact.Interview.Counts),
            StringComparer.Ordinal);
    }
}
