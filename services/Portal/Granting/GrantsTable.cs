using System.Text.Json;
using Dapper;
using Fidelity.ServiceDefaults;
using JasperFx.Events;
using Marten;
using Npgsql;

namespace Fidelity.Portal.Granting;

/// <summary>Every grant, for lists of them. What is decided is decided from the streams.</summary>
sealed class GrantsTable(ServiceSchema schema, NpgsqlDataSource database) : IReadModel
{
    public static IReadOnlyList<Type> Events => [typeof(GrantGiven), typeof(GrantEnded)];

    public static ReadTable Table { get; } = new("""
        create table if not exists {schema}.grants (id uuid primary key, account uuid not null, given jsonb not null, ended jsonb);
        """);

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var recorded in events)
        {
            if (recorded.Data is GrantGiven given)
                operations.QueueSqlCommand(
                    $"insert into {schema.Name}.grants (id, account, given) values (?, ?, ?::jsonb) on conflict (id) do nothing",
                    given.GrantId, Guid.Parse(recorded.StreamKey!.AsSpan(recorded.StreamKey!.IndexOf(':', StringComparison.Ordinal) + 1)),
                    JsonSerializer.Serialize(given, FactsTable.Json));
            else if (recorded.Data is GrantEnded ended)
                operations.QueueSqlCommand(
                    $"update {schema.Name}.grants set ended = ?::jsonb where id = ?", JsonSerializer.Serialize(ended, FactsTable.Json), ended.GrantId);
        }

        return Task.CompletedTask;
    }

    /// <summary>The grants of every account.</summary>
    public async Task<ILookup<Guid, Grant>> All(CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var rows = await connection.QueryAsync<(Guid Account, string Given, string? Ended)>($"select account, given, ended from {schema.Name}.grants order by id");
        return rows.ToLookup(row => row.Account, row =>
        {
            var given = JsonSerializer.Deserialize<GrantGiven>(row.Given, FactsTable.Json)!;
            var ended = row.Ended is null ? null : JsonSerializer.Deserialize<GrantEnded>(row.Ended, FactsTable.Json);
            return new Grant(given.GrantId, given.Role, given.Programme, given.TeamId, given.Basis, given.From, given.Until, given.By, ended);
        });
    }
}
