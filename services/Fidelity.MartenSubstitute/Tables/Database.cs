using JasperFx;
using Marten.Exceptions;
using Npgsql;

namespace Marten.Tables;

/// <summary>The one way to PostgreSQL: connections to tables that exist, and failures in Marten's own exceptions.</summary>
sealed class Database(StoreOptions options) : IDisposable
{
    readonly NpgsqlDataSource source = options.DataSource
        ?? throw new InvalidOperationException("The store has no database: use opts.Connection(…) or UseNpgsqlDataSource()");
    readonly SemaphoreSlim creating = new(1);
    volatile bool tablesExist = options.AutoCreateSchemaObjects == AutoCreate.None;

    public EventTables Tables { get; } = new(options);

    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken token)
    {
        if (!tablesExist) await CreateTablesAsync(token);
        return await source.OpenConnectionAsync(token);
    }

    public NpgsqlConnection Open() => source.OpenConnection();

    public async Task CreateTablesAsync(CancellationToken token)
    {
        await creating.WaitAsync(token);
        try
        {
            if (tablesExist) return;
            await using var connection = await source.OpenConnectionAsync(token);
            await using var batch = new NpgsqlBatch(connection);
            foreach (var statement in Tables.Definition()) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
            await batch.ExecuteNonQueryAsync(token);
            tablesExist = true;
        }
        finally
        {
            creating.Release();
        }
    }

    /// <summary>Runs the work on a connection of its own.</summary>
    public async Task<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken token)
    {
        try
        {
            await using var connection = await OpenAsync(token);
            return await work(connection);
        }
        catch (NpgsqlException failure)
        {
            throw new MartenCommandException(failure);
        }
    }

    public void Dispose()
    {
        creating.Dispose();
        if (options.OwnsDataSource) source.Dispose();
    }
}
