using System.Text.Json;
using Dapper;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Portal.Access;
using Fidelity.Portal.Trends;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Overview;

/// <summary>A team, one of its reviews and its trend; null while Pir has not computed them.</summary>
/// <param name="Waiting">How many interviews are due today and not yet given.</param>
public sealed record TeamStanding(TeamChanged Team, ReviewComputed? Review, TrendPicture? Trend, int Waiting = 0);

/// <summary>What an overview can be narrowed to.</summary>
public sealed record Choices(IReadOnlyList<string> Programmes, IReadOnlyList<string> Periods);

/// <summary>Reads how the teams of the network stand.</summary>
sealed class NetworkReader(NpgsqlDataSource database, ServiceSchema schema)
{
    /// <summary>The programmes, and the names of the periods, newest first.</summary>
    public async Task<Choices> ReadChoices(Reach reach)
    {
        await using var connection = await database.OpenConnectionAsync();
        var known = (await connection.QueryAsync<(string Programme, string? Period)>(
            $"""
            select distinct programme, nullif(period, '') from {schema.Name}.standings standing
            where kind in ('team', 'review') and {Reach.Sql("standing.programme", "standing.team_id")}
            """, new { reach.Programmes, reach.Teams, reach.Therapists })).AsList();
        return new(
            [.. known.Select(pair => pair.Programme).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            [.. known.Select(pair => pair.Period).OfType<string>().Distinct(StringComparer.Ordinal).OrderDescending(StringComparer.Ordinal)]);
    }

    /// <summary>
    /// Every team of a programme, or of all, with its review of the period; without a period, its newest review that rests on
    /// any record of its own days.
    /// </summary>
    public async Task<IReadOnlyList<TeamStanding>> Read(string? programme, string? period, Reach reach)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = await connection.QueryAsync<(string Team, string? Review, string? Trend, int Waiting)>(
            $"""
            select team.data, review.data, trend.data, coalesce(due.interviews, 0)::integer
            from {schema.Name}.standings team
            left join (
                select programme, team_id, count(*) as interviews from {schema.Name}.facts
                where kind = 'tam_opportunity' and data->'opportunity'->>'outcome' = 'open'
                group by programme, team_id) due using (programme, team_id)
            left join {schema.Name}.standings trend on (trend.programme, trend.team_id, trend.kind) = (team.programme, team.team_id, 'trend')
            left join lateral (
                select coalesce(presented.data, computed.data) as data from {schema.Name}.standings computed
                left join {schema.Name}.standings presented on (presented.programme, presented.team_id, presented.kind, presented.period)
                    = (computed.programme, computed.team_id, 'sign_off', computed.period)
                where (computed.programme, computed.team_id, computed.kind) = (team.programme, team.team_id, 'review')
                    and (@period::text is null or computed.period = @period)
                order by computed.has_records desc, computed.period desc
                limit 1) review on true
            where team.kind = 'team' and (@programme::text is null or team.programme = @programme)
                and {Reach.Sql("team.programme", "team.team_id")}
            """, new { programme, period, reach.Programmes, reach.Teams, reach.Therapists });
        return [.. rows.Select(row => new TeamStanding(
            FactsTable.Read<TeamChanged>(row.Team),
            row.Review is null ? null : FactsTable.Read<ReviewComputed>(row.Review),
            row.Trend is null ? null : JsonSerializer.Deserialize<TrendPicture>(row.Trend, FactsTable.Json), row.Waiting))];
    }

    /// <summary>The teams alone, by programme and name.</summary>
    public async Task<IReadOnlyList<TeamChanged>> ReadTeams(Reach reach)
    {
        await using var connection = await database.OpenConnectionAsync();
        var teams = await connection.QueryAsync<string>(
            $"""
            select data from {schema.Name}.standings team where kind = 'team' and {Reach.Sql("team.programme", "team.team_id")}
            order by programme, data->>'name', team_id
            """, new { reach.Programmes, reach.Teams, reach.Therapists });
        return [.. teams.Select(FactsTable.Read<TeamChanged>)];
    }
}
