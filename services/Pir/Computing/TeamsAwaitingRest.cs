using Dapper;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Pir.Computing;

/// <summary>
/// Teams with SAM or CAM values that are ready to be shown. They are shown once and never altered, so they wait until
/// nothing has come for the team for a while: an import arrives record by record.
/// </summary>
sealed class TeamsAwaitingRest(ServiceSchema schema)
{
    static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

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

    /// <summary>Those teams of which nothing has come for a while.</summary>
    public Task<IEnumerable<(string Programme, string TeamId)>> AtRest(NpgsqlConnection connection) =>
        connection.QueryAsync<(string, string)>(
            $"""
            select programme, team_id from {schema.Name}.teams_awaiting_rest waiting
            where computed_at < now() - @Quiet
                and not exists (select from {schema.Name}.marked_teams marked
                                where marked.programme = waiting.programme and marked.team_id = waiting.team_id)
            """, new { Quiet });
}
