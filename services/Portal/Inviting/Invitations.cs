using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Fidelity.Portal.Access;
using Fidelity.Portal.SigningIn;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Npgsql;

namespace Fidelity.Portal.Inviting;

/// <summary>
/// Opens accounts, and makes the link by which their holders take them up. The link works once, for some days; making another, for who
/// has forgotten the password as well, ends the one before.
/// </summary>
sealed class Invitations(AccountStore accounts, NpgsqlDataSource database, ServiceSchema schema, TimeProvider clock)
{
    public static readonly TimeSpan Lasts = TimeSpan.FromDays(7);

    public const int LongestHolder = 80;

    /// <summary>The code is no part of the path: paths go into telemetry.</summary>
    public const string Address = "/invitation";

    const int Bytes = 32;

    /// <summary>Opens an account, or says what is wrong: the field of the form, and a code for which the pages have words.</summary>
    public async Task<(Account? Account, GrantFault? Fault)> Open(string? holder, string? programme, string? staff, Reach giver, CancellationToken stopping)
    {
        (holder, staff) = (holder?.Trim() ?? "", string.IsNullOrWhiteSpace(staff) ? null : staff.Trim());
        if (holder.Length == 0)
            return (null, new("holder", "missing"));
        if (holder.Length > LongestHolder)
            return (null, new("holder", "too_large"));
        if (PersonalIdentityNumber.IsIn(holder))
            return (null, new("holder", "personal_identity_number"));
        if (programme is not null && Programme.Fault(programme) is { } bad)
            return (null, new("programme", bad.Code));
        if (giver.Purpose != Purpose.GiveAccess || !giver.CoversAllOf(programme))
            return (null, new("programme", "not_yours"));
        if (staff is not null && programme is null)
            return (null, new("programme", "needs_programme"));
        if (staff is not null && !await HasPost(programme!, staff, stopping))
            return (null, new("staff", "no_post"));
        var account = new Account
        {
            Id = Guid.CreateVersion7(), Holder = holder, Programme = programme, StaffId = staff,
            SecurityStamp = Convert.ToHexString(RandomNumberGenerator.GetBytes(Bytes)),
        };
        return (await accounts.CreateAsync(account, stopping)).Succeeded ? (account, null) : (null, new("staff", "has_account"));
    }

    /// <summary>The address of a new one-time link. It is shown once: kept is its hash.</summary>
    public async Task<string> Link(Guid account, CancellationToken stopping)
    {
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        await accounts.Invite(account, Hash(code), clock.GetUtcNow() + Lasts, stopping);
        return $"{Address}?code={code}";
    }

    /// <summary>Null when the link was used, replaced, or is too old, or never was.</summary>
    public Task<Account?> Find(string code, CancellationToken stopping) => accounts.FindByInvitation(Hash(code), clock.GetUtcNow(), stopping);

    public Task<bool> UseUp(string code, CancellationToken stopping) => accounts.UseUp(Hash(code), clock.GetUtcNow(), stopping);

    static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));

    async Task<bool> HasPost(string programme, string staff, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteScalarAsync<bool>(
            $"""
            select exists (select from {schema.Name}.facts
                where kind = 'team' and programme = @programme and data->'posts' @> jsonb_build_array(jsonb_build_object('staff', @staff::text)))
            """, new { programme, staff });
    }
}
