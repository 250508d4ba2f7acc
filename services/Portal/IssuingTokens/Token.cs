using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Npgsql;

namespace Fidelity.Portal.IssuingTokens;

/// <summary>A token of a program, as it is kept: what it says is not known here, only its hash.</summary>
/// <param name="Name">The program it was made for.</param>
/// <param name="Purposes">Codes of what it may be used for, with commas between.</param>
/// <param name="Programme">Where; null for every programme.</param>
/// <param name="Until">The moment at which it ceases to work.</param>
/// <param name="Revoked">Whether it was ended before that.</param>
sealed record Token(Guid Id, string Name, string Purposes, string? Programme, string MadeBy, DateTime Until, bool Revoked);

/// <summary>A token that somebody wants to be made.</summary>
/// <param name="Name">The program that it is for.</param>
/// <param name="Purposes">Codes of what it may be used for.</param>
/// <param name="Programme">Where; null for every programme.</param>
/// <param name="Days">For how long.</param>
sealed record TokenRequest(string? Name, IReadOnlyList<string> Purposes, string? Programme, int Days);

/// <summary>Makes tokens, knows them again, and revokes them.</summary>
sealed class Tokens
{
    /// <summary>For how long a token works at most, in days.</summary>
    public const int MostDays = 366;

    public const int LongestName = 60;

    /// <summary>What programs may do.</summary>
    public static readonly IReadOnlyList<Purpose> Purposes = [Purpose.SubmitRecords, Purpose.FollowTeam, Purpose.SeeCases, Purpose.SeeScores, Purpose.Subscribe];

    /// <summary>Whoever asks with the installation's own token.</summary>
    public static Visitor Installation { get; } = new("the installation's token", null, [], [], new(Purposes, null));

    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.tokens (
            id uuid primary key,
            name text not null,
            hash bytea not null unique,
            purposes text not null,
            programme text,
            made_by text not null,
            until timestamptz not null,
            revoked boolean not null default false);
        """);

    /// <summary>Makes it easy to find one that went where it should not.</summary>
    const string Prefix = "fidelity_";

    const int Bytes = 32;

    readonly NpgsqlDataSource database;
    readonly ServiceSchema schema;
    readonly TimeProvider clock;

    /// <summary>The hash of the installation's own token, which lies in a file as its secret does; null where there is none.</summary>
    readonly byte[]? installation;

    public Tokens(NpgsqlDataSource database, ServiceSchema schema, TimeProvider clock, IConfiguration configuration)
    {
        (this.database, this.schema, this.clock) = (database, schema, clock);
        if (configuration["FIDELITY_TOKEN_FILE"] is { Length: > 0 } file)
            installation = Hash(File.ReadAllText(file).Trim());
    }

    static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    public async Task<Visitor?> Find(string token, CancellationToken stopping)
    {
        var hash = Hash(token);
        if (installation is not null && CryptographicOperations.FixedTimeEquals(hash, installation))
            return Installation;
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.QuerySingleOrDefaultAsync<(string Name, string Purposes, string? Programme)?>(
            $"select name, purposes, programme from {schema.Name}.tokens where hash = @hash and not revoked and until > @now",
            new { hash, now = clock.GetUtcNow() }) is not { } known
            ? null
            : new(known.Name, null, [], [], new([.. known.Purposes.Split(',').Select(Parse)], known.Programme));
    }

    public async Task<IReadOnlyList<Token>> Of(Reach reach, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var tokens = await connection.QueryAsync<Token>(
            $"""
            select id as "Id", name as "Name", purposes as "Purposes", programme as "Programme", made_by as "MadeBy", until as "Until", revoked as "Revoked"
            from {schema.Name}.tokens order by revoked, lower(name), until
            """);
        return [.. tokens.Where(token => reach.CoversAllOf(token.Programme))];
    }

    /// <summary>A new token, or the code of what is wrong. The token is shown once: kept is its hash.</summary>
    public async Task<(string? Token, string? Fault)> Make(TokenRequest asked, Reach giver, string madeBy, CancellationToken stopping)
    {
        var name = asked.Name?.Trim() ?? "";
        var purposes = Purposes.Where(purpose => asked.Purposes.Contains(Codes.Of(purpose), StringComparer.Ordinal)).ToList();
        var fault = name.Length == 0 ? "missing"
            : name.Length > LongestName ? "too_large"
            : PersonalIdentityNumber.IsIn(name) ? "personal_identity_number"
            : purposes.Count == 0 || purposes.Count < asked.Purposes.Count ? "no_purpose"
            : asked.Days is < 1 or > MostDays ? "bad_days"
            : asked.Programme is not null && Programme.Fault(asked.Programme) is { } bad ? bad.Code
            : giver.Purpose != Purpose.GiveAccess || !giver.CoversAllOf(asked.Programme) ? "not_yours"
            : null;
        if (fault is not null)
            return (null, fault);
        var token = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync(
            $"""
            insert into {schema.Name}.tokens (id, name, hash, purposes, programme, made_by, until)
            values (@id, @name, @hash, @purposes, @programme, @madeBy, @until)
            """,
            new
            {
                id = Guid.CreateVersion7(clock.GetUtcNow()), name, hash = Hash(token), purposes = string.Join(',', purposes.Select(Codes.Of)),
                programme = asked.Programme, madeBy, until = clock.GetUtcNow().AddDays(asked.Days),
            });
        return (token, null);
    }

    /// <summary>Ends a token at once. One that is not within reach stays as it is.</summary>
    public async Task<bool> Revoke(Guid id, Reach reach, CancellationToken stopping)
    {
        if ((await Of(reach, stopping)).All(token => token.Id != id))
            return false;
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteAsync($"update {schema.Name}.tokens set revoked = true where id = @id and not revoked", new { id }) == 1;
    }

    static Purpose Parse(string code) => Codes.TryParse<Purpose>(code, out var purpose)
        ? purpose
        : throw new InvalidOperationException($"'{code}' is no purpose that this version knows.");
}
