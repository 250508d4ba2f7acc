using Fidelity.Measurement;
using Fidelity.Portal.Demonstrating;
using Fidelity.Portal.Granting;
using Fidelity.Portal.Inviting;
using Fidelity.Portal.IssuingTokens;
using Fidelity.Portal.SigningIn;
using Microsoft.AspNetCore.Authorization;

namespace Fidelity.Portal.Access;

/// <summary>Says for what purpose a page or an operation is asked for.</summary>
[AttributeUsage(AttributeTargets.Class)]
sealed class ForAttribute(Purpose purpose) : AuthorizeAttribute(Codes.Of(purpose))
{
    public Purpose Purpose => purpose;
}

/// <summary>Asks <see cref="Policy"/> before any route is answered, and lets nothing start that it could not ask about.</summary>
static class Requiring
{
    /// <summary>Routes that the framework adds of itself, for navigation by script and for files before they are published. They stay closed.</summary>
    static readonly IReadOnlyList<string> Unused = ["/_framework/opaque-redirect", "{**path:file}"];

    public static void AddAccess(this WebApplicationBuilder builder)
    {
        // It logs the address of every request, and with it the code of an invitation.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        Sessions.Add(builder);
        builder.Services.AddSingleton(Visitors.Index);
        builder.Services.AddSingleton<Visitors>();
        builder.Services.AddSingleton(Tokens.Table);
        builder.Services.AddSingleton<Tokens>();
        builder.Services.AddSingleton<Invitations>();
        builder.Services.AddSingleton<GrantsTable>();
        builder.Services.AddSingleton<GrantWriter>();
        builder.Services.AddSingleton<Demonstration>();
        builder.Services.AddHostedService<MakingDemoAccounts>();
        builder.Services.AddScoped<CurrentVisitor>();
        builder.Services.AddScoped<IAuthorizationHandler, PurposeHandler>();
        builder.Services.AddAuthorizationBuilder()
            // A route that says nothing is open to nobody. Where there is no route, there is nothing to guard.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder()
                .RequireAssertion(asked => asked.Resource is HttpContext context && context.GetEndpoint() is null).Build());
        builder.Services.Configure<AuthorizationOptions>(options =>
        {
            foreach (var purpose in Enum.GetValues<Purpose>())
                options.AddPolicy(Codes.Of(purpose), policy => policy.RequireAuthenticatedUser().AddRequirements(new PurposeRequirement(purpose)));
        });
    }

    public static TBuilder For<TBuilder>(this TBuilder route, Purpose purpose) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new ForAttribute(purpose));

    /// <summary>
    /// Fails the start when a route has neither a purpose nor says that it is open. Middleware is put together when all routes are
    /// mapped and before the server listens.
    /// </summary>
    public static void RequireAPolicyOnEveryRoute(this WebApplication app) => app.Use(next =>
    {
        var bare = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints)
            .Where(route => route.Metadata.GetMetadata<ForAttribute>() is null && route.Metadata.GetMetadata<IAllowAnonymous>() is null)
            .Where(route => !Unused.Contains((route as RouteEndpoint)?.RoutePattern.RawText, StringComparer.Ordinal))
            .Select(route => route.DisplayName).ToList();
        return bare.Count == 0
            ? next
            : throw new InvalidOperationException(
                $"These routes have no access policy: {string.Join(", ", bare)}. Say what each is for ([For(…)], .For(…)), or that it is open to all (AllowAnonymous).");
    });

    sealed record PurposeRequirement(Purpose Purpose) : IAuthorizationRequirement;

    sealed class PurposeHandler(CurrentVisitor visitor) : AuthorizationHandler<PurposeRequirement>
    {
        protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, PurposeRequirement requirement)
        {
            if (await visitor.May(requirement.Purpose))
                context.Succeed(requirement);
        }
    }
}
