using System.Globalization;
using Dapper;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Portal.Figures;
using Fidelity.Portal.Importing;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Teams;

/// <summary>Reads the newest interviews of a team. Corrections are known as they were submitted: an interview tells what came of them.</summary>
sealed class RecentScoresReader(NpgsqlDataSource database, ServiceSchema schema)
{
    public async Task<(IReadOnlyList<HeldInterview> Held, int Known)> Read(string programme, string team, int newest, DateOnly today)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = (await connection.QueryAsync<(string Interview, string? Family, string? Corrected, int Known)>(
            $"""
            with held as (
                select key, data, data->'interview'->>'date' as date, count(*) over ()::int as known,
                    row_number() over (order by data->'interview'->>'date' desc, key) as place
                from {schema.Name}.facts where programme = @programme and team_id = @team and kind = 'tam_interview')
            select held.data, family.data, correction.date, held.known
            from held
            left join {schema.Name}.facts family on (family.programme, family.kind, family.key) = (@programme, 'case', held.data->>'caseId')
            left join lateral (
                select max(content->>'date') as date from {schema.Name}.records
                where programme = @programme and kind = @correction and split_part(key, '|', 1) = held.key and content->>'date' <= @today) correction on true
            where held.place <= @newest or held.date >= @early
            order by held.place
            """,
            new
            {
                programme, team, newest, correction = nameof(RecordKind.Correction),
                today = Dates.Machine(today), early = Dates.Machine(today.AddDays(-RecentScores.EarliestDays)),
            })).AsList();
        return (
            [.. rows.Select(row => new HeldInterview(
                FactsTable.Read<TamInterviewScored>(row.Interview),
                row.Family is null ? null : FactsTable.Read<CaseChanged>(row.Family),
                row.Corrected is null ? null : DateOnly.ParseExact(row.Corrected, "yyyy-MM-dd", CultureInfo.InvariantCulture)))],
            rows is [var first, ..] ? first.Known : 0);
    }
}
