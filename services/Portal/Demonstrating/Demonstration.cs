using Fidelity.Portal.Access;
using Fidelity.Portal.Granting;
using Fidelity.Portal.SigningIn;
using Fidelity.ServiceDefaults;
using Microsoft.AspNetCore.Identity;

namespace Fidelity.Portal.Demonstrating;

/// <summary>An account that everybody may try.</summary>
/// <param name="Name">Its name; there is one for each role.</param>
/// <param name="StaffId">The person of the demo programme who it is; null for a role that no post gives.</param>
/// <param name="Granted">The role it is granted in the demo programme, where it comes from no post.</param>
sealed record DemoAccount(string Name, string? StaffId, Role? Granted);

/// <summary>
/// Whether this installation is a demonstration (FIDELITY_DEMO). In one there is an account for each role, with a password that its
/// sign-in page shows. They belong to the demo programme, and no grant can take them out of it.
/// </summary>
sealed class Demonstration(IConfiguration configuration)
{
    public const string Programme = "demo";
    public const string Password = "fidelity-demo";

    public static readonly IReadOnlyList<DemoAccount> Accounts =
    [
        new("interviewer", "v-q6ftg", null),
        new("therapist", "t-5c9br", null),
        new("supervisor", "s-s8nk5", null),
        new("consultant", "k-gzsp6", Role.Consultant),
        new("director", null, Role.ProgrammeDirector),
        new("administrator", null, Role.Administrator),
        new("auditor", null, Role.Auditor),
    ];

    public bool IsOn { get; } = configuration["FIDELITY_DEMO"] is "1";

    /// <summary>Whether somebody may come in with the account. Those with a public password are shut where this is none.</summary>
    public bool Opens(Account account) => account.ClosedAt is null && (IsOn || !account.IsDemo);
}

/// <summary>Makes the accounts of a demonstration, and the grants of the roles that no post gives.</summary>
sealed class MakingDemoAccounts(
    Demonstration demonstration, AccountStore accounts, IPasswordHasher<Account> hasher, ILookupNormalizer normalizer, InstallationKeys keys,
    GrantWriter grants, BusinessCalendar calendar) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!demonstration.IsOn)
            return;
        foreach (var demo in Demonstration.Accounts)
        {
            var id = keys.Id("demo account", demo.Name);
            if (await accounts.FindByIdAsync(id.ToString(), stoppingToken) is not { } account)
            {
                account = new Account
                {
                    Id = id, Holder = $"Demo: {demo.Name}", Programme = Demonstration.Programme, StaffId = demo.StaffId, Name = demo.Name,
                    NormalizedName = normalizer.NormalizeName(demo.Name), SecurityStamp = Guid.CreateVersion7().ToString(), IsDemo = true,
                };
                account.PasswordHash = hasher.HashPassword(account, Demonstration.Password);
                await accounts.CreateAsync(account, stoppingToken);
            }

            if (demo.Granted is { } role)
                await Grant(account, demo.Name, role, stoppingToken);
        }
    }

    /// <summary>For this year and the next, once.</summary>
    async Task Grant(Account account, string name, Role role, CancellationToken stopping)
    {
        var year = calendar.Today.Year;
        await grants.Give(
            account,
            new(keys.Id("demo grant", name, FormattableString.Invariant($"{year}")), role, Demonstration.Programme, null, "Demonstration", new(year, 1, 1),
                new(year + 1, 12, 31), "Fidelity"),
            Policy.Installation, stopping);
    }
}
