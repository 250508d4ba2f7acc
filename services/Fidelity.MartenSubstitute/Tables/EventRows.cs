using JasperFx.Events;
using Marten.Events;
using Npgsql;

namespace Marten.Tables;

/// <summary>Rows of mt_events as events.</summary>
sealed class EventRows(EventTables tables, EventGraph graph, EventSerializer serializer)
{
    readonly int correlation = Position(tables, "correlation_id");
    readonly int causation = Position(tables, "causation_id");
    readonly int headers = Position(tables, "headers");
    readonly int user = Position(tables, "user_name");

    /// <summary>The columns in the order <see cref="Read"/> takes them; the table's alias is e.</summary>
    public string Columns { get; } =
        "e.type, e.mt_dotnet_type, e.data, e.id, e.seq_id, e.version, e.stream_id, e.timestamp, e.tenant_id, e.is_archived"
        + string.Concat(tables.MetadataColumns().Select(column => $", e.{column.Name}"));

    public IEvent Read(NpgsqlDataReader row)
    {
        var mapping = graph.MappingFor(row.GetString(0), Text(row, 1));
        var read = mapping.Read(row.GetFieldValue<byte[]>(2), serializer);
        read.EventTypeName = mapping.Name;
        read.DotNetTypeName = mapping.DotNetTypeName;
        read.Id = row.GetGuid(3);
        read.Sequence = row.GetInt64(4);
        read.Version = row.GetInt64(5);
        read.StreamKey = row.GetString(6);
        read.Timestamp = row.GetFieldValue<DateTimeOffset>(7);
        read.TenantId = row.GetString(8);
        read.IsArchived = row.GetBoolean(9);
        if (correlation > 0) read.CorrelationId = Text(row, correlation);
        if (causation > 0) read.CausationId = Text(row, causation);
        if (headers > 0 && !row.IsDBNull(headers))
            read.Headers = serializer.Read<Dictionary<string, object>>(row.GetFieldValue<byte[]>(headers));
        if (user > 0) read.UserName = Text(row, user);
        return read;
    }

    static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    static int Position(EventTables tables, string column)
    {
        var index = tables.MetadataColumns().ToList().FindIndex(c => string.Equals(c.Name, column, StringComparison.Ordinal));
        return index < 0 ? -1 : 10 + index;
    }
}
