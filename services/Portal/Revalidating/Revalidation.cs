using System.Buffers.Text;
using System.Security.Cryptography;
using Fidelity.Portal.Describing;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Fidelity.Portal.Revalidating;

/// <summary>
/// Gives each answer to a GET of the API a strong entity tag, the hash of the bytes that are sent, and answers 304 where whoever asks has
/// those already. The answer is made in any case: who may not see it any more is refused, and who may is in the access log.
/// </summary>
sealed class Revalidation(RequestDelegate next)
{
    /// <summary>A larger answer goes out as it is made, and has no tag.</summary>
    internal const int Most = 4 * 1024 * 1024;

    const int TagBytes = 18;

    /// <summary>A program may keep an answer, and asks each time whether it still holds. A browser keeps none: it is shared, and pages tell of families.</summary>
    const string ForPrograms = "private, no-cache";

    public async Task InvokeAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await next(context);
            return;
        }

        var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        await using var held = new HeldBody(body.Stream, Most);
        context.Response.Body = held;
        try
        {
            await next(context);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        finally
        {
            context.Features.Set(body);
        }

        if (held.IsPassedOn)
            return;
        if (context.Response.StatusCode == StatusCodes.Status200OK && IsKnown(context, held.Hash()))
            context.Response.StatusCode = StatusCodes.Status304NotModified;
        else
            await held.PassOn(context.RequestAborted);
    }

    static bool IsKnown(HttpContext context, byte[] hash)
    {
        var tag = new EntityTagHeaderValue($"\"{Base64Url.EncodeToString(hash.AsSpan(0, TagBytes))}\"");
        context.Response.GetTypedHeaders().ETag = tag;
        if (context.Request.Headers.Authorization.Count > 0)
            context.Response.Headers.CacheControl = ForPrograms;
        if (!context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false)))
            return false;
        foreach (var header in new[] { HeaderNames.ContentType, HeaderNames.ContentLength, HeaderNames.ContentEncoding, HeaderNames.ContentDisposition })
            context.Response.Headers.Remove(header);
        return true;
    }
}

/// <summary>Holds what is written to it, as far as it is not too much; from then on, passes on what it held and all that follows.</summary>
sealed class HeldBody(Stream behind, int most) : WrittenStream
{
    readonly MemoryStream held = new();

    public bool IsPassedOn { get; private set; }

    public byte[] Hash() => SHA256.HashData(held.GetBuffer().AsSpan(0, (int)held.Length));

    public async Task PassOn(CancellationToken stopping)
    {
        IsPassedOn = true;
        // An answer without a body has not begun: a refusal that says nothing yet is still to be put into words.
        if (held.Length == 0)
            return;
        await behind.WriteAsync(held.GetBuffer().AsMemory(0, (int)held.Length), stopping);
        held.SetLength(0);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!IsPassedOn && held.Length + buffer.Length > most)
            await PassOn(cancellationToken);
        if (IsPassedOn)
            await behind.WriteAsync(buffer, cancellationToken);
        else
            held.Write(buffer.Span);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => IsPassedOn ? behind.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override void Flush()
    {
        if (IsPassedOn)
            behind.Flush();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            held.Dispose();
        base.Dispose(disposing);
    }
}
