using System.Text.Json;
using Dapper;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Trends;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Comparing;

/// <summary>A team beside its last report: the newest review that was presented.</summary>
/// <param name="Report">As it was presented; null when none has been.</param>
/// <param name="Now">The newest review that rests on any record of its own days; null when there is none.</param>
/// <param name="Restated">How many measures of the report later records would change.</param>
public sealed record TeamSinceReport(TeamChanged Team, ReviewComputed? Report, ReviewComputed? Now, TrendPicture? Trend, int Restated)
{
    /// <summary>Months with a signal after the report's period, by which way it points.</summary>
    public int Signals(Side side) => Report is null || Trend is null ? 0
        : Trend.Sides.Where((one, place) => one == side && Trend.First.AddMonths(place) > Report.To).Count();

    /// <summary>Whether there is anything after the report to hold against it.</summary>
    public bool IsCompared => Report is not null && Now is not null && Now.From > Report.From;

    /// <summary>A measure at the report and now; null where it is not told or nothing was counted.</summary>
    public (MeasureResult? Before, MeasureResult? Now) Of(string measure) => (Find(IsCompared ? Report : null, measure), Find(Now, measure));

    /// <summary>Measures whose verdict is another than at the report.</summary>
    public IEnumerable<(MeasureResult Before, MeasureResult Now)> Turned => (IsCompared ? Now!.Measures : [])
        .Select(now => (Before: Find(Report, now.Measure), Now: now)).Where(pair => pair.Before is not null && IsVerdict(pair.Before) && IsVerdict(pair.Now) && pair.Before.Status != pair.Now.Status)
        .Select(pair => (pair.Before!, pair.Now));

    static bool IsVerdict(MeasureResult measure) => measure.Status is MeasureStatus.Met or MeasureStatus.NotMet;

    static MeasureResult? Find(ReviewComputed? review, string measure) => review?.Measures.FirstOrDefault(known => known.Measure == measure && known.Value is not null);
}

/// <summary>Reads how teams stand beside their last report, all in one query.</summary>
sealed class SinceReportReader(NpgsqlDataSource database, ServiceSchema schema)
{
    public async Task<IReadOnlyList<TeamSinceReport>> Read(Reach reach, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var rows = await connection.QueryAsync<(string Team, string? Report, string? Now, string? Trend, int Restated)>(new CommandDefinition(
            $"""
            select team.data, report.data, newest.data, trend.data, coalesce(jsonb_array_length(nullif(signed.data #> '{"{signOff,restatement,changes}"}', 'null')), 0)
            from {schema.Name}.standings team
            left join {schema.Name}.standings trend on (trend.programme, trend.team_id, trend.kind) = (team.programme, team.team_id, 'trend')
            left join lateral (
                select data, period from {schema.Name}.standings presented
                where (presented.programme, presented.team_id, presented.kind) = (team.programme, team.team_id, 'sign_off') order by period desc limit 1) report on true
            left join lateral (
                select coalesce(presented.data, computed.data) as data from {schema.Name}.standings computed
                left join {schema.Name}.standings presented on (presented.programme, presented.team_id, presented.kind, presented.period)
                    = (computed.programme, computed.team_id, 'sign_off', computed.period)
                where (computed.programme, computed.team_id, computed.kind) = (team.programme, team.team_id, 'review') and computed.has_records
                order by computed.period desc limit 1) newest on true
            left join {schema.Name}.facts signed on (signed.programme, signed.kind, signed.key) = (team.programme, 'sign_off', team.team_id || '/' || report.period)
            where team.kind = 'team' and {Reach.Sql("team.programme", "team.team_id")}
            order by team.programme collate "C", team.data->>'name', team.team_id
            """, new { reach.Programmes, reach.Teams, reach.Therapists }, cancellationToken: stopping));
        return
        [
            .. rows.Select(row => new TeamSinceReport(
                FactsTable.Read<TeamChanged>(row.Team), Read(row.Report), Read(row.Now), row.Trend is null ? null : JsonSerializer.Deserialize<TrendPicture>(row.Trend, FactsTable.Json), row.Restated)),
        ];

        static ReviewComputed? Read(string? data) => data is null ? null : FactsTable.Read<ReviewComputed>(data);
    }
}
