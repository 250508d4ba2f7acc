using System.Globalization;
using Dapper;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Portal.Access;
using Fidelity.Portal.Figures;
using Fidelity.Portal.Importing;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Teams;

/// <summary>Reads the newest interviews of a team. Corrections are known as they were submitted: an interview tells what came of them.</summary>
sealed class RecentScoresReader(NpgsqlDataSource database, ServiceSchema schema)
{
    public async Task<(IReadOnlyList<HeldInterview> Held, int Known)> Read(string programme, string team, int newest, DateOnly today, Reach reach)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = (await connection.QueryAsync<(string Interview, string? Family, string? Corrected, int Known, bool Open)>(
            $"""
            with held as (
                select fact.key, fact.data, fact.data->'interview'->>'date' as date, family.data as family,
                    {Reach.Sql("fact.programme", "fact.team_id", Reach.TherapistOn("fact.data->'interview'->>'date'", "family.data"))} as open
                from {schema.Name}.facts fact
                left join {schema.Name}.facts family on (family.programme, family.kind, family.key) = (@programme, 'case', fact.data->>'caseId')
                where fact.programme = @programme and fact.team_id = @team and fact.kind = 'tam_interview'),
            placed as (
                select *, (count(*) filter (where open) over ())::int as known, row_number() over (partition by open order by date desc, key) as place
                from held)
            select held.data, held.family, correction.date, held.known, held.open
            from placed held
            left join lateral (
                select max(content->>'date') as date from {schema.Name}.records
                where programme = @programme and kind = @correction and split_part(key, '|', 1) = held.key and content->>'date' <= @today) correction on true
            where (held.open and held.place <= @newest) or held.date >= @early
            order by held.date desc, held.key
            """,
            new
            {
                programme, team, newest, correction = nameof(RecordKind.Correction),
                reach.Programmes, reach.Teams, reach.Therapists, today = Dates.Machine(today), early = Dates.Machine(today.AddDays(-RecentScores.EarliestDays)),
            })).AsList();
        return (
            [.. rows.Select(row => new HeldInterview(
                FactsTable.Read<TamInterviewScored>(row.Interview),
                row.Family is null ? null : FactsTable.Read<CaseChanged>(row.Family),
                row.Corrected is null ? null : DateOnly.ParseExact(row.Corrected, "yyyy-MM-dd", CultureInfo.InvariantCulture), row.Open))],
            rows is [var first, ..] ? first.Known : 0);
    }
}
