using System.Runtime.CompilerServices;
using Dapper;
using Fidelity.Measurement;
using Fidelity.Contracts.Submitting;
using Fidelity.Portal.Access;
using Fidelity.ServiceDefaults;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Npgsql;

namespace Fidelity.Portal.Importing;

/// <summary>Imports that are still to be checked, sent or settled; and, beside the events, their files and what was found in them.</summary>
sealed class ImportsTable(ServiceSchema schema, NpgsqlDataSource database) : IReadModel
{
    /// <summary>How many imports a page of the history has.</summary>
    public const int Page = 50;

    public static IReadOnlyList<Type> Events =>
        [typeof(ImportReceived), typeof(ImportChecked), typeof(ImportAccepted), typeof(ImportSent), typeof(ImportSettled)];

    public static ReadTable Table { get; } = new(
        """
        create table if not exists {schema}.imports (
            id uuid primary key, programme text not null, received_at timestamptz not null, received_by text, state text not null,
            rows integer, findings integer, accepted_at timestamptz, accepted_by text, waits_for text);
        create index if not exists imports_by_programme on {schema}.imports (programme, id);
        """);

    /// <summary>What no event holds: the files as they were uploaded, and how the dry run goes.</summary>
    public static readonly ReadTable Uploads = new("""
        create table if not exists {schema}.import_files (
            import_id uuid not null, number integer not null, name text not null, content bytea not null, primary key (import_id, number));
        create table if not exists {schema}.import_findings (
            import_id uuid not null, number integer not null, file text not null, line integer not null, column_name text, code text not null,
            message text not null, primary key (import_id, number));
        create table if not exists {schema}.import_progress (import_id uuid primary key, rows_checked integer not null);
        """);

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var recorded in events)
        {
            switch (recorded.Data)
            {
                case ImportReceived received:
                    operations.QueueSqlCommand(
                        $"""
                        insert into {schema.Name}.imports (id, programme, received_at, received_by, state, waits_for)
                        values (?, ?, ?, nullif(?, ''), '{Codes.Of(ImportState.Checking)}', 'check') on conflict (id) do nothing
                        """, received.ImportId, received.Programme, recorded.Timestamp, received.By ?? "");
                    break;
                case ImportChecked { Counts: var counts }:
                    operations.QueueSqlCommand(
                        $"update {schema.Name}.imports set state = '{Codes.Of(ImportState.Checked)}', rows = ?, findings = ?, waits_for = null where id = ?",
                        counts.Rows, counts.Findings, Of(recorded));
                    break;
                case ImportAccepted accepted:
                    operations.QueueSqlCommand(
                        $"""
                        update {schema.Name}.imports
                        set state = '{Codes.Of(ImportState.Accepted)}', accepted_at = ?, accepted_by = nullif(?, ''), waits_for = 'send' where id = ?
                        """, recorded.Timestamp, accepted.By ?? "", Of(recorded));
                    break;
                case ImportSent { Findings: var findings }:
                    operations.QueueSqlCommand(
                        $"update {schema.Name}.imports set findings = coalesce(nullif(?, -1), findings), waits_for = 'settle' where id = ?",
                        findings ?? -1, Of(recorded));
                    break;
                case ImportSettled:
                    operations.QueueSqlCommand(
                        $"update {schema.Name}.imports set state = '{Codes.Of(ImportState.Settled)}', waits_for = null where id = ?", Of(recorded));
                    break;
            }
        }

        return Task.CompletedTask;
    }

    static Guid Of(IEvent recorded) => Guid.Parse(recorded.StreamKey!.AsSpan(recorded.StreamKey!.IndexOf(':', StringComparison.Ordinal) + 1));

    /// <summary>The imports that are open to somebody, the newest first, with what became of their rows.</summary>
    /// <param name="before">Those older than this one; null for the newest.</param>
    public async Task<IReadOnlyList<ImportLine>> Newest(Reach reach, Guid? before, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var lines = (await connection.QueryAsync<ImportLine>(
            $"""
            select {ImportLine.Columns} from {schema.Name}.imports import
            where {Reach.Sql("import.programme", "null")} and (@before::uuid is null or id < @before)
            order by id desc limit {Page}
            """, new { before, reach.Programmes, reach.Teams, reach.Therapists })).AsList();
        var states = await States([.. lines.Select(line => line.Id)], stopping);
        return [.. lines.Select(line => line with { States = states[line.Id] })];
    }

    /// <summary>When and by whom an import was made, as far as the table knows of it already.</summary>
    public async Task<ImportLine?> Line(Guid import, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.QuerySingleOrDefaultAsync<ImportLine>($"select {ImportLine.Columns} from {schema.Name}.imports where id = @import", new { import });
    }

    public async Task<IReadOnlyList<Guid>> Waiting(CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return (await connection.QueryAsync<Guid>(
            $"select id from {schema.Name}.imports where waits_for is not null order by received_at")).AsList();
    }

    public async Task Store(Guid import, IReadOnlyList<UploadedFile> files, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await using var batch = new NpgsqlBatch(connection);
        for (var number = 0; number < files.Count; number++)
        {
            batch.BatchCommands.Add(new($"insert into {schema.Name}.import_files (import_id, number, name, content) values ($1, $2, $3, $4)")
            {
                Parameters =
                {
                    new() { Value = import }, new() { Value = number }, new() { Value = files[number].Name }, new() { Value = files[number].Content },
                },
            });
        }

        await batch.ExecuteNonQueryAsync(stopping);
    }

    /// <summary>Whether the uploaded files are still there.</summary>
    public async Task<bool> HasFiles(Guid import, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteScalarAsync<bool>($"select exists (select from {schema.Name}.import_files where import_id = @import)", new { import });
    }

    public async Task<IReadOnlyList<UploadedFile>> Files(Guid import, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var files = await connection.QueryAsync<(string Name, byte[] Content)>(
            $"select name, content from {schema.Name}.import_files where import_id = @import order by number", new { import });
        return [.. files.Select(file => new UploadedFile(file.Name, file.Content))];
    }

    /// <summary>The uploaded files are not needed any more.</summary>
    public async Task ForgetFiles(Guid import, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync($"delete from {schema.Name}.import_files where import_id = @import", new { import });
    }

    /// <summary>The rows are judged anew.</summary>
    public async Task ForgetFindings(Guid import, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync($"delete from {schema.Name}.import_findings where import_id = @import", new { import });
    }

    /// <summary>Keeps what is wrong with some more rows, and how many rows have been judged.</summary>
    public async Task Store(Guid import, int firstNumber, IReadOnlyList<Finding> findings, int rowsSoFar, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync(
            $"""
            insert into {schema.Name}.import_findings (import_id, number, file, line, column_name, code, message)
            select @import, * from unnest(@numbers, @files, @lines, @columns, @codes, @messages);
            insert into {schema.Name}.import_progress (import_id, rows_checked) values (@import, @rowsSoFar)
            on conflict (import_id) do update set rows_checked = excluded.rows_checked;
            """,
            new
            {
                import,
                rowsSoFar,
                numbers = Enumerable.Range(firstNumber, findings.Count).ToArray(),
                files = findings.Select(finding => finding.File).ToArray(),
                lines = findings.Select(finding => finding.Line).ToArray(),
                columns = findings.Select(finding => finding.Column).ToArray(),
                codes = findings.Select(finding => finding.Code).ToArray(),
                messages = findings.Select(finding => finding.Message).ToArray(),
            });
    }

    public async Task<int> RowsChecked(Guid import, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteScalarAsync<int?>($"select rows_checked from {schema.Name}.import_progress where import_id = @import", new { import }) ?? 0;
    }

    /// <summary>What is wrong with an import, as it is read: what was found when its rows were judged last, and what the owners refused.</summary>
    public async IAsyncEnumerable<Finding> Findings(Guid import, [EnumeratorCancellation] CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await using var command = new NpgsqlCommand(
            $"""
            (select file, line, column_name, code, message from {schema.Name}.import_findings where import_id = $1 order by number)
            union all
            ({OfOwners("$1")} order by file, line)
            """, connection)
        {
            Parameters = { new() { Value = import } },
        };
        await using var rows = await command.ExecuteReaderAsync(stopping);
        while (await rows.ReadAsync(stopping))
            yield return new Finding(rows.GetString(0), rows.GetInt32(1), rows.IsDBNull(2) ? null : rows.GetString(2), rows.GetString(3), rows.GetString(4));
    }

    /// <summary>What is wrong with an import by cause, with the first rows of each.</summary>
    /// <param name="most">How many rows of each.</param>
    public async Task<IReadOnlyList<FindingGroup>> Groups(Guid import, int most, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var rows = await connection.QueryAsync<(bool Refused, int Findings, string File, int Line, string? Column, string Code, string Message)>(
            $"""
            with found as (
                select false as refused, file, line, column_name, code, message from {schema.Name}.import_findings where import_id = @import
                union all
                select true, owner.* from ({OfOwners("@import")}) owner),
            placed as (
                select *, count(*) over cause as findings, row_number() over (cause order by line, message) as place
                from found window cause as (partition by refused, file, column_name, code))
            select refused, findings::int, file, line, column_name, code, message from placed where place <= @most order by place
            """, new { import, most });
        return FindingGroup.InOrder(rows
            .GroupBy(row => (row.Refused, row.Findings, row.File, row.Column, row.Code), row => (row.Line, row.Message))
            .Select(group => new FindingGroup(group.Key.File, group.Key.Column, group.Key.Code, group.Key.Findings, group.Key.Refused, [.. group])));
    }

    /// <summary>What the owners refused of an import.</summary>
    string OfOwners(string import) =>
        $"""
        select file, line, cause ->> 'field', cause ->> 'code', cause ->> 'message'
        from {schema.Name}.submissions cross join lateral jsonb_array_elements(causes) as cause
        where import_id = {import} and (state = '{Refused}' or {WaitedTooLong})
        """;

    static readonly string Refused = Codes.Of(SubmissionOutcome.Refused);

    /// <summary>A row that has waited for a day is shown as refused, as a single submission is.</summary>
    const string WaitedTooLong = "state = 'waiting' and concluded_at < now() - interval '24 hours'";

    /// <summary>How many of an import's submissions are in each state.</summary>
    public async Task<RowStates> States(Guid import, CancellationToken stopping) => (await States([import], stopping))[import];

    async Task<IReadOnlyDictionary<Guid, RowStates>> States(Guid[] imports, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var states = (await connection.QueryAsync<(Guid Import, string State, int Count)>(
            $"""
            with overdue as (
                select import_id, count(*)::int as number from {schema.Name}.submissions where import_id = any(@imports) and {WaitedTooLong} group by import_id)
            select import_id, state, submissions - case state when 'waiting' then coalesce(number, 0) else 0 end
            from {schema.Name}.import_states left join overdue using (import_id) where import_id = any(@imports)
            union all
            select import_id, '{Refused}', number from overdue
            """, new { imports })).ToLookup(state => state.Import);
        return imports.ToDictionary(import => import, import => new RowStates(
            Of(import, SubmissionState.Accepted), Of(import, SubmissionState.Recorded), Of(import, SubmissionState.Waiting), Of(import, SubmissionState.Refused)));

        int Of(Guid import, SubmissionState state) => states[import].Where(counted => counted.State == Codes.Of(state)).Sum(counted => counted.Count);
    }
}
