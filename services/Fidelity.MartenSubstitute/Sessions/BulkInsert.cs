using JasperFx.Events;
using Marten.Exceptions;
using Npgsql;
using NpgsqlTypes;

namespace Marten.Sessions;

/// <summary>New streams by COPY, in one transaction: for imports, where nothing else writes the same streams.</summary>
sealed class BulkInsert(DocumentStore store)
{
    public async Task RunAsync(IReadOnlyList<StreamAction> streams, int batchSize, CancellationToken token)
    {
        if (streams.FirstOrDefault(stream => stream.Events.Count == 0) is { } empty) throw new EmptyEventStreamException(empty.Key!);
        try
        {
            await store.Database.RunAsync(
                async connection =>
                {
                    await using var transaction = await connection.BeginTransactionAsync(token);
                    foreach (var part in Parts(streams, batchSize)) await CopyAsync(connection, part, token);
                    await transaction.CommitAsync(token);
                    return true;
                },
                token);
        }
        catch (MartenCommandException e) when (e.InnerException is PostgresException { ConstraintName: "pkey_mt_streams_id" } collision)
        {
            throw new ExistingStreamIdCollisionException(collision.Detail ?? "", null);
        }

        store.Doorbell.Ring();
    }

    /// <summary>Whole streams, about as many as make a batch of events.</summary>
    static IEnumerable<List<StreamAction>> Parts(IReadOnlyList<StreamAction> streams, int batchSize)
    {
        var part = new List<StreamAction>();
        var events = 0;
        foreach (var stream in streams)
        {
            part.Add(stream);
            events += stream.Events.Count;
            if (events < batchSize) continue;
            yield return part;
            part = [];
            events = 0;
        }

        if (part.Count > 0) yield return part;
    }

    async Task CopyAsync(NpgsqlConnection connection, List<StreamAction> part, CancellationToken token)
    {
        await using (var writer = await connection.BeginBinaryImportAsync(
            $"copy {store.Tables.Streams} (id, type, version) from stdin (format binary)", token))
        {
            foreach (var stream in part)
            {
                await writer.StartRowAsync(token);
                await writer.WriteAsync(stream.Key, NpgsqlDbType.Varchar, token);
                await Text(writer, stream.AggregateType is { } type ? store.Graph.AliasFor(type) : null);
                await writer.WriteAsync((long)stream.Events.Count, NpgsqlDbType.Bigint, token);
            }

            await writer.CompleteAsync(token);
        }

        await NumberAsync(connection, part, token);
        var metadata = store.Tables.MetadataColumns().Select(column => column.Name).ToList();
        await using (var writer = await connection.BeginBinaryImportAsync(
            $"copy {store.Tables.Events} (seq_id, id, stream_id, version, data, type, mt_dotnet_type, timestamp{string.Concat(metadata.Select(name => $", {name}"))}) from stdin (format binary)",
            token))
        {
            foreach (var e in part.SelectMany(stream => stream.Events))
            {
                await writer.StartRowAsync(token);
                await writer.WriteAsync(e.Sequence, NpgsqlDbType.Bigint, token);
                await writer.WriteAsync(e.Id, NpgsqlDbType.Uuid, token);
                await writer.WriteAsync(e.StreamKey, NpgsqlDbType.Varchar, token);
                await writer.WriteAsync(e.Version, NpgsqlDbType.Bigint, token);
                await writer.WriteAsync(store.Graph.MappingFor(e.EventType).Write(e, store.Options.Serializer), NpgsqlDbType.Jsonb, token);
                await writer.WriteAsync(e.EventTypeName, NpgsqlDbType.Varchar, token);
                await writer.WriteAsync(e.DotNetTypeName, NpgsqlDbType.Varchar, token);
                await writer.WriteAsync(e.Timestamp.UtcDateTime, NpgsqlDbType.TimestampTz, token);
                foreach (var name in metadata)
                {
                    await (name switch
                    {
                        "correlation_id" => Text(writer, e.CorrelationId),
                        "causation_id" => Text(writer, e.CausationId),
                        "user_name" => Text(writer, e.UserName),
                        _ => e.Headers is null
                            ? writer.WriteNullAsync(token)
                            : writer.WriteAsync(store.Options.Serializer.Write(e.Headers), NpgsqlDbType.Jsonb, token),
                    });
                }
            }

            await writer.CompleteAsync(token);
        }

        Task Text(NpgsqlBinaryImporter to, string? value) =>
            value is null ? to.WriteNullAsync(token) : to.WriteAsync(value, NpgsqlDbType.Varchar, token);
    }

    async Task NumberAsync(NpgsqlConnection connection, List<StreamAction> part, CancellationToken token)
    {
        await using var command = new NpgsqlCommand($"select nextval('{store.Tables.Sequence}') from generate_series(1, $1)", connection)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = part.Sum(stream => stream.Events.Count) } },
        };
        await using var numbers = await command.ExecuteReaderAsync(token);
        var now = store.Graph.TimeProvider.GetUtcNow();
        foreach (var stream in part)
        {
            foreach (var e in stream.Events)
            {
                await numbers.ReadAsync(token);
                store.Graph.Wrap(e);
                e.Sequence = numbers.GetInt64(0);
                e.Version = ++stream.Version;
                if (e.Timestamp == default) e.Timestamp = now;
            }
        }
    }
}
