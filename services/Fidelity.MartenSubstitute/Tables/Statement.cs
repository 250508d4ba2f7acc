using System.Text;
using Npgsql;

namespace Marten.Sessions;

/// <summary>A statement with its values, ready for the session's batch.</summary>
static class QueuedSql
{
    public static NpgsqlBatchCommand Command(char placeholder, string sql, object[] values)
    {
        var parts = sql.Split(placeholder);
        if (parts.Length != values.Length + 1)
            throw new InvalidOperationException($"{parts.Length - 1} placeholders, but {values.Length} values: {sql}");

        var text = new StringBuilder(parts[0]);
        var command = new NpgsqlBatchCommand();
        for (var i = 0; i < values.Length; i++)
        {
            text.Append('$').Append(i + 1).Append(parts[i + 1]);
            command.Parameters.Add(values[i] as NpgsqlParameter ?? new NpgsqlParameter { Value = values[i] ?? DBNull.Value });
        }

        command.CommandText = text.ToString();
        return command;
    }
}
