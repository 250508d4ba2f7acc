using System.Diagnostics;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Validation;

namespace Fidelity.Portal.LoggingAccess;

/// <summary>Of a route whose answers tell of nobody and are asked for all the time.</summary>
sealed class Unlogged;

/// <summary>What a request says of itself because its address must not: the case that it is about.</summary>
sealed record Concerned(string Programme, string? CaseKey, Deed Deed);

/// <summary>
/// Logs what is asked for with a purpose before it is answered: no page of a team, and nothing of a family, leaves that is not in the log.
/// What is open to whoever has signed in is not logged, the overview with its figures of teams included; nor are records that are brought
/// in, which are events anyway.
/// </summary>
static class AccessLogging
{
    const int LongestId = 40;
    const int LongestName = 80;

    public static void AddAccessLog(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(AccessLog.Table);
        builder.Services.AddSingleton<AccessLog>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<AccessLog>());
        builder.Services.AddSingleton(CaseKeys.Table);
        builder.Services.AddSingleton<CaseKeys>();
    }

    /// <summary>Stands after routing and sign-in, and before it is decided who may come.</summary>
    public static void UseAccessLog(this WebApplication app) => app.Use((context, next) =>
    {
        // A page in the place of another has the same request, and its first route was what was asked for.
        if (context.Items.ContainsKey(typeof(AccessLog)) || context.GetEndpoint() is not RouteEndpoint route || route.Metadata.GetMetadata<ForAttribute>() is not { } asked
            || route.Metadata.GetMetadata<Unlogged>() is not null)
            return next(context);
        context.Items[typeof(AccessLog)] = route;
        var (programme, team, subject) = (Value(context, "programme"), Value(context, "teamId") ?? Value(context, "team"), Value(context, "id"));
        context.Response.OnStarting(async () =>
        {
            var concerned = context.Items[typeof(Concerned)] as Concerned;
            if (DeedOf(asked.Purpose, context.Request.Method, context.Response.StatusCode, hasUnit: team is not null || subject is not null, concerned?.Deed) is { } deed)
                await Add(context, deed, Codes.Of(asked.Purpose), route.RoutePattern.RawText, concerned?.Programme ?? programme, team, concerned?.CaseKey ?? subject);
        });
        return next(context);
    });

    /// <summary>Somebody came, tried to, or left.</summary>
    public static Task Log(this HttpContext context, Deed deed, string? who) =>
        Add(context, deed, null, context.Request.Path, null, null, null, who);

    /// <summary>
    /// Says of which case a request is. A case's id is in no address, so such a request is sent as a form even where it only reads, and
    /// says that too. The log names the case by its key alone.
    /// </summary>
    /// <param name="caseKey">What <see cref="CaseKeys"/> gives; null when there is no such case for whoever asks.</param>
    public static void Concerns(this HttpContext context, string programme, string? caseKey, Deed deed) =>
        context.Items[typeof(Concerned)] = new Concerned(programme, caseKey, deed);

    /// <summary>What a request is in the log; null when it is not to be there.</summary>
    /// <param name="said">What one that is sent as a form says that it is.</param>
    public static Deed? DeedOf(Purpose purpose, string method, int status, bool hasUnit, Deed? said = null)
    {
        var reads = HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
        // Who has not signed in is shown the way, and nothing else; were that logged, anybody could fill the log.
        var nobody = status == StatusCodes.Status401Unauthorized || (status == StatusCodes.Status302Found && reads);
        return purpose switch
        {
            Purpose.Enter => null,
            _ when nobody => null,
            _ when status == StatusCodes.Status403Forbidden => Deed.Refusal,
            Purpose.SubmitRecords when !reads => null,
            _ when !reads => said ?? Deed.Act,
            _ => hasUnit ? Deed.Read : Deed.Search,
        };
    }

    /// <summary>Somebody's name as the log has it.</summary>
    public static string NameInLog(string? name) => Known(name, LongestName) ?? "";

    static async Task Add(
        HttpContext context, Deed deed, string? purpose, string? pattern, string? programme, string? team, string? subject, string? who = null)
    {
        var visitor = who ?? (await context.RequestServices.GetRequiredService<CurrentVisitor>().Get())?.Name;
        await context.RequestServices.GetRequiredService<AccessLog>().Add(new(
            0, default, NameInLog(visitor), Codes.Of(deed), purpose, $"{context.Request.Method} {pattern}", Known(programme, LongestId), Known(team, LongestId),
            Known(subject, LongestId), context.Response.StatusCode, Activity.Current?.TraceId.ToString()));
    }

    static string? Value(HttpContext context, string name) =>
        context.Request.RouteValues.TryGetValue(name, out var value) && value is not null
            ? Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)
            : context.Request.Query[name].FirstOrDefault();

    /// <summary>
    /// An address may hold anything, and the log is to hold no identity number and nothing without end. It is cut between characters:
    /// half of one cannot be stored.
    /// </summary>
    internal static string? Known(string? text, int longest) =>
        string.IsNullOrEmpty(text) ? null
        : PersonalIdentityNumber.IsIn(text) || text.Contains('\0', StringComparison.Ordinal) ? "?"
        : text.Length <= longest ? text
        : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];
}
