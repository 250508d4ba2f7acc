using System.Globalization;
using Fidelity.Portal.Demonstrating;
using Fidelity.Portal.IssuingTokens;
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
        builder.Services.AddSingleton(AccountStore.Table);
        builder.Services.AddSingleton(KeyRing.Table);
        builder.Services.AddSingleton<AccountStore>();
        builder.Services.AddScoped<Sessions>();
        builder.Services.AddScoped<Passwords>();
        builder.Services.AddIdentityCore<Account>(options =>
            {
                options.Password.RequiredLength = Passwords.ShortestPassword;
                options.Password.RequireDigit = options.Password.RequireLowercase = options.Password.RequireUppercase = options.Password.RequireNonAlphanumeric = false;
                options.Password.RequiredUniqueChars = Passwords.FewestCharacters;
                options.Lockout.MaxFailedAccessAttempts = Passwords.MostAttempts;
                options.Lockout.DefaultLockoutTimeSpan = Passwords.Lockout;
            })
            .AddSignInManager();
        builder.Services.AddSingleton<IUserStore<Account>>(services => services.GetRequiredService<AccountStore>());

        builder.Services.AddAuthentication(options => options.DefaultScheme = EitherScheme)
            .AddPolicyScheme(EitherScheme, null, either => either.ForwardDefaultSelector = context =>
                context.Request.Headers.Authorization.Count > 0 ? TokenHandler.Name : IdentityConstants.ApplicationScheme)
            .AddScheme<AuthenticationSchemeOptions, TokenHandler>(TokenHandler.Name, null)
            .AddIdentityCookies();
        builder.Services.ConfigureApplicationCookie(options =>
        {
            options.Cookie = new SafeCookie { Name = "fidelity-session", HttpOnly = true, SameSite = SameSiteMode.Lax, IsEssential = true, Path = "/" };
            options.ExpireTimeSpan = LongestIdle;
            options.SlidingExpiration = true;
            options.LoginPath = "/sign-in";
            options.ReturnUrlParameter = "return";
            options.Events.OnSigningIn = context =>
            {
                context.Properties.Items[Begun] = Sessions.Of(context.HttpContext).Now;
                return Task.CompletedTask;
            };
            options.Events.OnValidatePrincipal = async context =>
            {
                if (!await Sessions.Of(context.HttpContext).Holds(context))
                    context.RejectPrincipal();
            };
            options.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);
            options.Events.OnRedirectToAccessDenied = context =>
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            };
        });
        builder.Services.AddAntiforgery(options =>
            options.Cookie = new SafeCookie { Name = "fidelity-forms", HttpOnly = true, SameSite = SameSiteMode.Strict, IsEssential = true, Path = "/" });
        builder.Services.AddDataProtection().SetApplicationName("fidelity");
        builder.Services.AddSingleton<KeyRing>();
        builder.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(services => new ConfigureOptions<KeyManagementOptions>(options =>
        {
            options.XmlRepository = services.GetRequiredService<KeyRing>();
            options.XmlEncryptor = new KeyEncryption(services.GetRequiredService<InstallationKeys>());
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

    /// <summary>A cookie that leaves this machine by TLS only.</summary>
    sealed class SafeCookie : CookieBuilder
    {
        public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
        {
            var cookie = base.Build(context, expiresFrom);
            cookie.Secure = context.Request.IsHttps || !IsLoopback(context.Request.Host.Host);
            return cookie;
        }

        static bool IsLoopback(string host) =>
            host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (System.Net.IPAddress.TryParse(host, out var address) && System.Net.IPAddress.IsLoopback(address));
    }
}
