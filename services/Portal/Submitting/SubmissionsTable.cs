using System.Text.Json;
using Dapper;
using Fidelity.Contracts;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.Portal.Importing;
using Fidelity.ServiceDefaults;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Npgsql;

namespace Fidelity.Portal.Submitting;

/// <summary>Submissions with their state, and the records that the portal knows by them.</summary>
sealed class SubmissionsTable(ServiceSchema schema, NpgsqlDataSource database) : IProjection
{
    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.submissions (
            stream_key text primary key,
            import_id uuid,
            file text,
            line integer,
            state text not null,
            causes jsonb,
            accepted_at timestamptz not null,
            concluded_at timestamptz);
        create index if not exists submissions_by_import on {schema}.submissions (import_id, state);
        create index if not exists submissions_unanswered on {schema}.submissions (accepted_at) where state = 'accepted';
        create table if not exists {schema}.records (
            programme text not null,
            kind text not null,
            key text not null,
            stream_key text not null,
            content jsonb not null,
            primary key (programme, kind, key));
        create index if not exists records_by_submission on {schema}.records (stream_key);
        """);

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var recorded in events)
        {
            switch (recorded.Data)
            {
                case SubmissionAccepted accepted:
                    Accepted(operations, recorded, accepted);
                    break;
                case SubmissionConcluded concluded:
                    Concluded(operations, recorded, concluded);
                    break;
            }
        }

        return Task.CompletedTask;
    }

    void Accepted(IDocumentOperations operations, IEvent recorded, SubmissionAccepted accepted)
    {
        var key = RecordKey.Of(accepted.Command);
        operations.QueueSqlCommand(
            $"""
            insert into {schema.Name}.submissions (stream_key, import_id, file, line, state, accepted_at)
            values (?, nullif(?, '')::uuid, nullif(?, ''), nullif(?, 0), 'accepted', ?)
            on conflict (stream_key) do update set import_id = excluded.import_id, file = excluded.file, line = excluded.line,
                state = excluded.state, causes = null, accepted_at = excluded.accepted_at, concluded_at = null
            """,
            recorded.StreamKey!, accepted.Row?.ImportId.ToString() ?? "", accepted.Row?.File ?? "", accepted.Row?.Line ?? 0, recorded.Timestamp);
        operations.QueueSqlCommand(
            $"""
            insert into {schema.Name}.records (programme, kind, key, stream_key, content) values (?, ?, ?, ?, ?::jsonb)
            on conflict (programme, kind, key) do update set stream_key = excluded.stream_key, content = excluded.content
            """,
            accepted.Command.Programme, key.Kind.ToString(), key.Key, recorded.StreamKey!, JsonSerializer.Serialize(accepted.Command, FactsTable.Json));
    }

    void Concluded(IDocumentOperations operations, IEvent recorded, SubmissionConcluded concluded)
    {
        operations.QueueSqlCommand(
            $"update {schema.Name}.submissions set state = ?, causes = ?::jsonb, concluded_at = ? where stream_key = ?",
            Codes.Of(concluded.Outcome), JsonSerializer.Serialize(concluded.Causes, FactsTable.Json), recorded.Timestamp, recorded.StreamKey!);
        // What its owner refused is not known: the same id may come again with what is right.
        if (concluded.Outcome == SubmissionOutcome.Refused)
            operations.QueueSqlCommand($"delete from {schema.Name}.records where stream_key = ?", recorded.StreamKey!);
    }

    /// <summary>The records with these keys, as they were accepted.</summary>
    public async Task<KnownRecords> Known(string programme, IEnumerable<RecordKey> keys, CancellationToken stopping)
    {
        // A faulty row may speak of anything; nothing is known under a name that cannot be stored.
        var wanted = keys.Where(key => !key.Key.Contains('\0', StringComparison.Ordinal)).ToLookup(key => key.Kind == RecordKind.Staff, key => key);
        await using var connection = await database.OpenConnectionAsync(stopping);
        var contents = await connection.QueryAsync<string>(
            $"""
            select content from {schema.Name}.records
            where programme = @programme and (kind, key) in (select * from unnest(@kinds, @names))
            union all
            select content from {schema.Name}.records
            where programme = @programme and kind = 'Post' and split_part(key, '|', 1) = any(@staff)
                and not (kind, key) in (select * from unnest(@kinds, @names))
            """,
            new
            {
                programme,
                kinds = wanted[false].Select(key => key.Kind.ToString()).ToArray(),
                names = wanted[false].Select(key => key.Key).ToArray(),
                staff = wanted[true].Select(key => key.Key).ToArray(),
            });
        return new(contents.Select(content => JsonSerializer.Deserialize<Command>(content, FactsTable.Json)!));
    }

    public async Task<IReadOnlyList<string>> Programmes(CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return (await connection.QueryAsync<string>($"select distinct programme from {schema.Name}.records order by programme")).AsList();
    }
}
