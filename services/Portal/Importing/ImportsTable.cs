using System.Runtime.CompilerServices;
using Dapper;
using Fidelity.Measurement;
using Fidelity.Contracts.Submitting;
using Fidelity.ServiceDefaults;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Npgsql;

namespace Fidelity.Portal.Importing;

/// <summary>Imports that are still to be checked, sent or settled; and, beside the events, their files and what was found in them.</summary>
sealed class ImportsTable(ServiceSchema schema, NpgsqlDataSource database) : IReadModel
{
    public static IReadOnlyList<Type> Events =>
        [typeof(ImportReceived), typeof(ImportChecked), typeof(ImportAccepted), typeof(ImportSent), typeof(ImportSettled)];

    public static ReadTable Table { get; } = new(
        "create table if not exists {schema}.imports (id uuid primary key, received_at timestamptz not null, waits_for text)");

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
            if (recorded.Data is ImportReceived received)
                operations.QueueSqlCommand(
                    $"insert into {schema.Name}.imports (id, received_at, waits_for) values (?, ?, 'check') on conflict (id) do nothing",
                    received.ImportId, recorded.Timestamp);
            else if (Next(recorded.Data) is { } next)
                operations.QueueSqlCommand(
                    $"update {schema.Name}.imports set waits_for = nullif(?, '') where id = ?",
                    next, Guid.Parse(recorded.StreamKey!.AsSpan(recorded.StreamKey!.IndexOf(':', StringComparison.Ordinal) + 1)));
        }

        return Task.CompletedTask;
    }

    /// <summary>What an import waits for after an event: nothing of ours, or the next step of the worker.</summary>
    static string? Next(object happened) => happened switch
    {
        ImportChecked => "",
        ImportAccepted => "send",
        ImportSent => "settle",
        ImportSettled => "",
        _ => null,
    };

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
            (select file, line, cause ->> 'field', cause ->> 'code', cause ->> 'message'
             from {schema.Name}.submissions cross join lateral jsonb_array_elements(causes) as cause
             where import_id = $1 and (state = '{Refused}' or {WaitedTooLong}) order by file, line)
            """, connection)
        {
            Parameters = { new() { Value = import } },
        };
        await using var rows = await command.ExecuteReaderAsync(stopping);
        while (await rows.ReadAsync(stopping))
            yield return new Finding(rows.GetString(0), rows.GetInt32(1), rows.IsDBNull(2) ? null : rows.GetString(2), rows.GetString(3), rows.GetString(4));
    }

    static readonly string Refused = Codes.Of(SubmissionOutcome.Refused);

    /// <summary>A row that has waited for a day is shown as refused, as a single submission is.</summary>
    const string WaitedTooLong = "state = 'waiting' and concluded_at < now() - interval '24 hours'";

    /// <summary>How many of an import's submissions are in each state.</summary>
    public async Task<IReadOnlyDictionary<string, int>> States(Guid import, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var states = await connection.QueryAsync<(string State, int Count)>(
            $"""
            with overdue as (select count(*)::int as number from {schema.Name}.submissions where import_id = @import and {WaitedTooLong})
            select state, submissions - case state when 'waiting' then number else 0 end from {schema.Name}.import_states, overdue where import_id = @import
            union all
            select '{Refused}', number from overdue
            """, new { import });
        return states.GroupBy(state => state.State, state => state.Count, StringComparer.Ordinal)
            .ToDictionary(state => state.Key, state => state.Sum(), StringComparer.Ordinal);
    }
}
