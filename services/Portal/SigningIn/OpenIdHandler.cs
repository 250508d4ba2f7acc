using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Fidelity.Portal.SigningIn;

/// <summary>An OpenID provider, besides what OAuth has to know.</summary>
sealed class OpenIdOptions : OAuthOptions
{
    /// <summary>What the provider says of itself at its well-known address.</summary>
    public IConfigurationManager<OpenIdConnectConfiguration> Provider { get; set; } = null!;
}

/// <summary>
/// Signs in with an OpenID provider: authorization code with PKCE, which OAuth brings, and over it discovery, a nonce, and an ID token
/// that is validated before anything in it is believed. (The framework's own handler is a package that the build feed lacks.)
/// </summary>
sealed class OpenIdHandler(IOptionsMonitor<OpenIdOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : OAuthHandler<OpenIdOptions>(options, logger, encoder)
{
    public const string Name = "organisation";

    const string Nonce = "nonce";
    const int NonceBytes = 32;

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        await Discover();
        await base.HandleChallengeAsync(properties);
    }

    protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync()
    {
        await Discover();
        return await base.HandleRemoteAuthenticateAsync();
    }

    protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri)
    {
        var nonce = properties.Items[Nonce] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NonceBytes));
        return QueryHelpers.AddQueryString(base.BuildChallengeUrl(properties, redirectUri), Nonce, nonce);
    }

    protected override async Task<AuthenticationTicket> CreateTicketAsync(ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
    {
        var provider = await Options.Provider.GetConfigurationAsync(Context.RequestAborted);
        var idToken = tokens.Response!.RootElement.TryGetProperty("id_token", out var given) ? given.GetString() : null;
        var validated = await new JsonWebTokenHandler().ValidateTokenAsync(idToken, new TokenValidationParameters
        {
            ValidIssuer = provider.Issuer, ValidAudience = Options.ClientId, IssuerSigningKeys = provider.SigningKeys,
        });
        if (validated.Exception is SecurityTokenSignatureKeyNotFoundException)
            Options.Provider.RequestRefresh();
        if (!validated.IsValid)
            throw new AuthenticationFailureException("The ID token is not valid.", validated.Exception);
        var token = (JsonWebToken)validated.SecurityToken;
        if (!token.TryGetClaim(Nonce, out var nonce) || !properties.Items.Remove(Nonce, out var expected) || nonce.Value != expected)
            throw new AuthenticationFailureException("The ID token answers another question.");
        identity.AddClaims(token.Claims);
        if (!string.IsNullOrEmpty(provider.UserInfoEndpoint))
            identity.AddClaims(await UserInfo(provider.UserInfoEndpoint, tokens.AccessToken!, token.Subject));
        return new(new ClaimsPrincipal(identity), properties, Scheme.Name);
    }

    /// <summary>What providers tell of a person besides the ID token.</summary>
    async Task<IEnumerable<Claim>> UserInfo(string address, string accessToken, string subject)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        using var answer = await Backchannel.SendAsync(request, Context.RequestAborted);
        answer.EnsureSuccessStatusCode();
        using var told = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Context.RequestAborted));
        if (told.RootElement.GetProperty("sub").GetString() != subject)
            throw new AuthenticationFailureException("The provider told of somebody else.");
        return [.. told.RootElement.EnumerateObject().Where(claim => claim.Name != "sub").SelectMany(Claims)];
    }

    static IEnumerable<Claim> Claims(JsonProperty told) => told.Value.ValueKind == JsonValueKind.Array
        ? told.Value.EnumerateArray().Select(value => new Claim(told.Name, value.ToString()))
        : [new Claim(told.Name, told.Value.ToString())];

    async Task Discover()
    {
        var provider = await Options.Provider.GetConfigurationAsync(Context.RequestAborted);
        (Options.AuthorizationEndpoint, Options.TokenEndpoint) = (provider.AuthorizationEndpoint, provider.TokenEndpoint);
    }
}
