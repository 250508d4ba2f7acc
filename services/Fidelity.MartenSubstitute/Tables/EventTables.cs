using JasperFx.Events.Projections;
using Marten.Events;

namespace Marten.Tables;

/// <summary>Marten's tables by name, as they are created when missing.</summary>
sealed class EventTables(StoreOptions options)
{
    readonly MetadataConfig metadata = options.Events.MetadataConfig;

    public string Schema { get; } =
        (options.Events.DatabaseSchemaName is { Length: > 0 } own ? own : options.DatabaseSchemaName).ToLowerInvariant();

    public string Streams => $"{Schema}.mt_streams";
    public string Events => $"{Schema}.mt_events";
    public string Sequence => $"{Schema}.mt_events_sequence";
    public string Progression => $"{Schema}.mt_event_progression";
    public string DeadLetters => $"{Schema}.mt_doc_deadletterevent";

    /// <summary>The channel that tells of commits.</summary>
    public string Channel => $"{Schema}_mt_events";

    /// <summary>The advisory lock that leads a shard: Marten's own number, so that a daemon of either kind respects the other.</summary>
    public int LockFor(ShardName shard) => Math.Abs(Hash($"{Schema}:{shard.Identity}")) + 4444;

    public IEnumerable<(string Name, string Type)> MetadataColumns()
    {
        if (metadata.CorrelationIdEnabled) yield return ("correlation_id", "varchar");
        if (metadata.CausationIdEnabled) yield return ("causation_id", "varchar");
        if (metadata.HeadersEnabled) yield return ("headers", "jsonb");
        if (metadata.UserNameEnabled) yield return ("user_name", "varchar");
    }

    /// <summary>Idempotent, in one transaction, one creator at a time.</summary>
    public IEnumerable<string> Definition()
    {
        yield return $"select pg_advisory_xact_lock({options.ApplyChangesLockId})";
        yield return $"create schema if not exists {Schema}";
        yield return $"""
            create table if not exists {Streams} (
                id varchar not null constraint pkey_mt_streams_id primary key,
                type varchar,
                version bigint,
                timestamp timestamptz not null default now(),
                created timestamptz not null default now(),
                tenant_id varchar default '*DEFAULT*',
                is_archived boolean default false)
            """;
        yield return $"""
            create table if not exists {Events} (
                seq_id bigint not null constraint pkey_mt_events_seq_id primary key,
                id uuid not null,
                stream_id varchar constraint fkey_mt_events_stream_id references {Streams} (id) on delete cascade,
                version bigint not null,
                data jsonb not null,
                bdata bytea,
                type varchar(500) not null,
                timestamp timestamptz not null default now(),
                tenant_id varchar default '*DEFAULT*',
                mt_dotnet_type varchar,
                {string.Concat(MetadataColumns().Select(column => $"{column.Name} {column.Type}, "))}
                is_archived boolean default false)
            """;
        foreach (var (name, type) in MetadataColumns()) yield return $"alter table {Events} add column if not exists {name} {type}";
        yield return $"create unique index if not exists pk_mt_events_stream_and_version on {Events} (stream_id, version)";
        yield return $"create sequence if not exists {Sequence} owned by {Events}.seq_id";
        yield return $"""
            create table if not exists {Progression} (
                name varchar not null constraint pk_mt_event_progression primary key,
                last_seq_id bigint,
                last_updated timestamptz default transaction_timestamp())
            """;
        yield return $"""
            create table if not exists {DeadLetters} (
                id uuid not null constraint pkey_mt_doc_deadletterevent_id primary key,
                data jsonb not null,
                mt_last_modified timestamptz default transaction_timestamp(),
                mt_version uuid not null default md5(random()::text || clock_timestamp()::text)::uuid,
                mt_dotnet_type varchar)
            """;
    }

    /// <summary>Two sums over every second character each, mixed; the same in every process.</summary>
    static int Hash(string text)
    {
        unchecked
        {
            int[] sums = [(5381 << 16) + 5381, (5381 << 16) + 5381];
            for (var i = 0; i < text.Length; i++) sums[i % 2] = ((sums[i % 2] << 5) + sums[i % 2]) ^ text[i];
            return sums[0] + (sums[1] * 1566083941);
        }
    }
}
