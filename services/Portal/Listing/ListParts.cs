using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Fidelity.Contracts.Submitting;
using Fidelity.Validation;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fidelity.Portal.Listing;

/// <summary>The part of a list that is asked for.</summary>
/// <param name="Limit">How much of it at most; null for all of it.</param>
/// <param name="After">The place that it comes after; null at the beginning.</param>
sealed record ListPart(int? Limit, IReadOnlyList<string>? After);

/// <summary>
/// Lists in parts. A cursor is the place of the last thing that was given, and not a number of things: whatever is added or goes away
/// meanwhile, nothing that stays is given twice or left out. It is encrypted, for a place may have the id of a family in it, and an
/// address may not; and it fits the list that it was given with and no other.
/// </summary>
sealed class ListParts(IDataProtectionProvider protection)
{
    public const int Most = 1000;

    public const string LimitMeaning = "How many to answer with, 1–1000; the `Link` header then says where the next are. All of them when left out.";
    public const string CursorMeaning = "Where the answer begins: taken from the `Link` header of the one before. At the beginning when left out.";

    const string Limit = "limit";
    const string Cursor = "cursor";

    public static Cause BadLimit { get; } = new(
        ErrorCodes.OutOfScale, Limit, string.Create(CultureInfo.InvariantCulture, $"A limit is a whole number from 1 to {Most}."));

    public static Cause BadCursor { get; } = new(
        ErrorCodes.BadId, Cursor, "This is no cursor of this list. Follow the Link header of an answer as it stands, or begin again without a cursor.");

    public (ListPart Part, ProblemHttpResult? Fault) Read(HttpContext context, int? limit, string? cursor)
    {
        if (limit is < 1 or > Most)
            return (new(null, null), Problems.OfParameter(BadLimit));
        if (cursor is null)
            return (new(limit, null), null);
        try
        {
            return (new(limit, JsonSerializer.Deserialize<IReadOnlyList<string>>(Protector(context).Unprotect(cursor))!), null);
        }
        catch (CryptographicException)
        {
            return (new(null, null), Problems.OfParameter(BadCursor));
        }
    }

    /// <summary>Says that there is more, and where: what was asked for, after a place.</summary>
    /// <returns>Where, from the root of the address on.</returns>
    public string SayNext(HttpContext context, params IReadOnlyList<string> place)
    {
        var query = new QueryBuilder(Filter(context)) { { Limit, context.Request.Query[Limit].ToString() }, { Cursor, Protector(context).Protect(JsonSerializer.Serialize(place)) } };
        var next = $"{context.Request.Path}{query}";
        context.Response.Headers.Link = $"<{next}>; rel=\"next\"";
        return next;
    }

    /// <summary>A cursor is for one list: its address, and what of it was asked for.</summary>
    IDataProtector Protector(HttpContext context) => protection.CreateProtector(
        "cursor", context.Request.Path, JsonSerializer.Serialize(Filter(context).OrderBy(given => given.Key, StringComparer.Ordinal)));

    static IEnumerable<KeyValuePair<string, string>> Filter(HttpContext context) =>
        from given in context.Request.Query
        where given.Key is not (Limit or Cursor)
        from value in given.Value
        select KeyValuePair.Create(given.Key, value ?? "");
}
