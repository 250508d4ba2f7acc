using System.Text.Json;
using Dapper;
using Fidelity.Contracts.Roster;
using Fidelity.Portal.SigningIn;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Access;

/// <summary>Whoever has an account, with all that their access rests on: grants from their stream, posts from the roster's facts.</summary>
sealed class Visitors(NpgsqlDataSource database, ServiceSchema schema, EventWriter store)
{
    /// <summary>The posts of a person are looked for among those of all teams.</summary>
    public static readonly ReadTable Index = new(
        "create index if not exists facts_by_staff on {schema}.facts using gin ((data->'posts') jsonb_path_ops) where kind = 'team';");

    public async Task<Visitor> Of(Account account, CancellationToken stopping) => new(
        account.ShownName, account.StaffId, await Posts(account, stopping),
        (await store.Read<AccountGrants>(AccountGrants.StreamKey(account.Id), stopping))?.All ?? []);

    async Task<IReadOnlyList<TeamPost>> Posts(Account account, CancellationToken stopping)
    {
        if (account is not { Programme: { } programme, StaffId: { } staff })
            return [];
        await using var connection = await database.OpenConnectionAsync(stopping);
        var teams = await connection.QueryAsync<string>(
            $"""
            select data from {schema.Name}.facts
            where kind = 'team' and programme = @programme and data->'posts' @> @post::jsonb
            """, new { programme, post = JsonSerializer.Serialize(new[] { new { staff } }) });
        return
        [
            .. from team in teams.Select(FactsTable.Read<TeamChanged>)
               from post in team.Posts
               where post.Staff == staff
               select new TeamPost(programme, team.TeamId, post),
        ];
    }
}
