using Fidelity.Portal.SigningIn;

namespace Fidelity.Portal.Access;

/// <summary>
/// What a browser may do with an answer: load our own styles, pictures and scripts, send forms back to us, and nothing else. Pages and
/// data speak of families and are kept in no cache; a program may keep what it asked for with its token (Revalidating). Off this machine, a browser that has been here by TLS comes by nothing else.
/// </summary>
sealed class SafeHeaders(RequestDelegate next)
{
    const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    const string Nothing =
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

    const string AYear = "max-age=31536000";

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers["Permissions-Policy"] = Nothing;
            if (!SafeCookie.IsLoopback(context.Request.Host.Host))
                headers.StrictTransportSecurity = AYear;
            // Styles and scripts say themselves how long they last, and so does what a program asked for.
            if (headers.CacheControl.Count == 0 || IsPage(context.Response))
                headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });
        return next(context);
    }

    static bool IsPage(HttpResponse answer) => answer.ContentType?.StartsWith("text/html", StringComparison.Ordinal) is true;
}
