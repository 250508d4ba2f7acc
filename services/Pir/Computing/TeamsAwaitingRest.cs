using Dapper;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Pir.Computing;

/// <summary>
/// Teams with SAM or CAM values that are ready to be shown. They are shown once and never altered, so they wait until the
/// records have come to rest: an import arrives record by record. In a large network something always arrives; there an
/// hour without anything of the team's own is rest enough.
/// </summary>
sealed class TeamsAwaitingRest(ServiceSchema schema)
{
    static readonly TimeSpan StoreAtRest = TimeSpan.FromMinutes(5);
    static readonly TimeSpan TeamAtRest = TimeSpan.FromHours(1);

    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.teams_awaiting_rest (
            programme text not null, team_id text not null, computed_at timestamptz not null, primary key (programme, team_id))
        """);

    public Task Note(NpgsqlConnection connection, string programme, string team, bool awaits) => connection.ExecuteAsync(
        awaits
            ? $"""
              insert into {schema.Name}.teams_awaiting_rest (programme, team_id, computed_at) values (@programme, @team, now())
              on conflict (programme, team_id) do update set computed_at = excluded.computed_at
              """
            : $"delete from {schema.Name}.teams_awaiting_rest where programme = @programme and team_id = @team",
        new { programme, team });

    /// <summary>Those teams whose records have come to rest.</summary>
    public Task<IEnumerable<(string Programme, string TeamId)>> AtRest(NpgsqlConnection connection) =>
        connection.QueryAsync<(string, string)>(
            $"""
            select waiting.programme, waiting.team_id
            from {schema.Name}.teams_awaiting_rest waiting,
                lateral (select timestamp from {schema.Name}.mt_events order by seq_id desc limit 1) newest
            where computed_at < now() - case when newest.timestamp < now() - @StoreAtRest then @StoreAtRest else @TeamAtRest end
                and not exists (select from {schema.Name}.marked_teams marked
                                where marked.programme = waiting.programme and marked.team_id = waiting.team_id)
            """, new { StoreAtRest, TeamAtRest });
}
