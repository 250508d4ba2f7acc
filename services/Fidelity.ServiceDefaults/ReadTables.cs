using Dapper;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Fidelity.ServiceDefaults;

/// <summary>The statement that makes a read table; <c>{schema}</c> stands for the service's schema.</summary>
public sealed record ReadTable(string Sql);

/// <summary>Makes the read tables before anything is projected into them.</summary>
sealed class ReadTables(NpgsqlDataSource database, ServiceSchema schema, IEnumerable<ReadTable> tables) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Two instances may start at once, and "if not exists" does not keep them apart.
        await connection.ExecuteAsync("select pg_advisory_xact_lock(hashtext(@name))", new { name = $"{schema.Name} read tables" }, transaction);
        await connection.ExecuteAsync($"create schema if not exists {schema.Name}", transaction: transaction);
        foreach (var table in tables)
            await connection.ExecuteAsync(table.Sql.Replace("{schema}", schema.Name, StringComparison.Ordinal), transaction: transaction);
        await transaction.CommitAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
