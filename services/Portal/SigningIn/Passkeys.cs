using System.Net.Mime;
using Fidelity.Portal.Access;
using Fidelity.Portal.Demonstrating;
using Fidelity.Portal.LoggingAccess;
using Fidelity.Validation;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Identity;

namespace Fidelity.Portal.SigningIn;

/// <summary>
/// Signs people in by a passkey, which needs no name and no password, and adds one to an account. Browsers give passkeys to scripts
/// only: <c>passkeys.js</c> asks for what these addresses answer, and puts what comes of it into a form of the page.
/// </summary>
sealed class Passkeys(UserManager<Account> accounts, SignInManager<Account> session, Demonstration demonstration, ILogger<Passkeys> log)
{
    public const string CreationOptions = "/passkeys/creation-options";
    public const string RequestOptions = "/passkeys/request-options";
    public const int LongestName = 60;
    public const int Most = 10;

    const int LongestCredential = 64 * 1024;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapPost(CreationOptions, (HttpContext context, Passkeys passkeys) => passkeys.OptionsToMake(context))
            .For(Purpose.Enter).WithMetadata(new RequireAntiforgeryTokenAttribute());
        pages.MapPost(RequestOptions, (HttpContext context, Passkeys passkeys) => passkeys.OptionsToUse(context))
            .AllowAnonymous().WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    /// <summary>
    /// False when the passkey is not known, or its account is closed. That somebody else tried wrong passwords does not lock it.
    /// </summary>
    public async Task<bool> SignIn(string? credential)
    {
        if (credential is null or { Length: 0 or > LongestCredential })
            return await Failed();
        var found = await Attempt(() => session.PerformPasskeyAssertionAsync(credential));
        if (found is not { Succeeded: true } || !demonstration.Opens(found.User))
            return await Failed();
        await accounts.AddOrUpdatePasskeyAsync(found.User, found.Passkey);
        await session.SignInAsync(found.User, isPersistent: false);
        return true;
    }

    async Task<bool> Failed()
    {
        await session.Context.Log(Deed.FailedSignIn, who: null);
        return false;
    }

    /// <summary>Adds the passkey that a browser has just made; otherwise the code of why not.</summary>
    public async Task<string?> Add(Account account, string? name, string? credential)
    {
        if (account.IsDemo || PersonalIdentityNumber.IsIn(name) || name is { Length: > LongestName })
            return "name";
        if (credential is null or { Length: 0 or > LongestCredential } || (await accounts.GetPasskeysAsync(account)).Count >= Most)
            return "refused";
        var made = await Attempt(() => session.PerformPasskeyAttestationAsync(credential));
        if (made is not { Succeeded: true } || made.UserEntity.Id != account.Id.ToString())
            return "refused";
        made.Passkey.Name = string.IsNullOrWhiteSpace(name) ? null : name.Trim();
        return (await accounts.AddOrUpdatePasskeyAsync(account, made.Passkey)).Succeeded ? null : "refused";
    }

    async Task<IResult> OptionsToMake(HttpContext context) =>
        context.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: true } ? TypedResults.BadRequest()
        : context.Features.Get<Account>() is not { IsDemo: false } account ? TypedResults.NotFound()
        : TypedResults.Content(
            await session.MakePasskeyCreationOptionsAsync(new() { Id = account.Id.ToString(), Name = account.Name!, DisplayName = account.Name! }),
            MediaTypeNames.Application.Json);

    async Task<IResult> OptionsToUse(HttpContext context) =>
        context.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: true } ? TypedResults.BadRequest()
        : TypedResults.Content(await session.MakePasskeyRequestOptionsAsync(null), MediaTypeNames.Application.Json);

    /// <summary>What a browser sends may be anything; what Identity cannot read is refused like what it does not know.</summary>
    async Task<T?> Attempt<T>(Func<Task<T>> judge) where T : class
    {
        try
        {
            return await judge();
        }
        catch (Exception unreadable) when (unreadable is PasskeyException or InvalidOperationException or FormatException or System.Text.Json.JsonException)
        {
            log.LogInformation("A passkey could not be read: {Fault}", unreadable.GetType().Name);
            return null;
        }
    }
}
