using System.Text.Json;
using Dapper;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Reviewing;

/// <summary>Names a review.</summary>
public readonly record struct ReviewName(string Programme, string TeamId, string Period);

/// <summary>One part of a review's text as it was saved last.</summary>
/// <param name="Part">Which: strengths, areas, a goal, or the follow-up of one.</param>
/// <param name="Version">How often it was saved; the first is 1.</param>
/// <param name="Content">What was written, by field; null when the part was taken out.</param>
/// <param name="By">Who saved it.</param>
/// <param name="At">When.</param>
public sealed record WrittenPart(string Part, int Version, IReadOnlyDictionary<string, string>? Content, string By, DateTime At)
{
    public string Of(string field) => Content?.GetValueOrDefault(field) ?? "";
}

/// <summary>
/// The texts of reviews while they are written. Several people write at once: each part has a version, who saves says which one they
/// saw, and what was there before stays. They are rows and no events, because what is written is said when it is signed.
/// </summary>
sealed class ReviewParts(NpgsqlDataSource database, ServiceSchema schema, TimeProvider clock)
{
    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.review_parts (
            programme text not null,
            team_id text not null,
            period text not null,
            part text not null,
            version integer not null,
            content jsonb,
            saved_by text not null,
            saved_at timestamptz not null,
            primary key (programme, team_id, period, part, version));
        """);

    /// <summary>The newest of each part, those that were taken out too.</summary>
    public async Task<IReadOnlyList<WrittenPart>> Read(ReviewName review, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return [.. (await connection.QueryAsync<(string Part, int Version, string? Content, string By, DateTime At)>(
            $"""
            select distinct on (part) part, version, content, saved_by, saved_at from {schema.Name}.review_parts
            where (programme, team_id, period) = (@Programme, @TeamId, @Period) order by part, version desc
            """, review)).Select(row => new WrittenPart(
                row.Part, row.Version, row.Content is null ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(row.Content), row.By, row.At))];
    }

    /// <summary>
    /// Saves a part over the version that was seen, 0 when there was none; false when somebody has saved another one since, and then
    /// nothing is saved.
    /// </summary>
    /// <param name="content">Null: the part is taken out.</param>
    public async Task<bool> Save(
        ReviewName review, string part, int seen, IReadOnlyDictionary<string, string>? content, string by, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteAsync(
            $"""
            insert into {schema.Name}.review_parts (programme, team_id, period, part, version, content, saved_by, saved_at)
            select @Programme, @TeamId, @Period, @part, @seen + 1, @content::jsonb, @by, @now
            where @seen = coalesce((select max(version) from {schema.Name}.review_parts
                where (programme, team_id, period, part) = (@Programme, @TeamId, @Period, @part)), 0)
            on conflict do nothing
            """,
            new
            {
                review.Programme, review.TeamId, review.Period, part, seen, by, now = clock.GetUtcNow().UtcDateTime,
                content = content is null ? null : JsonSerializer.Serialize(content),
            }) > 0;
    }
}
