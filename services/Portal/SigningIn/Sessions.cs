using System.Globalization;
using Fidelity.Portal.Demonstrating;
using Fidelity.Portal.IssuingTokens;
using Fidelity.Portal.LoggingAccess;
using Fidelity.ServiceDefaults;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Fidelity.Portal.SigningIn;

/// <summary>
/// Sessions of people, in a cookie, and tokens of programs, in a header. A session ends when it is idle, when it is old, and at the
/// next request after its account was closed or its password changed.
/// </summary>
sealed class Sessions(AccountStore accounts, Demonstration demonstration, TimeProvider clock)
{
    public static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(30);
    public static readonly TimeSpan Longest = TimeSpan.FromHours(10);

    const string Begun = "begun";
    const string EitherScheme = "cookie or token";

    public static void Add(WebApplicationBuilder builder)
    {
        AddAccounts(builder.Services);
        builder.Services.AddScoped<Sessions>();
        var authentication = builder.Services.AddAuthentication(options => options.DefaultScheme = EitherScheme)
            .AddPolicyScheme(EitherScheme, null, either => either.ForwardDefaultSelector = context =>
                context.Request.Headers.Authorization.Count > 0 ? TokenHandler.Name : IdentityConstants.ApplicationScheme)
            .AddScheme<AuthenticationSchemeOptions, TokenHandler>(TokenHandler.Name, null);
        authentication.AddIdentityCookies();
        Organisation.Add(builder, authentication);
        builder.Services.ConfigureApplicationCookie(Configure);
        // Identity keeps here for a moment what a passkey is to answer.
        builder.Services.Configure<CookieAuthenticationOptions>(IdentityConstants.TwoFactorUserIdScheme, options =>
            options.Cookie = new SafeCookie("fidelity-passkey", SameSiteMode.Strict));
        builder.Services.AddAntiforgery(options => options.Cookie = new SafeCookie("fidelity-forms", SameSiteMode.Strict));
        AddKeyRing(builder.Services);
    }

    static void AddAccounts(IServiceCollection services)
    {
        services.AddSingleton(AccountStore.Table);
        services.AddSingleton(PasskeyStore.Table);
        services.AddSingleton<PasskeyStore>();
        services.AddSingleton<AccountStore>();
        services.AddSingleton<IUserStore<Account>>(provider => provider.GetRequiredService<AccountStore>());
        services.AddScoped<Passwords>();
        services.AddScoped<Passkeys>();
        services.AddIdentityCore<Account>(options =>
            {
                options.Password.RequiredLength = Passwords.ShortestPassword;
                options.Password.RequireDigit = options.Password.RequireLowercase = options.Password.RequireUppercase = options.Password.RequireNonAlphanumeric = false;
                options.Password.RequiredUniqueChars = Passwords.FewestCharacters;
                options.Lockout.MaxFailedAccessAttempts = Passwords.MostAttempts;
                options.Lockout.DefaultLockoutTimeSpan = Passwords.Lockout;
            })
            .AddSignInManager();
        services.Configure<IdentityPasskeyOptions>(options =>
        {
            // A passkey stands for both the name and the password, so its device has to know its owner.
            options.UserVerificationRequirement = "required";
            options.ResidentKeyRequirement = "required";
        });
    }

    static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie = new SafeCookie("fidelity-session", SameSiteMode.Lax);
        options.ExpireTimeSpan = LongestIdle;
        options.SlidingExpiration = true;
        options.LoginPath = "/sign-in";
        options.ReturnUrlParameter = "return";
        options.Events.OnSigningIn = async context =>
        {
            context.Properties.Items[Begun] = Of(context.HttpContext).Now;
            var account = await context.HttpContext.RequestServices.GetRequiredService<UserManager<Account>>().GetUserAsync(context.Principal!);
            await context.HttpContext.Log(Deed.SignIn, account?.ShownName);
        };
        options.Events.OnValidatePrincipal = async context =>
        {
            if (!await Of(context.HttpContext).Holds(context))
                context.RejectPrincipal();
        };
        options.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
    }

    static void AddKeyRing(IServiceCollection services)
    {
        services.AddSingleton(KeyRing.Table);
        services.AddSingleton<KeyRing>();
        services.AddDataProtection().SetApplicationName("fidelity");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options =>
        {
            options.XmlRepository = provider.GetRequiredService<KeyRing>();
            options.XmlEncryptor = new KeyEncryption(provider.GetRequiredService<InstallationKeys>());
        }));
    }

    static Sessions Of(HttpContext context) => context.RequestServices.GetRequiredService<Sessions>();

    string Now => clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);

    /// <summary>A program gets a status, a person the page to sign in on.</summary>
    static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (!Pages.IsPage(context.HttpContext))
        {
            context.Response.StatusCode = status;
            context.Response.Headers.WWWAuthenticate = TokenHandler.Challenge;
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }

    async Task<bool> Holds(CookieValidatePrincipalContext session)
    {
        var context = session.HttpContext;
        // When the page that says so is made, what went wrong may be the database, and nobody is asked who it is.
        if (context.Features.Get<IExceptionHandlerFeature>() is not null)
            return false;
        var options = context.RequestServices.GetRequiredService<IOptions<IdentityOptions>>().Value.ClaimsIdentity;
        if (session.Principal?.FindFirst(options.UserIdClaimType)?.Value is not { } id
            || await accounts.FindByIdAsync(id, context.RequestAborted) is not { } account
            || account.SecurityStamp != session.Principal.FindFirst(options.SecurityStampClaimType)?.Value
            || !session.Properties.Items.TryGetValue(Begun, out var begun)
            || clock.GetUtcNow() - DateTimeOffset.Parse(begun!, CultureInfo.InvariantCulture) > Longest
            || !demonstration.Opens(account))
            return false;
        context.Features.Set(account);
        return true;
    }
}

/// <summary>A cookie that leaves this machine by TLS only.</summary>
sealed class SafeCookie : CookieBuilder
{
    public SafeCookie(string name, SameSiteMode sameSite) => (Name, SameSite, HttpOnly, IsEssential, Path) = (name, sameSite, true, true, "/");

    public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
    {
        var cookie = base.Build(context, expiresFrom);
        cookie.Secure = context.Request.IsHttps || !IsLoopback(context.Request.Host.Host);
        return cookie;
    }

    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (System.Net.IPAddress.TryParse(host, out var address) && System.Net.IPAddress.IsLoopback(address));
}
