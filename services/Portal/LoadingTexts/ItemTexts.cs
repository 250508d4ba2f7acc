using System.Text.Json;
using Dapper;
using Fidelity.Portal.Access;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.LoadingTexts;

/// <summary>A loaded text pack, without its texts.</summary>
public sealed record LoadedTexts(string Programme, string Definition, string Language, string By, DateTime At);

/// <summary>
/// Keeps the licensed texts of items. They are shown on forms to whoever fills these in, and are nowhere else: in no log, export or
/// message.
/// </summary>
sealed class ItemTexts(NpgsqlDataSource database, ServiceSchema schema, TimeProvider clock)
{
    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.item_texts (
            programme text not null,
            definition text not null,
            language text not null,
            items jsonb not null,
            loaded_by text not null,
            loaded_at timestamptz not null,
            primary key (programme, definition, language));
        """);

    /// <summary>The texts of a definition in the first of the languages that there is a pack in; with it, which that is.</summary>
    public async Task<(string? Language, IReadOnlyList<ItemText> Items)> Of(
        string programme, string definition, IReadOnlyList<string> languages, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var (language, items) = await connection.QuerySingleOrDefaultAsync<(string?, string?)>(
            $"""
            select language, items from {schema.Name}.item_texts where programme = @programme and definition = @definition
            order by array_position(@languages, language) nulls last, language limit 1
            """, new { programme, definition, languages = languages.ToArray() });
        return (language, items is null ? [] : JsonSerializer.Deserialize<ItemText[]>(items)!);
    }

    /// <summary>The languages that there is a pack of a definition in.</summary>
    public async Task<IReadOnlyList<string>> Languages(string programme, string definition, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return (await connection.QueryAsync<string>(
            $"select language from {schema.Name}.item_texts where programme = @programme and definition = @definition order by language", new { programme, definition })).AsList();
    }

    /// <summary>Loads a pack in the place of the one that was there.</summary>
    public Task Load(string programme, string definition, string language, IReadOnlyList<ItemText> items, string by, CancellationToken stopping) => Execute(
        $"""
        insert into {schema.Name}.item_texts (programme, definition, language, items, loaded_by, loaded_at)
        values (@programme, @definition, @language, @items::jsonb, @by, @now)
        on conflict (programme, definition, language) do update
            set items = excluded.items, loaded_by = excluded.loaded_by, loaded_at = excluded.loaded_at
        """, new { programme, definition, language, items = JsonSerializer.Serialize(items), by, now = clock.GetUtcNow().UtcDateTime }, stopping);

    public Task Remove(string programme, string definition, string language, CancellationToken stopping) => Execute(
        $"delete from {schema.Name}.item_texts where programme = @programme and definition = @definition and language = @language",
        new { programme, definition, language }, stopping);

    public async Task<IReadOnlyList<LoadedTexts>> All(Reach reach, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return (await connection.QueryAsync<LoadedTexts>(
            $"""
            select programme, definition, language, loaded_by as "By", loaded_at as "At" from {schema.Name}.item_texts
            where {Reach.Sql("programme", "null")} order by programme, definition, language
            """, new { reach.Programmes, reach.Teams, reach.Therapists })).AsList();
    }

    async Task Execute(string sql, object values, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync(sql, values);
    }
}
