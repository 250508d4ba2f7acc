using Fidelity.Portal.Demonstrating;
using Fidelity.Portal.LoggingAccess;
using Fidelity.Validation;
using Microsoft.AspNetCore.Identity;

namespace Fidelity.Portal.SigningIn;

/// <summary>Signs people in by name and password, and takes the password that they choose.</summary>
sealed class Passwords(UserManager<Account> accounts, SignInManager<Account> session, Demonstration demonstration, IPasswordHasher<Account> hasher)
{
    public const int ShortestPassword = 12;
    public const int LongestPassword = 200;
    public const int ShortestName = 3;
    public const int LongestName = 64;
    public const int FewestCharacters = 5;
    public const int MostAttempts = 5;
    public static readonly TimeSpan Lockout = TimeSpan.FromMinutes(15);

    static readonly Account Nobody = new() { Id = Guid.Empty, Holder = "" };
    static readonly Lazy<string> NobodysPassword = new(() => new PasswordHasher<Account>().HashPassword(Nobody, Guid.CreateVersion7().ToString()));

    /// <summary>
    /// False when the name or the password is wrong, and when the account is locked, closed or not taken up yet: the answer is the
    /// same, and so is the time it takes, a password being checked in any case.
    /// </summary>
    public async Task<bool> SignIn(string? name, string? password)
    {
        var account = string.IsNullOrEmpty(name) || name.Contains('\0', StringComparison.Ordinal) ? null : await accounts.FindByNameAsync(name);
        if (account?.PasswordHash is null || account.ClosedAt is not null || !demonstration.Opens(account) || await accounts.IsLockedOutAsync(account)
            || password is null or { Length: > LongestPassword })
        {
            hasher.VerifyHashedPassword(Nobody, NobodysPassword.Value, password is { Length: <= LongestPassword } ? password : "");
            return await Failed(account);
        }

        if (!(await session.CheckPasswordSignInAsync(account, password, lockoutOnFailure: true)).Succeeded)
            return await Failed(account);
        await session.SignInAsync(account, isPersistent: false);
        return true;
    }

    /// <summary>A name that is no account's is not logged: it may be a password in the wrong field.</summary>
    async Task<bool> Failed(Account? account)
    {
        await session.Context.Log(Deed.FailedSignIn, account?.ShownName);
        return false;
    }

    /// <summary>
    /// Gives an account the name and the password that its holder chose, ends its other sessions, and signs in. Codes of what is
    /// wrong otherwise.
    /// </summary>
    /// <param name="allow">Asked last: why it is not for whoever asks to choose, or null.</param>
    public async Task<IReadOnlyList<string>> Choose(Account account, string? name, string? password, Func<Task<string?>> allow)
    {
        List<string> faults = [.. PasswordFaults(name, password)];
        account.Name ??= name?.Trim();
        faults.AddRange(await Faults(account, password ?? ""));
        if (faults.Count > 0)
            return [.. faults.Distinct(StringComparer.Ordinal)];
        if (await allow() is { } refusal)
            return [refusal];
        account.PasswordHash = hasher.HashPassword(account, password!);
        account.LockedUntil = null;
        await accounts.ResetAccessFailedCountAsync(account);
        var updated = await accounts.UpdateSecurityStampAsync(account);
        if (!updated.Succeeded)
            return [.. updated.Errors.Select(error => error.Code)];
        await session.SignInAsync(account, isPersistent: false);
        return [];
    }

    /// <summary>Whether it is the account's password; a wrong one counts as at the door.</summary>
    public async Task<bool> IsRight(Account account, string? password) =>
        password is { Length: > 0 and <= LongestPassword } && (await session.CheckPasswordSignInAsync(account, password, lockoutOnFailure: true)).Succeeded;

    static IEnumerable<string> PasswordFaults(string? name, string? password)
    {
        if (password is { Length: > LongestPassword })
            yield return "PasswordTooLong";
        if (!string.IsNullOrWhiteSpace(name) && password?.Contains(name.Trim(), StringComparison.OrdinalIgnoreCase) is true)
            yield return "PasswordHoldsName";
        if (name?.Trim().Length is < ShortestName or > LongestName)
            yield return nameof(IdentityErrorDescriber.InvalidUserName);
        if (PersonalIdentityNumber.IsIn(name))
            yield return "PersonalIdentityNumber";
    }

    /// <summary>What Identity's own rules find.</summary>
    async Task<IEnumerable<string>> Faults(Account account, string password)
    {
        var found = new List<IdentityResult>();
        foreach (var rule in accounts.UserValidators)
            found.Add(await rule.ValidateAsync(accounts, account));
        foreach (var rule in accounts.PasswordValidators)
            found.Add(await rule.ValidateAsync(accounts, account, password));
        return found.SelectMany(result => result.Errors).Select(error => error.Code);
    }
}
