using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Fidelity.Portal.Access;
using Fidelity.Portal.IssuingTokens;
using Fidelity.Portal.SigningIn;

namespace Fidelity.Portal.Limiting;

/// <summary>
/// How often somebody may ask the API, and an address may try to sign in: so often that nobody notices who works, and so seldom that one
/// program cannot take it from all others. What is not used up is saved for a minute. Each portal counts for itself.
/// </summary>
sealed class Limits(IConfiguration configuration) : IDisposable
{
    const int UsualRequests = 1200;
    const int UsualSignIns = 60;
    const int Seconds = 60;

    readonly PartitionedRateLimiter<string> requests = Limiter(Number(configuration["FIDELITY_REQUESTS_A_MINUTE"], UsualRequests));
    readonly PartitionedRateLimiter<string> signIns = Limiter(Number(configuration["FIDELITY_SIGN_INS_A_MINUTE"], UsualSignIns));

    /// <summary>How long whoever asks has to wait; null when they may ask now, and did.</summary>
    public TimeSpan? WaitToAsk(HttpContext context) =>
        // Who holds it operates the installation, and brings in what years have gathered.
        ReferenceEquals(context.Features.Get<Visitor>(), Tokens.Installation) ? null : Wait(requests, Asking(context));

    /// <inheritdoc cref="WaitToAsk"/>
    public TimeSpan? WaitToSignIn(HttpContext context) => Wait(signIns, Address(context));

    /// <summary>In whole seconds, as <c>Retry-After</c> has it.</summary>
    public static string RetryAfter(TimeSpan wait) => Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    public void Dispose()
    {
        requests.Dispose();
        signIns.Dispose();
    }

    static TimeSpan? Wait(PartitionedRateLimiter<string> limiter, string who)
    {
        using var lease = limiter.AttemptAcquire(who);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1);
    }

    static PartitionedRateLimiter<string> Limiter(int aMinute)
    {
        var atOnce = Math.Max(1, aMinute / Seconds);
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = aMinute, TokensPerPeriod = atOnce, ReplenishmentPeriod = TimeSpan.FromSeconds(Seconds * (double)atOnce / aMinute), QueueLimit = 0,
            AutoReplenishment = true,
        };
        return PartitionedRateLimiter.Create<string, string>(who => RateLimitPartition.GetTokenBucketLimiter(who, _ => bucket));
    }

    /// <summary>The token, the account, or the address of whoever has neither or says a token that is none.</summary>
    static string Asking(HttpContext context) =>
        context.Features.Get<Account>() is { } account ? $"account {account.Id}"
        : context.Features.Get<Visitor>() is { Token: not null }
            ? $"token {Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString())))}"
        : Address(context);

    /// <summary>Of IPv6, the network: whoever has one address there has all of them.</summary>
    static string Address(HttpContext context)
    {
        const int Network = 8;
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        return $"address {Convert.ToHexString(bytes, 0, Math.Min(bytes.Length, Network))}";
    }

    static int Number(string? given, int usual) => int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : usual;
}

static class AddingLimits
{
    public static void AddLimits(this WebApplicationBuilder builder) => builder.Services.AddSingleton<Limits>();

    /// <summary>Stands after sign-in: each is counted by who they are.</summary>
    public static void UseLimits(this WebApplication app) => app.Use((context, next) =>
    {
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
            || context.RequestServices.GetRequiredService<Limits>().WaitToAsk(context) is not { } wait)
            return next(context);
        context.Response.Headers.RetryAfter = Limits.RetryAfter(wait);
        return Problems.OfStatus(StatusCodes.Status429TooManyRequests).ExecuteAsync(context);
    });
}
