using System.Security.Claims;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Granting;
using Fidelity.ServiceDefaults;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Fidelity.Portal.SigningIn;

/// <summary>
/// People who sign in with their organisation's OpenID provider. Its claims say who they are in the roster of one programme, and what
/// else they may do there; which claims, and what they mean, is set from outside (<c>FIDELITY_OIDC_…</c>, deploy/adr/0007-access.md).
/// </summary>
sealed class Organisation(IConfiguration configuration)
{
    public const string Address = "/sign-in/organisation";

    const string Callback = Address + "/callback";

    /// <summary>Null where there is none.</summary>
    public string? Authority { get; } = configuration["FIDELITY_OIDC_AUTHORITY"] is { Length: > 0 } authority ? authority.TrimEnd('/') : null;

    /// <summary>What it is called on the sign-in page.</summary>
    public string Name { get; } = configuration["FIDELITY_OIDC_NAME"] ?? "OpenID";

    /// <summary>The only programme that its people have access to.</summary>
    public string Programme => Required("PROGRAMME");

    /// <summary>The claim that names the person in the roster; null when it tells of none.</summary>
    public string? StaffClaim { get; } = configuration["FIDELITY_OIDC_STAFF_CLAIM"];

    /// <summary>The claim that names teams; null when roles are for the whole programme.</summary>
    public string? TeamClaim { get; } = configuration["FIDELITY_OIDC_TEAM_CLAIM"];

    public string RoleClaim { get; } = configuration["FIDELITY_OIDC_ROLE_CLAIM"] ?? "roles";

    /// <summary>What its roles are here, as <c>theirs=ours,theirs=ours</c>.</summary>
    public IReadOnlyList<(string Theirs, Role Ours)> Roles { get; } =
    [
        .. (configuration["FIDELITY_OIDC_ROLES"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(pair =>
            pair.Split('=') is [var theirs, var ours] && Codes.TryParse<Role>(ours, out var role) && AccountGrants.Roles.Contains(role)
                ? (theirs, role)
                : throw new InvalidOperationException($"FIDELITY_OIDC_ROLES has '{pair}'; write THEIRS=OURS, with {string.Join(", ", AccountGrants.Roles.Select(Codes.Of))}.")),
    ];

    public static void Add(WebApplicationBuilder builder, AuthenticationBuilder authentication)
    {
        var organisation = new Organisation(builder.Configuration);
        builder.Services.AddSingleton(organisation);
        builder.Services.AddScoped<Arriving>();
        if (organisation.Authority is not { } authority)
            return;
        authentication.AddOAuth<OpenIdOptions, OpenIdHandler>(OpenIdHandler.Name, options =>
        {
            options.Provider = new ConfigurationManager<OpenIdConnectConfiguration>(
                $"{authority}/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(),
                new HttpDocumentRetriever { RequireHttps = !new Uri(authority).IsLoopback });
            options.ClientId = organisation.Required("CLIENT_ID");
            options.ClientSecret = File.ReadAllText(organisation.Required("CLIENT_SECRET_FILE")).Trim();
            // Both are asked of the provider before they are used.
            options.AuthorizationEndpoint = options.TokenEndpoint = authority;
            options.CallbackPath = Callback;
            options.UsePkce = true;
            options.Scope.Clear();
            foreach (var scope in (builder.Configuration["FIDELITY_OIDC_SCOPES"] ?? "openid profile").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                options.Scope.Add(scope);
            options.CorrelationCookie = new SafeCookie("fidelity-organisation.", SameSiteMode.Lax);
            options.SignInScheme = IdentityConstants.ExternalScheme;
            options.Events.OnTicketReceived = async context =>
            {
                await context.HttpContext.RequestServices.GetRequiredService<Arriving>().SignIn(context.Principal!, context.HttpContext.RequestAborted);
                context.Response.Redirect(context.ReturnUri ?? "/");
                context.HandleResponse();
            };
            options.Events.OnRemoteFailure = context =>
            {
                context.HttpContext.RequestServices.GetRequiredService<ILogger<Organisation>>()
                    .LogWarning(context.Failure, "Signing in with the organisation failed");
                context.Response.Redirect("/sign-in?failed=organisation");
                context.HandleResponse();
                return Task.CompletedTask;
            };
        });
    }

    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet(Address, Go).AllowAnonymous();

    static Results<ChallengeHttpResult, NotFound> Go([Microsoft.AspNetCore.Mvc.FromQuery(Name = "return")] string? back, Organisation organisation) =>
        organisation.Authority is null
            ? TypedResults.NotFound()
            : TypedResults.Challenge(new() { RedirectUri = RedirectHttpResult.IsLocalUrl(back) ? back : "/" }, [OpenIdHandler.Name]);

    string Required(string setting) => configuration[$"FIDELITY_OIDC_{setting}"] is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"FIDELITY_OIDC_AUTHORITY is set, and so FIDELITY_OIDC_{setting} must be.");
}

/// <summary>Lets somebody in whom the organisation's provider has just named.</summary>
sealed class Arriving(
    Organisation organisation, AccountStore accounts, SignInManager<Account> session, GrantWriter grants, EventWriter store, InstallationKeys keys,
    BusinessCalendar calendar, ILogger<Arriving> log)
{
    const string Issuer = "iss";
    const string Subject = "sub";

    /// <summary>Who gave the grants that follow from claims.</summary>
    string Giver => $"OpenID: {organisation.Name}";

    public async Task SignIn(ClaimsPrincipal told, CancellationToken stopping)
    {
        var account = await AccountOf(told, stopping);
        await Grant(account, told, stopping);
        await session.SignInAsync(account, isPersistent: false);
    }

    /// <summary>The account of the person in the roster, or else of the provider's subject; made when there is none.</summary>
    async Task<Account> AccountOf(ClaimsPrincipal told, CancellationToken stopping)
    {
        var staff = organisation.StaffClaim is { } claim ? told.FindFirstValue(claim) : null;
        var id = keys.Id("account of an organisation", told.FindFirstValue(Issuer)!, told.FindFirstValue(Subject)!);
        var known = staff is null ? await accounts.FindByIdAsync(id.ToString(), stopping) : await accounts.FindByStaff(organisation.Programme, staff, stopping);
        if (known is { ClosedAt: not null })
            throw new AuthenticationFailureException("The account is closed.");
        if (known is not null)
            return known;
        var account = new Account
        {
            Id = staff is null ? id : Guid.CreateVersion7(), Holder = told.FindFirstValue("name") ?? staff ?? organisation.Name, Programme = organisation.Programme,
            StaffId = staff, Name = $"{organisation.Name}:{id:n}", NormalizedName = $"{organisation.Name}:{id:n}".ToUpperInvariant(),
            SecurityStamp = Guid.CreateVersion7().ToString(),
        };
        return (await accounts.CreateAsync(account, stopping)).Succeeded
            ? account
            : throw new AuthenticationFailureException("The account could not be made.");
    }

    /// <summary>What claims give is granted until tomorrow, on their basis, and recorded like all that is granted; what they no longer give is ended.</summary>
    async Task Grant(Account account, ClaimsPrincipal told, CancellationToken stopping)
    {
        var today = calendar.Today;
        var theirs = told.FindAll(organisation.RoleClaim).Select(claim => claim.Value).ToHashSet(StringComparer.Ordinal);
        string?[] everyTeam = [null];
        string?[] teams = organisation.TeamClaim is { } claim ? [.. told.FindAll(claim).Select(team => team.Value)] : everyTeam;
        var wanted =
            (from role in organisation.Roles.Where(role => theirs.Contains(role.Theirs)).Select(role => role.Ours)
             from team in role is Role.Consultant or Role.ProgrammeDirector ? teams : everyTeam
             select (Role: role, Team: team)).ToHashSet();
        foreach (var (role, team) in wanted)
        {
            var given = new GrantGiven(
                keys.Id("grant of an organisation", account.Id.ToString(), Codes.Of(role), team ?? "", Figures.Dates.Machine(today)), role, organisation.Programme, team,
                $"{organisation.RoleClaim} of {organisation.Authority}", today, today.AddDays(1), Giver);
            foreach (var fault in await grants.Give(account, given, Policy.Installation, stopping))
                log.LogWarning("A claim of the organisation gives nothing: {Field} {Fault}", fault.Field, fault.Code);
        }

        var held = await store.Read<AccountGrants>(AccountGrants.StreamKey(account.Id), stopping);
        foreach (var grant in (held?.All ?? []).Where(grant => grant.By == Giver && grant.Holds(today) && !wanted.Contains((grant.Role, grant.TeamId))))
            await grants.End(account, new(grant.Id, today, "The organisation says so no more", Giver), Policy.Installation, stopping);
    }
}
