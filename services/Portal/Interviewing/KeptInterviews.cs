using System.Text.Json;
using Dapper;
using Fidelity.Contracts;
using Fidelity.Contracts.Tam;
using Fidelity.Portal.Access;
using Fidelity.Portal.Figures;
using Fidelity.Portal.Importing;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Interviewing;

/// <summary>Reads interviews with what was said of them since, wherever they were brought in.</summary>
sealed class KeptInterviews(NpgsqlDataSource database, ServiceSchema schema, BusinessCalendar calendar)
{
    /// <summary>Null before it is submitted, and once its family is erased.</summary>
    public async Task<KeptInterview?> Read(string programme, string interview)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await Read(connection, programme, [interview])).SingleOrDefault();
    }

    /// <summary>The recorded interviews with a family, newest first.</summary>
    public async Task<IReadOnlyList<RecordedInterview>> OfCase(string programme, string team, string caseId, Reach reach)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await Recorded(connection, programme, await connection.QueryAsync<string>(
            $"""
            select data from {schema.Name}.facts fact
            where programme = @programme and team_id = @team and kind = 'tam_interview' and data->>'caseId' = @caseId
                and {Reach.Sql("fact.programme", "fact.team_id")}
            """, new { programme, team, caseId, reach.Programmes, reach.Teams, reach.Therapists }));
    }

    /// <summary>A team's recorded interviews that were corrected or withdrawn, if that or the interview is of a day within some, newest first.</summary>
    public async Task<IReadOnlyList<RecordedInterview>> Changed(string programme, string team, DateOnly from, DateOnly to, Reach reach)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await Recorded(connection, programme, await connection.QueryAsync<string>(
            $"""
            select data from {schema.Name}.facts fact
            where programme = @programme and team_id = @team and kind = 'tam_interview' and {Reach.Sql("fact.programme", "fact.team_id")} and exists (
                select from {schema.Name}.records change
                where change.programme = @programme and change.kind = any (@kinds) and split_part(change.key, '|', 1) = fact.key
                    and change.content->>'date' <= @today
                    and (change.content->>'date' between @from and @to or fact.data->'interview'->>'date' between @from and @to))
            """,
            new
            {
                programme, team, from = Dates.Machine(from), to = Dates.Machine(to), today = Dates.Machine(calendar.Today),
                kinds = new[] { nameof(RecordKind.Correction), nameof(RecordKind.Withdrawal) }, reach.Programmes, reach.Teams, reach.Therapists,
            }));
    }

    async Task<IReadOnlyList<RecordedInterview>> Recorded(NpgsqlConnection connection, string programme, IEnumerable<string> data)
    {
        var facts = data.Select(FactsTable.Read<TamInterviewScored>).ToDictionary(fact => fact.Interview.InterviewId, StringComparer.Ordinal);
        return
        [
            .. (await Read(connection, programme, [.. facts.Keys])).Select(kept => new RecordedInterview(kept, facts[kept.Interview.InterviewId]))
                .OrderByDescending(recorded => recorded.Kept.Interview.Date).ThenBy(recorded => recorded.Kept.Interview.InterviewId, StringComparer.Ordinal),
        ];
    }

    async Task<IReadOnlyList<KeptInterview>> Read(NpgsqlConnection connection, string programme, string[] interviews) =>
    [
        .. (await connection.QueryAsync<(string Interview, string Content)>(
            $"""
            select split_part(key, '|', 1), content from {schema.Name}.records
            where programme = @programme and kind = any (@kinds) and split_part(key, '|', 1) = any (@interviews) order by position
            """,
            new { programme, interviews, kinds = new[] { nameof(RecordKind.Record), nameof(RecordKind.Correction), nameof(RecordKind.Withdrawal) } }))
            .GroupBy(
                row => row.Interview,
                (_, rows) => KeptInterview.Of(rows.Select(row => JsonSerializer.Deserialize<Command>(row.Content, FactsTable.Json)!), calendar.Today),
                StringComparer.Ordinal)
            .OfType<KeptInterview>(),
    ];
}
