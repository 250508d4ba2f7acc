using Fidelity.Portal.LoggingAccess;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace Fidelity.Portal.SigningIn;

/// <summary>Ends the session, from the button that every page has.</summary>
static class SigningOut
{
    public const string Address = "/sign-out";

    public static void MapSigningOut(this IEndpointRouteBuilder pages) =>
        pages.MapPost(Address, SignOut).WithMetadata(new RequireAntiforgeryTokenAttribute()).AllowAnonymous();

    static async Task<Results<RedirectHttpResult, BadRequest>> SignOut(HttpContext context, SignInManager<Account> session)
    {
        if (context.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: true })
            return TypedResults.BadRequest();
        await context.Log(Deed.SignOut, who: null);
        await session.SignOutAsync();
        return TypedResults.LocalRedirect("/sign-in");
    }
}
