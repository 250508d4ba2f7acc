using System.Security.Cryptography;
using Dapper;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.LoggingAccess;

/// <summary>
/// What stands for a case in the access log and in addresses: a random key, so that neither tells of a family, and the log may outlive
/// the case. When a case is erased its key goes from here, and nobody can say any more whose the entries and the address were.
/// </summary>
sealed class CaseKeys(NpgsqlDataSource database, ServiceSchema schema)
{
    const int Bytes = 16;

    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.case_keys (programme text not null, case_id text not null, key text not null, primary key (programme, case_id));
        create unique index if not exists case_keys_by_key on {schema}.case_keys (key);
        """);

    /// <summary>The key of a case, made when it is asked for first. Of several who ask first at once, all get the one that was stored.</summary>
    public async Task<string> Of(string programme, string caseId, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return (await connection.ExecuteScalarAsync<string>(
            $"""
            insert into {schema.Name}.case_keys as known (programme, case_id, key) values (@programme, @caseId, @key)
            on conflict (programme, case_id) do update set key = known.key returning key
            """, new { programme, caseId, key = NewKey() }))!;
    }

    /// <summary>The keys of many cases, by case.</summary>
    public async Task<IReadOnlyDictionary<string, string>> Of(string programme, IReadOnlyCollection<string> cases, CancellationToken stopping)
    {
        var values = new { programme, cases = cases.ToArray(), keys = cases.Select(_ => NewKey()).ToArray() };
        await using var connection = await database.OpenConnectionAsync(stopping);
        // Two statements: the second sees what others have stored while the first met it.
        await connection.ExecuteAsync(
            $"""
            insert into {schema.Name}.case_keys (programme, case_id, key)
            select @programme, case_id, key from unnest(@cases, @keys) as new (case_id, key) on conflict (programme, case_id) do nothing
            """, values);
        return (await connection.QueryAsync<(string Case, string Key)>(
                $"select case_id, key from {schema.Name}.case_keys where programme = @programme and case_id = any (@cases)", values))
            .ToDictionary(known => known.Case, known => known.Key, StringComparer.Ordinal);
    }

    /// <summary>The case that a key stands for; null when it stands for none.</summary>
    public async Task<string?> CaseOf(string programme, string key, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteScalarAsync<string?>(
            $"select case_id from {schema.Name}.case_keys where programme = @programme and key = @key", new { programme, key });
    }

    /// <summary>Forgets whose a key is.</summary>
    public async Task Delete(string programme, string caseId, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync($"delete from {schema.Name}.case_keys where programme = @programme and case_id = @caseId", new { programme, caseId });
    }

    static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
}
