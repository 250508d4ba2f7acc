using Fidelity.Contracts.Roster;
using Dapper;
using Fidelity.Portal.Access;
using Fidelity.Portal.SigningIn;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Granting;

/// <summary>A team that grants can be for.</summary>
sealed record GrantableTeam(string Programme, string TeamId, string Name);

/// <summary>Gives and ends grants, and knows the teams that they can be for.</summary>
sealed class GrantWriter(EventWriter writer, NpgsqlDataSource database, ServiceSchema schema)
{
    public async Task<IReadOnlyList<GrantFault>> Give(Account account, GrantGiven asked, Reach giver, CancellationToken stopping)
    {
        if (asked.TeamId is { } team && !(await Teams(giver, stopping)).Any(known => known.Programme == asked.Programme && known.TeamId == team))
            return [new("team", "unknown_team")];
        return await Write(account, grants => AccountGrants.Give(grants, asked, account.Programme, giver), stopping);
    }

    public Task<IReadOnlyList<GrantFault>> End(Account account, GrantEnded asked, Reach giver, CancellationToken stopping) =>
        Write(account, grants => AccountGrants.End(grants, asked, giver), stopping);

    /// <summary>The teams of the programmes within reach, by programme and name.</summary>
    public async Task<IReadOnlyList<GrantableTeam>> Teams(Reach giver, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var teams = await connection.QueryAsync<string>(
            $"""
            select data from {schema.Name}.facts team where kind = 'team' and {Reach.Sql("team.programme", "team.team_id")}
            order by programme, data->>'name', team_id
            """, new { giver.Programmes, giver.Teams, giver.Therapists });
        return [.. teams.Select(FactsTable.Read<TeamChanged>).Select(team => new GrantableTeam(team.Programme, team.TeamId, team.Name))];
    }

    Task<IReadOnlyList<GrantFault>> Write(
        Account account, Func<AccountGrants?, (AccountGrants State, IReadOnlyList<object> Events, IReadOnlyList<GrantFault> Faults)> decide, CancellationToken stopping) =>
        writer.Write(async streams =>
        {
            var stream = await streams.Open<AccountGrants>(AccountGrants.StreamKey(account.Id));
            var (state, events, faults) = decide(stream.State);
            stream.Append(state, events);
            return faults;
        }, stopping);
}
