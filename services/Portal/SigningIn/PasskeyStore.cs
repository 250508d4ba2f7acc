using Dapper;
using Fidelity.ServiceDefaults;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace Fidelity.Portal.SigningIn;

/// <summary>Keeps the public halves of passkeys, for ASP.NET Core Identity.</summary>
sealed class PasskeyStore(NpgsqlDataSource database, ServiceSchema schema)
{
    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.passkeys (
            id bytea primary key,
            account uuid not null,
            name text,
            made_at timestamptz not null,
            public_key bytea not null,
            sign_count bigint not null,
            transports text,
            verified boolean not null,
            backup_eligible boolean not null,
            backed_up boolean not null,
            attestation bytea not null,
            client_data bytea not null);
        create index if not exists passkeys_of_account on {schema}.passkeys (account);
        """);

    public async Task Keep(Guid account, UserPasskeyInfo passkey)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            $"""
            insert into {schema.Name}.passkeys values (@CredentialId, @account, @Name, @CreatedAt, @PublicKey, @signCount, @transports, @IsUserVerified,
                @IsBackupEligible, @IsBackedUp, @AttestationObject, @ClientDataJson)
            on conflict (id) do update set name = excluded.name, sign_count = excluded.sign_count, verified = excluded.verified, backed_up = excluded.backed_up
            where passkeys.account = excluded.account
            """,
            new
            {
                passkey.CredentialId, account, passkey.Name, CreatedAt = passkey.CreatedAt.ToUniversalTime(), passkey.PublicKey, signCount = (long)passkey.SignCount,
                transports = passkey.Transports is null ? null : string.Join(',', passkey.Transports), passkey.IsUserVerified, passkey.IsBackupEligible,
                passkey.IsBackedUp, passkey.AttestationObject, passkey.ClientDataJson,
            });
    }

    public async Task<IList<UserPasskeyInfo>> Of(Guid account)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = await connection.QueryAsync<Row>(
            $"""
            select id as "Id", name as "Name", made_at as "MadeAt", public_key as "PublicKey", sign_count as "SignCount", transports as "Transports",
                verified as "Verified", backup_eligible as "BackupEligible", backed_up as "BackedUp", attestation as "Attestation", client_data as "ClientData"
            from {schema.Name}.passkeys where account = @account order by made_at
            """, new { account });
        return [.. rows.Select(row => row.Passkey)];
    }

    public async Task<Guid?> AccountOf(byte[] id)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<Guid?>($"select account from {schema.Name}.passkeys where id = @id", new { id });
    }

    public async Task Remove(Guid account, byte[] id)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync($"delete from {schema.Name}.passkeys where id = @id and account = @account", new { id, account });
    }

    sealed record Row(
        byte[] Id, string? Name, DateTime MadeAt, byte[] PublicKey, long SignCount, string? Transports, bool Verified, bool BackupEligible, bool BackedUp,
        byte[] Attestation, byte[] ClientData)
    {
        public UserPasskeyInfo Passkey => new(
            Id, PublicKey, new DateTimeOffset(MadeAt, TimeSpan.Zero), checked((uint)SignCount), Transports?.Split(','), Verified, BackupEligible, BackedUp,
            Attestation, ClientData) { Name = Name };
    }
}
