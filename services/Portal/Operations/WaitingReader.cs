using Dapper;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Operations;

/// <summary>Counts the submissions that wait for a missing fact.</summary>
sealed class WaitingReader(NpgsqlDataSource database, ServiceSchema schema)
{
    static readonly string State = Codes.Of(SubmissionOutcome.Waiting);

    public async Task<WaitingSubmissions> Read(DateTimeOffset now, CancellationToken stopping)
    {
        var overdue = now - Submission.LongestWait;
        await using var connection = await database.OpenConnectionAsync(stopping);
        var total = await connection.QuerySingleAsync<(int Number, int Overdue, DateTime? Oldest)>(
            $"""
            select count(*)::int, count(*) filter (where concluded_at < @overdue)::int, min(concluded_at)
            from {schema.Name}.submissions where state = '{State}'
            """, new { overdue });
        if (total.Number == 0)
            return new(0, 0, null, []);
        var facts = await connection.QueryAsync<(string Code, string? Field, int Number, int Overdue, DateTime Oldest)>(
            $"""
            select cause ->> 'code', cause ->> 'field', count(*)::int, count(*) filter (where concluded_at < @overdue)::int, min(concluded_at)
            from {schema.Name}.submissions cross join jsonb_array_elements(causes) as cause
            where state = '{State}'
            group by 1, 2 order by 3 desc, 1, 2
            """, new { overdue });
        return new(
            total.Number, total.Overdue, total.Oldest is { } oldest ? new DateTimeOffset(oldest, TimeSpan.Zero) : null,
            [.. facts.Select(fact => new MissingFact(fact.Code, fact.Field, fact.Number, fact.Overdue, new DateTimeOffset(fact.Oldest, TimeSpan.Zero)))]);
    }
}
