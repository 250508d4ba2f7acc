using System.Globalization;
using JasperFx.Events;
using Marten.Events;
using Marten.Exceptions;
using Npgsql;
using NpgsqlTypes;

namespace Marten.Tables;

/// <summary>
/// All streams of a session in one statement: it checks versions, moves the streams and inserts the events, or fails as a whole.
/// Streams are locked in the order of their keys, so two sessions never wait for each other in a circle.
/// </summary>
sealed class AppendCommand(EventTables tables, EventGraph graph, EventSerializer serializer)
{
    // SQL has no RAISE: a refusal is a cast that fails, and its text says what was wrong.
    const string Refusal = "mt-refused ";

    readonly string sql = Sql(tables);

    public NpgsqlBatchCommand For(IReadOnlyList<StreamAction> streams)
    {
        var count = streams.Sum(stream => stream.Events.Count);
        var command = new NpgsqlBatchCommand(sql);
        Add(NpgsqlDbType.Varchar, streams, s => s.Key);
        Add(NpgsqlDbType.Varchar, streams, s => s.AggregateType is { } type ? graph.AliasFor(type) : null);
        Add(NpgsqlDbType.Bigint, streams, s => s.ExpectedVersionOnServer);
        Add(NpgsqlDbType.Boolean, streams, s => s.ActionType == StreamActionType.Start);
        Add(NpgsqlDbType.Bigint, streams, s => (long)s.Events.Count);

        var events = new List<IEvent>(count);
        var streamOf = new long[count];
        var placeOf = new long[count];
        for (var s = 0; s < streams.Count; s++)
        {
            for (var place = 0; place < streams[s].Events.Count; place++)
            {
                streamOf[events.Count] = s + 1;
                placeOf[events.Count] = place + 1;
                events.Add(streams[s].Events[place]);
            }
        }

        AddArray(NpgsqlDbType.Bigint, streamOf);
        AddArray(NpgsqlDbType.Bigint, placeOf);
        Add(NpgsqlDbType.Bigint, events, e => e.Sequence == 0 ? null : (long?)e.Sequence);
        Add(NpgsqlDbType.Uuid, events, e => e.Id);
        Add(NpgsqlDbType.Jsonb, events, e => graph.MappingFor(e.EventType).Write(e, serializer));
        Add(NpgsqlDbType.Varchar, events, e => e.EventTypeName);
        Add(NpgsqlDbType.Varchar, events, e => e.DotNetTypeName);
        Add(NpgsqlDbType.TimestampTz, events, e => e.Timestamp.UtcDateTime);
        foreach (var (name, _) in tables.MetadataColumns())
        {
            switch (name)
            {
                case "correlation_id": Add(NpgsqlDbType.Varchar, events, e => e.CorrelationId); break;
                case "causation_id": Add(NpgsqlDbType.Varchar, events, e => e.CausationId); break;
                case "user_name": Add(NpgsqlDbType.Varchar, events, e => e.UserName); break;
                default: Add(NpgsqlDbType.Jsonb, events, e => e.Headers is null ? null : serializer.Write(e.Headers)); break;
            }
        }

        return command;

        void Add<TItem, TValue>(NpgsqlDbType type, IReadOnlyList<TItem> items, Func<TItem, TValue> value)
        {
            var values = new TValue[items.Count];
            for (var i = 0; i < values.Length; i++) values[i] = value(items[i]);
            AddArray(type, values);
        }

        void AddArray<TValue>(NpgsqlDbType type, TValue[] values) =>
            command.Parameters.Add(new NpgsqlParameter<TValue[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    /// <summary>Gives the events the sequence numbers and versions that the database gave them.</summary>
    public static async Task ReadAsync(NpgsqlDataReader rows, IReadOnlyList<StreamAction> streams, CancellationToken token)
    {
        foreach (var stream in streams)
        {
            foreach (var e in stream.Events)
            {
                await rows.ReadAsync(token);
                e.Sequence = rows.GetInt64(0);
                e.Version = stream.Version = rows.GetInt64(1);
            }
        }
    }

    /// <summary>The exception Marten would throw, or null if the failure is of another kind.</summary>
    public static Exception? Translate(PostgresException failure, IReadOnlyList<StreamAction> streams)
    {
        if (failure is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "pk_mt_events_stream_and_version" })
            return new EventStreamUnexpectedMaxEventIdException(failure.Detail ?? "", null, 0, 0);
        var start = failure.MessageText.IndexOf(Refusal, StringComparison.Ordinal);
        if (start < 0) return null;

        var parts = failure.MessageText[(start + Refusal.Length)..].TrimEnd('"').Split(' ');
        var stream = streams[int.Parse(parts[1], CultureInfo.InvariantCulture) - 1];
        return parts[0] switch
        {
            "collision" => new ExistingStreamIdCollisionException(stream.Key!, stream.AggregateType),
            "archived" => new InvalidStreamOperationException($"Stream '{stream.Key}' is archived and takes no more events"),
            _ => new EventStreamUnexpectedMaxEventIdException(
                stream.Key!, stream.AggregateType, Number(parts[2]), Number(parts[3])),
        };

        static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }

    static string Sql(EventTables tables)
    {
        var metadata = tables.MetadataColumns().ToList();
        var names = string.Concat(metadata.Select(column => $", {column.Name}"));
        var arrays = string.Concat(metadata.Select((column, i) => $", ${14 + i}::{column.Type}[]"));
        return $"""
            with wanted as materialized (
                select * from unnest($1::varchar[], $2::varchar[], $3::bigint[], $4::boolean[], $5::bigint[]) with ordinality
                    as w (id, type, expected, starting, added, nr)),
            seen as materialized (
                select id, version from {tables.Streams} where id = any ($1)),
            held as materialized (
                select id, version, is_archived from {tables.Streams} where id = any ($1) order by id for no key update),
            created as (
                insert into {tables.Streams} (id, type, version, timestamp, created)
                select w.id, w.type, w.added, now(), now() from wanted w left join seen on seen.id = w.id
                where seen.id is null and coalesce(w.expected, 0) = 0 order by w.id
                on conflict (id) do nothing returning id),
            checked as materialized (
                select w.nr, w.id, w.added, seen.id is not null as existing, case
                    when w.starting and created.id is null then ('{Refusal}collision ' || w.nr)::bigint
                    when held.is_archived then ('{Refusal}archived ' || w.nr)::bigint
                    when created.id is not null then 0
                    when held.version = coalesce(w.expected, seen.version) then held.version
                    else ('{Refusal}version ' || w.nr || ' ' || coalesce(w.expected, seen.version, 0) || ' ' || coalesce(held.version, 0))::bigint
                    end as version
                from wanted w left join seen on seen.id = w.id left join held on held.id = w.id left join created on created.id = w.id),
            moved as (
                update {tables.Streams} s set version = c.version + c.added, timestamp = now()
                from checked c where s.id = c.id and c.existing)
            insert into {tables.Events}
                (seq_id, id, stream_id, version, data, type, mt_dotnet_type, timestamp{names})
            select coalesce(r.sequence, nextval('{tables.Sequence}')), r.id, r.stream_id, r.version, r.data, r.type, r.dotnet, r.timestamp{names}
            from (
                select e.*, c.id as stream_id, c.version + e.place as version
                from unnest($6::bigint[], $7::bigint[], $8::bigint[], $9::uuid[], $10::jsonb[], $11::varchar[], $12::varchar[], $13::timestamptz[]{arrays})
                    with ordinality as e (stream, place, sequence, id, data, type, dotnet, timestamp{names}, nr)
                join checked c on c.nr = e.stream
                order by e.nr) r
            returning seq_id, version
            """;
    }
}
