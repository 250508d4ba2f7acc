using System.Text;
using Npgsql;

namespace Marten.Tables;

/// <summary>Statements with their values, ready for a batch.</summary>
static class Statement
{
    /// <summary>The values are $1, $2 and so on.</summary>
    public static NpgsqlBatchCommand Of(string sql, params object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }

    /// <summary>Each placeholder stands for the next value.</summary>
    public static NpgsqlBatchCommand Of(char placeholder, string sql, object[] values)
    {
        var parts = sql.Split(placeholder);
        if (parts.Length != values.Length + 1)
            throw new InvalidOperationException($"{parts.Length - 1} placeholders, but {values.Length} values: {sql}");

        var text = new StringBuilder(parts[0]);
        for (var i = 0; i < values.Length; i++) text.Append('$').Append(i + 1).Append(parts[i + 1]);
        return Of(text.ToString(), values);
    }
}

/// <summary>A statement, and the rows that it answered.</summary>
abstract class Query(NpgsqlBatchCommand command)
{
    public NpgsqlBatchCommand Command => command;
    public abstract Task ReadAsync(NpgsqlDataReader rows, CancellationToken token);
}

sealed class Query<T>(NpgsqlBatchCommand command, Func<NpgsqlDataReader, T> row) : Query(command)
{
    readonly TaskCompletionSource<List<T>> result = new();

    public Task<List<T>> Result => result.Task;

    public override async Task ReadAsync(NpgsqlDataReader rows, CancellationToken token)
    {
        var read = new List<T>();
        while (await rows.ReadAsync(token)) read.Add(row(rows));
        result.SetResult(read);
    }
}
