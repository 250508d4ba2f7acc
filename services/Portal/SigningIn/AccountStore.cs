using Dapper;
using Fidelity.ServiceDefaults;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace Fidelity.Portal.SigningIn;

/// <summary>Keeps accounts for ASP.NET Core Identity, in a table of the portal's.</summary>
sealed class AccountStore(NpgsqlDataSource database, ServiceSchema schema, PasskeyStore passkeys)
    : IUserPasswordStore<Account>, IUserSecurityStampStore<Account>, IUserLockoutStore<Account>, IUserPasskeyStore<Account>
{
    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.accounts (
            id uuid primary key,
            holder text not null,
            programme text,
            staff_id text,
            name text,
            normalized_name text unique,
            password_hash text,
            security_stamp text not null,
            failed_attempts integer not null default 0,
            locked_until timestamptz,
            invitation bytea unique,
            invited_until timestamptz,
            closed_at timestamptz,
            is_demo boolean not null,
            check (staff_id is null or programme is not null));
        create unique index if not exists accounts_of_staff on {schema}.accounts (programme, staff_id) where closed_at is null;
        """);

    const string Columns =
        """
        id as "Id", holder as "Holder", programme as "Programme", staff_id as "StaffId", name as "Name", normalized_name as "NormalizedName",
        password_hash as "PasswordHash", security_stamp as "SecurityStamp", failed_attempts as "FailedAttempts", locked_until as "LockedUntil",
        invited_until as "InvitedUntil", closed_at as "ClosedAt", is_demo as "IsDemo"
        """;

    public Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Find("id = @id", new { id = Guid.Parse(userId) }, cancellationToken);

    public Task<Account?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        Find("normalized_name = @normalizedUserName", new { normalizedUserName }, cancellationToken);

    public Task<Account?> FindByStaff(string programme, string staff, CancellationToken cancellationToken) =>
        Find("programme = @programme and staff_id = @staff and closed_at is null", new { programme, staff }, cancellationToken);

    /// <summary>The account that a one-time link was made for; null when it is used up, replaced or too old.</summary>
    public Task<Account?> FindByInvitation(byte[] invitation, DateTimeOffset now, CancellationToken cancellationToken) =>
        Find("invitation = @invitation and invited_until > @now and closed_at is null", new { invitation, now }, cancellationToken);

    public async Task<IReadOnlyList<Account>> All(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<Account>($"select {Columns} from {schema.Name}.accounts order by closed_at is not null, lower(holder), id")).AsList();
    }

    async Task<Account?> Find(string condition, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<Account>($"select {Columns} from {schema.Name}.accounts where {condition}", parameters);
    }

    public async Task<IdentityResult> CreateAsync(Account user, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            await connection.ExecuteAsync(
                $"""
                insert into {schema.Name}.accounts (id, holder, programme, staff_id, name, normalized_name, password_hash, security_stamp, is_demo)
                values (@Id, @Holder, @Programme, @StaffId, @Name, @NormalizedName, @PasswordHash, @SecurityStamp, @IsDemo)
                """, user);
            return IdentityResult.Success;
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return IdentityResult.Failed(new IdentityError { Code = nameof(IdentityErrorDescriber.DuplicateUserName) });
        }
    }

    /// <summary>Everything but the number of failed attempts, which is counted where it cannot be lost.</summary>
    public async Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            await connection.ExecuteAsync(
                $"""
                update {schema.Name}.accounts set name = @Name, normalized_name = @NormalizedName, password_hash = @PasswordHash,
                    security_stamp = @SecurityStamp, locked_until = @LockedUntil, closed_at = @ClosedAt
                where id = @Id
                """, user);
            return IdentityResult.Success;
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return IdentityResult.Failed(new IdentityError { Code = nameof(IdentityErrorDescriber.DuplicateUserName) });
        }
    }

    /// <summary>Makes a one-time link work, in the place of any before it.</summary>
    public async Task Invite(Guid account, byte[] invitation, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            $"update {schema.Name}.accounts set invitation = @invitation, invited_until = @until where id = @account", new { account, invitation, until });
    }

    /// <summary>Uses a one-time link up. True for one of any that try it.</summary>
    public async Task<bool> UseUp(byte[] invitation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(
            $"""
            update {schema.Name}.accounts set invitation = null, invited_until = null
            where invitation = @invitation and invited_until > @now and closed_at is null
            """, new { invitation, now }) == 1;
    }

    public Task<IdentityResult> DeleteAsync(Account user, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Accounts are closed, never deleted: what was done with them stays attributable.");

    public Task<string> GetUserIdAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());

    public Task<string?> GetUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.Name);

    public Task SetUserNameAsync(Account user, string? userName, CancellationToken cancellationToken) => Set(() => user.Name = userName);

    public Task<string?> GetNormalizedUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.NormalizedName);

    public Task SetNormalizedUserNameAsync(Account user, string? normalizedName, CancellationToken cancellationToken) =>
        Set(() => user.NormalizedName = normalizedName);

    public Task<string?> GetPasswordHashAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);

    public Task SetPasswordHashAsync(Account user, string? passwordHash, CancellationToken cancellationToken) => Set(() => user.PasswordHash = passwordHash);

    public Task<bool> HasPasswordAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash is not null);

    public Task<string?> GetSecurityStampAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.SecurityStamp);

    public Task SetSecurityStampAsync(Account user, string stamp, CancellationToken cancellationToken) => Set(() => user.SecurityStamp = stamp);

    public Task<DateTimeOffset?> GetLockoutEndDateAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.LockedUntil);

    public Task SetLockoutEndDateAsync(Account user, DateTimeOffset? lockoutEnd, CancellationToken cancellationToken) =>
        Set(() => user.LockedUntil = lockoutEnd?.ToUniversalTime());

    /// <summary>Counts in the table: of attempts made at once, each counts.</summary>
    public async Task<int> IncrementAccessFailedCountAsync(Account user, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return user.FailedAttempts = await connection.ExecuteScalarAsync<int>(
            $"update {schema.Name}.accounts set failed_attempts = failed_attempts + 1 where id = @Id returning failed_attempts", user);
    }

    public async Task ResetAccessFailedCountAsync(Account user, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync($"update {schema.Name}.accounts set failed_attempts = 0 where id = @Id", user);
        user.FailedAttempts = 0;
    }

    public Task<int> GetAccessFailedCountAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.FailedAttempts);

    public Task<bool> GetLockoutEnabledAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task SetLockoutEnabledAsync(Account user, bool enabled, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AddOrUpdatePasskeyAsync(Account user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => passkeys.Keep(user.Id, passkey);

    public Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Account user, CancellationToken cancellationToken) => passkeys.Of(user.Id);

    public async Task<Account?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await passkeys.AccountOf(credentialId) is { } account ? await FindByIdAsync(account.ToString(), cancellationToken) : null;

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) =>
        (await passkeys.Of(user.Id)).FirstOrDefault(passkey => passkey.CredentialId.AsSpan().SequenceEqual(credentialId));

    public Task RemovePasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) => passkeys.Remove(user.Id, credentialId);

    public void Dispose()
    {
        // Connections are the data source's.
    }

    static Task Set(Action set)
    {
        set();
        return Task.CompletedTask;
    }
}
