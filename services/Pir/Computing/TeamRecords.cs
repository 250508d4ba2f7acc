using System.Text.Json;
using Dapper;
using Fidelity.Contracts;
using Fidelity.ServiceDefaults;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Npgsql;

namespace Fidelity.Pir.Computing;

/// <summary>
/// The newest state of everything that measures are computed from, as measures see it, by team; and in the same transaction a
/// mark on every team of which something arrived. Many arrivals are one mark, and one mark is one computation.
/// </summary>
sealed class TeamRecords(ServiceSchema schema) : IReadModel
{
    public const string Name = "TeamRecords";

    public static ReadTable Table { get; } = new("""
        create table if not exists {schema}.team_records (
            programme text not null, team_id text not null, kind text not null, key text not null, version bigint not null, data jsonb not null,
            primary key (programme, kind, key));
        create index if not exists team_records_by_team on {schema}.team_records (programme, team_id);
        create table if not exists {schema}.marked_teams (
            programme text not null, team_id text not null, position bigint not null, primary key (programme, team_id));
        """);

    public static IReadOnlyList<Type> Events { get; } = [.. Facts.Types.Where(type => type.Namespace != typeof(Contracts.Pir.ReviewComputed).Namespace)];

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var newest = Facts.Newest(events).Select(fact => (Fact: fact, Record: MeasuredFacts.Of(fact))).ToList();
        operations.QueueSqlCommand(
            $"""
            insert into {schema.Name}.team_records (programme, team_id, kind, key, version, data)
            select programme, team_id, kind, key, version, data::jsonb
            from unnest(?, ?, ?, ?, ?, ?) as page (programme, team_id, kind, key, version, data)
            on conflict (programme, kind, key) do update set team_id = excluded.team_id, version = excluded.version, data = excluded.data
            where team_records.version < excluded.version
            """,
            newest.Select(row => row.Fact.Programme).ToArray(), newest.Select(row => row.Fact.TeamId).ToArray(),
            newest.Select(row => row.Record.Kind).ToArray(), newest.Select(row => row.Fact.About.Key).ToArray(),
            newest.Select(row => row.Fact.Version).ToArray(), newest.Select(row => JsonSerializer.Serialize(row.Record.Data, FactsTable.Json)).ToArray());

        var marks = events.GroupBy(recorded => (((Fact)recorded.Data).Programme, ((Fact)recorded.Data).TeamId)).ToList();
        operations.QueueSqlCommand(
            $"""
            insert into {schema.Name}.marked_teams (programme, team_id, position) select * from unnest(?, ?, ?)
            on conflict (programme, team_id) do update set position = greatest(marked_teams.position, excluded.position)
            """,
            marks.Select(team => team.Key.Programme).ToArray(), marks.Select(team => team.Key.TeamId).ToArray(),
            marks.Select(team => team.Max(recorded => recorded.Sequence)).ToArray());
        return Task.CompletedTask;
    }

    public static T Read<T>(string data) => JsonSerializer.Deserialize<T>(data, FactsTable.Json)!;
}

/// <summary>Teams whose reviews are still to be computed.</summary>
sealed class PendingReviews(ServiceSchema schema) : IPendingWork
{
    public Task<long> Count(NpgsqlConnection connection) =>
        connection.ExecuteScalarAsync<long>($"select count(*) from {schema.Name}.marked_teams");
}
