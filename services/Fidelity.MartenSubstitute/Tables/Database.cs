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
            await using var batch = Batch(connection, Tables.Definition().Select(sql => Statement.Of(sql)));
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

    /// <summary>Runs the statements in one round trip, which is a transaction.</summary>
    public Task<int> ExecuteAsync(IEnumerable<NpgsqlBatchCommand> commands, CancellationToken token) => RunAsync(
        async connection =>
        {
            await using var batch = Batch(connection, commands);
            return await batch.ExecuteNonQueryAsync(token);
        },
        token);

    /// <summary>Asks everything in one round trip.</summary>
    public Task<bool> ReadAsync(IReadOnlyList<Query> queries, CancellationToken token) => RunAsync(
        async connection =>
        {
            await using var batch = Batch(connection, queries.Select(query => query.Command));
            await batch.PrepareAsync(token);
            await using var rows = await batch.ExecuteReaderAsync(token);
            foreach (var query in queries)
            {
                await query.ReadAsync(rows, token);
                await rows.NextResultAsync(token);
            }

            return true;
        },
        token);

    public async Task<List<T>> ReadAsync<T>(Query<T> query, CancellationToken token)
    {
        await ReadAsync([query], token);
        return await query.Result;
    }

    public Task<List<T>> ReadAsync<T>(NpgsqlBatchCommand command, Func<NpgsqlDataReader, T> row, CancellationToken token) =>
        ReadAsync(new Query<T>(command, row), token);

    public static NpgsqlBatch Batch(NpgsqlConnection connection, IEnumerable<NpgsqlBatchCommand> commands)
    {
        var batch = new NpgsqlBatch(connection);
        foreach (var command in commands) batch.BatchCommands.Add(command);
        return batch;
    }

    public void Dispose()
    {
        creating.Dispose();
        if (options.OwnsDataSource) source.Dispose();
    }
}
