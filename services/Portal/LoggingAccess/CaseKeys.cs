using System.Security.Cryptography;
using Dapper;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.LoggingAccess;

/// <summary>
/// What stands for a case in the access log: a random key, so that the log, which outlives the case, tells of no family. When a case is
/// erased its key goes from here, and nobody can say any more whose the entries under it are.
/// </summary>
sealed class CaseKeys(NpgsqlDataSource database, ServiceSchema schema)
{
    const int Bytes = 16;

    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.case_keys (programme text not null, case_id text not null, key text not null, primary key (programme, case_id));
        """);

    /// <summary>The key of a case, made when it is asked for first. Of several who ask first at once, all get the one that was stored.</summary>
    public async Task<string> Of(string programme, string caseId, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return (await connection.ExecuteScalarAsync<string>(
            $"""
            insert into {schema.Name}.case_keys as known (programme, case_id, key) values (@programme, @caseId, @key)
            on conflict (programme, case_id) do update set key = known.key returning key
            """, new { programme, caseId, key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes)) }))!;
    }

    /// <summary>Forgets whose a key is.</summary>
    public async Task Delete(string programme, string caseId, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync($"delete from {schema.Name}.case_keys where programme = @programme and case_id = @caseId", new { programme, caseId });
    }
}
