using Dapper;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Pir.Computing;

/// <summary>
/// Teams with SAM or CAM values that are ready to be shown. They are shown once and never altered, so they wait until the
/// store has been quiet for a while: an import arrives record by record.
/// </summary>
sealed class TeamsAwaitingRest(ServiceSchema schema)
{
    static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.teams_awaiting_rest (
            programme text not null, team_id text not null, primary key (programme, team_id))
        """);

    public Task Note(NpgsqlConnection connection, string programme, string team, bool awaits) => connection.ExecuteAsync(
        awaits
            ? $"insert into {schema.Name}.teams_awaiting_rest (programme, team_id) values (@programme, @team) on conflict do nothing"
            : $"delete from {schema.Name}.teams_awaiting_rest where programme = @programme and team_id = @team",
        new { programme, team });

    /// <summary>Those teams, when nothing has been stored for a while and everything stored is in the table of facts.</summary>
    public Task<IEnumerable<(string Programme, string TeamId)>> AtRest(NpgsqlConnection connection) =>
        connection.QueryAsync<(string, string)>(
            $"""
            select waiting.programme, waiting.team_id
            from {schema.Name}.teams_awaiting_rest waiting,
                lateral (select seq_id, timestamp from {schema.Name}.mt_events order by seq_id desc limit 1) newest
            where newest.timestamp < now() - @Quiet
                and newest.seq_id <= (select last_seq_id from {schema.Name}.mt_event_progression where name = 'Facts:All')
            """, new { Quiet });
}
