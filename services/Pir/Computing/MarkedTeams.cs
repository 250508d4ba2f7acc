using Dapper;
using Fidelity.Contracts;
using Fidelity.ServiceDefaults;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Npgsql;

namespace Fidelity.Pir.Computing;

/// <summary>
/// The table of facts, and in the same transaction a mark on every team of which one arrived. Many arrivals are one
/// mark, and one mark is one computation.
/// </summary>
sealed class MarkedTeams(FactsTable table, ServiceSchema schema) : IProjection
{
    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.marked_teams (
            programme text not null, team_id text not null, position bigint not null, primary key (programme, team_id))
        """);

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var marks = new Dictionary<(string Programme, string TeamId), long>();
        foreach (var recorded in events)
        {
            if (recorded.Data is not Fact fact)
                continue;
            table.Keep(operations, fact);
            marks[(fact.Programme, fact.TeamId)] = recorded.Sequence;
        }

        foreach (var ((programme, team), position) in marks)
        {
            operations.QueueSqlCommand(
                $"""
                insert into {schema.Name}.marked_teams (programme, team_id, position) values (?, ?, ?)
                on conflict (programme, team_id) do update set position = greatest(marked_teams.position, excluded.position)
                """, programme, team, position);
        }

        return Task.CompletedTask;
    }
}

/// <summary>Teams whose reviews are still to be computed.</summary>
sealed class PendingReviews(ServiceSchema schema) : IPendingWork
{
    public Task<long> Count(NpgsqlConnection connection) =>
        connection.ExecuteScalarAsync<long>($"select count(*) from {schema.Name}.marked_teams");
}
