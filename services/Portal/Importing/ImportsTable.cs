using Dapper;
using Fidelity.Measurement;
using Fidelity.Contracts.Submitting;
using Fidelity.ServiceDefaults;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Npgsql;

namespace Fidelity.Portal.Importing;

/// <summary>Imports that are still to be checked, sent or settled; and, stored at upload, their files and what the dry run found.</summary>
sealed class ImportsTable(ServiceSchema schema, NpgsqlDataSource database) : IProjection
{
    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.imports (id uuid primary key, received_at timestamptz not null, waits_for text);
        create table if not exists {schema}.import_files (
            import_id uuid not null, number integer not null, name text not null, content bytea not null, primary key (import_id, number));
        create table if not exists {schema}.import_findings (
            import_id uuid not null, number integer not null, file text not null, line integer not null, column_name text, code text not null,
            message text not null, primary key (import_id, number));
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
        await using var transaction = await connection.BeginTransactionAsync(stopping);
        for (var number = 0; number < files.Count; number++)
        {
            await connection.ExecuteAsync(
                $"insert into {schema.Name}.import_files (import_id, number, name, content) values (@import, @number, @name, @content)",
                new { import, number, name = files[number].Name, content = files[number].Content.ToArray() }, transaction);
        }

        await transaction.CommitAsync(stopping);
    }

    public async Task<IReadOnlyList<UploadedFile>> Files(Guid import, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var files = await connection.QueryAsync<(string Name, byte[] Content)>(
            $"select name, content from {schema.Name}.import_files where import_id = @import order by number", new { import });
        return [.. files.Select(file => new UploadedFile(file.Name, file.Content))];
    }

    public async Task Store(Guid import, IReadOnlyList<Finding> findings, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await using var transaction = await connection.BeginTransactionAsync(stopping);
        await connection.ExecuteAsync($"delete from {schema.Name}.import_findings where import_id = @import", new { import }, transaction);
        await connection.ExecuteAsync(
            $"""
            insert into {schema.Name}.import_findings (import_id, number, file, line, column_name, code, message)
            select @import, * from unnest(@numbers, @files, @lines, @columns, @codes, @messages)
            """,
            new
            {
                import,
                numbers = Enumerable.Range(0, findings.Count).ToArray(),
                files = findings.Select(finding => finding.File).ToArray(),
                lines = findings.Select(finding => finding.Line).ToArray(),
                columns = findings.Select(finding => finding.Column).ToArray(),
                codes = findings.Select(finding => finding.Code).ToArray(),
                messages = findings.Select(finding => finding.Message).ToArray(),
            }, transaction);
        await transaction.CommitAsync(stopping);
    }

    public async Task<IReadOnlyList<Finding>> Findings(Guid import, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var findings = await connection.QueryAsync<(string File, int Line, string? Column, string Code, string Message)>(
            $"select file, line, column_name, code, message from {schema.Name}.import_findings where import_id = @import order by number",
            new { import });
        return [.. findings.Select(finding => new Finding(finding.File, finding.Line, finding.Column, finding.Code, finding.Message))];
    }

    /// <summary>A row that has waited for a day is shown as refused, as <see cref="SubmissionConcluded.Shown"/> says it.</summary>
    const string ShownState = "case when state = 'waiting' and concluded_at < now() - interval '24 hours' then 'refused' else state end";

    /// <summary>How many of an import's submissions are in each state.</summary>
    public async Task<IReadOnlyDictionary<string, int>> States(Guid import, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var states = await connection.QueryAsync<(string State, int Count)>(
            $"select {ShownState}, count(*)::int from {schema.Name}.submissions where import_id = @import group by 1", new { import });
        return states.ToDictionary(state => state.State, state => state.Count, StringComparer.Ordinal);
    }

    /// <summary>What the owners refused of an import's rows.</summary>
    public async Task<IReadOnlyList<Finding>> Refusals(Guid import, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var refusals = await connection.QueryAsync<(string File, int Line, string? Field, string Code, string Message)>(
            $"""
            select file, line, cause ->> 'field', cause ->> 'code', cause ->> 'message'
            from {schema.Name}.submissions cross join lateral jsonb_array_elements(causes) as cause
            where import_id = @import and {ShownState} = @refused order by file, line
            """, new { import, refused = Codes.Of(SubmissionOutcome.Refused) });
        return [.. refusals.Select(refusal => new Finding(refusal.File, refusal.Line, refusal.Field, refusal.Code, refusal.Message))];
    }
}
