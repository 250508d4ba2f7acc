using Dapper;
using Fidelity.Portal.Access;
using Fidelity.Portal.Figures;
using Fidelity.ServiceDefaults;
using JasperFx.Events;
using Marten;
using Npgsql;

namespace Fidelity.Portal.SamplingAccess;

/// <summary>A sample as the list has it.</summary>
/// <param name="Month">Such as 2026-09.</param>
/// <param name="Judged">How many of its entries somebody has judged.</param>
sealed record SampleLine(string Month, string? Programme, DateTime DrawnAt, int Entries, int Judged, DateTime? ClosedAt);

/// <summary>Every sample of the access log, for lists of them. What is decided is decided from the streams.</summary>
sealed class SamplesTable(ServiceSchema schema, NpgsqlDataSource database) : IReadModel
{
    public static IReadOnlyList<Type> Events => [typeof(LogSampleDrawn), typeof(LogEntryJudged), typeof(LogSampleClosed)];

    public static ReadTable Table { get; } = new("""
        create table if not exists {schema}.samples (
            id text primary key, month text not null, programme text, drawn_at timestamptz not null, entries int not null,
            judged bigint[] not null default '{}', closed_at timestamptz);
        """);

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var recorded in events)
        {
            if (recorded.Data is LogSampleDrawn drawn)
                operations.QueueSqlCommand(
                    $"insert into {schema.Name}.samples (id, month, programme, drawn_at, entries) values (?, ?, nullif(?, ''), ?, ?) on conflict (id) do nothing",
                    recorded.StreamKey!, Dates.MachineMonth(drawn.Month), drawn.Programme ?? "", drawn.At, drawn.Entries.Count);
            else if (recorded.Data is LogEntryJudged judged)
                operations.QueueSqlCommand(
                    $"update {schema.Name}.samples set judged = array_append(array_remove(judged, ?), ?) where id = ?", judged.Number, judged.Number, recorded.StreamKey!);
            else if (recorded.Data is LogSampleClosed closed)
                operations.QueueSqlCommand($"update {schema.Name}.samples set closed_at = ? where id = ?", closed.At, recorded.StreamKey!);
        }

        return Task.CompletedTask;
    }

    /// <summary>The samples that are open to somebody, the newest month first; of what was done in no programme, only to who sees all of them.</summary>
    public async Task<IReadOnlyList<SampleLine>> Within(Reach reach, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return
        [
            .. await connection.QueryAsync<SampleLine>(
                $"""
                select month, programme, drawn_at as DrawnAt, entries, cardinality(judged) as Judged, closed_at as ClosedAt from {schema.Name}.samples sample
                where {Reach.Sql("sample.programme", "null")}
                order by month desc, programme nulls last
                """, new { reach.Programmes, reach.Teams, reach.Therapists }),
        ];
    }
}
