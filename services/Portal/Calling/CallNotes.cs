using System.Text.Json.Serialization;
using Dapper;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Calling;

/// <summary>When a family is best called.</summary>
[JsonConverter(typeof(CodeJsonConverter<TimeOfDay>))]
public enum TimeOfDay
{
    /// <summary>Until noon.</summary>
    Morning,

    /// <summary>From noon to five.</summary>
    Afternoon,

    /// <summary>From five.</summary>
    Evening,
}

/// <summary>What whoever calls a family should know.</summary>
/// <param name="CallBackAt">When the family asked to be called, on the clocks there.</param>
/// <param name="Language">The language to speak, a BCP 47 tag.</param>
/// <param name="Interpreter">Whether an interpreter is to be booked.</param>
/// <param name="Best">When the family is best called.</param>
public sealed record CallNote(DateTime? CallBackAt, string? Language, bool Interpreter, TimeOfDay? Best)
{
    public static CallNote None { get; } = new(null, null, Interpreter: false, null);
}

/// <summary>Keeps the notes on calling a family. No note has free text: it would come to hold names and numbers.</summary>
sealed class CallNotes(NpgsqlDataSource database, ServiceSchema schema)
{
    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.call_notes (
            programme text not null,
            case_id text not null,
            call_back_at timestamp,
            language text,
            interpreter boolean not null default false,
            best text,
            primary key (programme, case_id));
        """);

    /// <summary>Null when nothing is noted.</summary>
    public async Task<CallNote?> Of(string programme, string caseId, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var rows = await connection.QueryAsync<(DateTime? CallBackAt, string? Language, bool Interpreter, string? Best)>(
            $"select call_back_at, language, interpreter, best from {schema.Name}.call_notes where programme = @programme and case_id = @caseId", new { programme, caseId });
        return rows.Select(row => new CallNote(
            row.CallBackAt, row.Language, row.Interpreter, Codes.TryParse<TimeOfDay>(row.Best, out var best) ? best : null)).SingleOrDefault();
    }

    /// <summary>Notes when to call back; null: there is nothing to wait for.</summary>
    public Task CallBack(string programme, string caseId, DateTime? at, CancellationToken stopping) => Execute(
        $"""
        insert into {schema.Name}.call_notes (programme, case_id, call_back_at) values (@programme, @caseId, @at)
        on conflict (programme, case_id) do update set call_back_at = excluded.call_back_at
        """, new { programme, caseId, at }, stopping);

    /// <summary>Notes how the family is best called.</summary>
    public Task Keep(string programme, string caseId, string? language, bool interpreter, TimeOfDay? best, CancellationToken stopping) => Execute(
        $"""
        insert into {schema.Name}.call_notes (programme, case_id, language, interpreter, best) values (@programme, @caseId, @language, @interpreter, @best)
        on conflict (programme, case_id) do update set language = excluded.language, interpreter = excluded.interpreter, best = excluded.best
        """, new { programme, caseId, language, interpreter, best = best is { } time ? Codes.Of(time) : null }, stopping);

    async Task Execute(string sql, object values, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync(sql, values);
    }
}
