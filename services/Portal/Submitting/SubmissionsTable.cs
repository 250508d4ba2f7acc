using System.Diagnostics;
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

/// <summary>Submissions with their state, how many of each import are in each state, and the records that the portal knows by them.</summary>
sealed class SubmissionsTable(ServiceSchema schema, NpgsqlDataSource database) : IReadModel
{
    public const string Name = "Submissions";

    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static ReadTable Table { get; } = new("""
        create table if not exists {schema}.submissions (
            stream_key text primary key,
            import_id uuid,
            file text,
            line integer,
            state text not null,
            causes jsonb,
            accepted_at timestamptz not null,
            concluded_at timestamptz);
        create index if not exists submissions_unanswered on {schema}.submissions (accepted_at) where state = 'accepted';
        create index if not exists submissions_waiting on {schema}.submissions (concluded_at) where state = 'waiting';
        create index if not exists submissions_not_recorded on {schema}.submissions (import_id, state) where state in ('waiting', 'refused');
        create table if not exists {schema}.import_states (
            import_id uuid not null, state text not null, submissions integer not null, primary key (import_id, state));
        create table if not exists {schema}.records (
            programme text not null,
            kind text not null,
            key text not null,
            stream_key text not null,
            position bigint not null,
            content jsonb not null,
            primary key (programme, kind, key, stream_key));
        create index if not exists records_by_submission on {schema}.records (stream_key);
        create index if not exists records_by_subject on {schema}.records (programme, kind, split_part(key, '|', 1));
        """);

    public static IReadOnlyList<Type> Events => [typeof(SubmissionAccepted), typeof(SubmissionConcluded), typeof(StreamErased)];

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var page = events.GroupBy(recorded => recorded.StreamKey!, StringComparer.Ordinal).Select(Row.After).ToList();
        KeepSubmissions(operations, [.. page.Where(row => row.Accepted is not null || row.Concluded is not null)]);
        operations.QueueSqlCommand(
            $"update {schema.Name}.submissions set causes = null where stream_key = any (?)",
            [page.Where(row => row.IsErased).Select(row => row.StreamKey).ToArray()]);
        KeepRecords(operations, page);
        return Task.CompletedTask;
    }

    void KeepSubmissions(IDocumentOperations operations, IReadOnlyList<Row> page) => operations.QueueSqlCommand(
        $"""
        with page as (
            select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
                as page (stream_key, accepted, import_id, file, line, state, causes, accepted_at, concluded_at)),
        before as (
            select stream_key, import_id, state from {schema.Name}.submissions where stream_key in (select stream_key from page)),
        accepted as (
            insert into {schema.Name}.submissions (stream_key, import_id, file, line, state, causes, accepted_at, concluded_at)
            select stream_key, import_id, file, line, state, causes::jsonb, accepted_at, concluded_at from page where accepted
            on conflict (stream_key) do update set import_id = excluded.import_id, file = excluded.file, line = excluded.line,
                state = excluded.state, causes = excluded.causes, accepted_at = excluded.accepted_at, concluded_at = excluded.concluded_at),
        concluded as (
            update {schema.Name}.submissions submission
            set state = page.state, causes = page.causes::jsonb, concluded_at = page.concluded_at
            from page where not page.accepted and submission.stream_key = page.stream_key),
        change as (
            select case when page.accepted then page.import_id else before.import_id end as import_id, page.state, 1 as submissions
            from page left join before using (stream_key)
            union all
            select import_id, state, -1 from before)
        insert into {schema.Name}.import_states (import_id, state, submissions)
        select import_id, state, sum(submissions) from change where import_id is not null group by import_id, state
        on conflict (import_id, state) do update set submissions = import_states.submissions + excluded.submissions
        """,
        page.Select(row => row.StreamKey).ToArray(), page.Select(row => row.Accepted is not null).ToArray(),
        page.Select(row => row.Accepted?.Row?.ImportId).ToArray(), page.Select(row => row.Accepted?.Row?.File).ToArray(),
        page.Select(row => row.Accepted?.Row?.Line).ToArray(), page.Select(row => row.State).ToArray(),
        page.Select(row => row.Concluded is null ? null : JsonSerializer.Serialize(row.Concluded.Causes, FactsTable.Json)).ToArray(),
        page.Select(row => row.AcceptedAt).ToArray(), page.Select(row => row.ConcludedAt).ToArray());

    /// <summary>What its owner refused is not known: what was known under the same key before holds again.</summary>
    void KeepRecords(IDocumentOperations operations, IReadOnlyList<Row> page)
    {
        var refused = page.Where(row => row.IsRefused || row.IsErased).Select(row => row.StreamKey).ToArray();
        var known = page.Where(row => row is { IsRefused: false, IsErased: false, Accepted.Command: not null })
            .Select(row => (Row: row, Command: row.Accepted!.Command!, Key: RecordKey.Of(row.Accepted.Command!))).ToList();
        operations.QueueSqlCommand($"delete from {schema.Name}.records where stream_key = any (?)", [refused]);
        operations.QueueSqlCommand(
            $"""
            insert into {schema.Name}.records (programme, kind, key, stream_key, position, content)
            select programme, kind, key, stream_key, position, content::jsonb
            from unnest(?, ?, ?, ?, ?, ?) as page (programme, kind, key, stream_key, position, content)
            on conflict (programme, kind, key, stream_key) do update set position = excluded.position, content = excluded.content
            """,
            known.Select(record => record.Command.Programme).ToArray(), known.Select(record => record.Key.Kind.ToString()).ToArray(),
            known.Select(record => record.Key.Key).ToArray(), known.Select(record => record.Row.StreamKey).ToArray(),
            known.Select(record => record.Row.Position).ToArray(),
            known.Select(record => JsonSerializer.Serialize(record.Command, FactsTable.Json)).ToArray());
    }

    /// <summary>Where a page's events leave a submission; what was accepted before the page is not known here.</summary>
    sealed record Row(
        string StreamKey, long Position, SubmissionAccepted? Accepted, DateTimeOffset? AcceptedAt, SubmissionConcluded? Concluded, DateTimeOffset? ConcludedAt,
        bool IsErased = false)
    {
        public string State => Concluded is null ? "accepted" : Codes.Of(Concluded.Outcome);

        public bool IsRefused => Concluded?.Outcome == SubmissionOutcome.Refused;

        public static Row After(IGrouping<string, IEvent> events) => events.Aggregate(
            new Row(events.Key, 0, null, null, null, null),
            (row, recorded) => recorded.Data switch
            {
                SubmissionAccepted accepted => new(events.Key, recorded.Sequence, accepted, recorded.Timestamp.ToUniversalTime(), null, null),
                SubmissionConcluded concluded => row with { Concluded = concluded, ConcludedAt = recorded.Timestamp.ToUniversalTime() },
                StreamErased => row with { IsErased = true },
                _ => row,
            });
    }

    /// <summary>Waits until the tables know whatever has been accepted by now, or for as long as anybody should have to wait.</summary>
    public async Task CatchUp(CancellationToken stopping)
    {
        var last = await Ask($"select coalesce(max(seq_id), 0) from {schema.Name}.mt_events");
        var waited = Stopwatch.StartNew();
        while (await Ask($"select coalesce((select last_seq_id from {schema.Name}.mt_event_progression where name = @name), 0)") < last
               && waited.Elapsed < Patience)
            await Task.Delay(BetweenLooks, stopping);

        // A connection for each look: those who fill the tables need some too.
        async Task<long> Ask(string question)
        {
            await using var connection = await database.OpenConnectionAsync(stopping);
            return await connection.ExecuteScalarAsync<long>(question, new { name = new Shard(Name).ProgressName });
        }
    }

    /// <summary>The records with these keys, in the order in which they were accepted.</summary>
    public async Task<KnownRecords> Known(string programme, IEnumerable<RecordKey> keys, CancellationToken stopping)
    {
        // A faulty row may speak of anything; nothing is known under a name that cannot be stored.
        var wanted = keys.Where(key => !key.Key.Contains('\0', StringComparison.Ordinal)).ToLookup(key => key.Kind == RecordKind.Staff, key => key);
        await using var connection = await database.OpenConnectionAsync(stopping);
        var contents = await connection.QueryAsync<string>(
            $"""
            select distinct on (position) content from (
                select record.* from unnest(@kinds, @names) as wanted (kind, key)
                join {schema.Name}.records record on record.programme = @programme and (record.kind, record.key) = (wanted.kind, wanted.key)
                union all
                select * from {schema.Name}.records
                where programme = @programme and kind = 'Post' and split_part(key, '|', 1) = any(@staff)) known
            order by position
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
        // From one programme to the next over the primary key: there are a few, and millions of records.
        return (await connection.QueryAsync<string>(
            $"""
            with recursive known as (
                (select programme from {schema.Name}.records order by programme limit 1)
                union all
                select (select programme from {schema.Name}.records where programme > known.programme order by programme limit 1)
                from known where known.programme is not null)
            select programme from known where programme is not null
            """)).AsList();
    }
}
