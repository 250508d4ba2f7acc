using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Fidelity.Contracts.Submitting;
using Fidelity.Portal.Describing;
using Fidelity.Portal.Limiting;
using Fidelity.Portal.Listing;
using Fidelity.Portal.Revalidating;
using Fidelity.Portal.Reviews;
using Fidelity.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fidelity.Portal;

/// <summary>What all of the HTTP API has in common: JSON in snake case, and problem documents that say what to do.</summary>
static class Api
{
    /// <summary>Larger than any address takes, so that a body somewhat too large is read to its end and answered, not cut off.</summary>
    const long LargestBody = 16 * 1024 * 1024;

    public static void AddApi(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = LargestBody;
        });
        builder.Services.AddProblemDetails();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            // What the description says of types follows these, and is to be exact.
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
        builder.Services.AddSingleton<ListParts>();
        builder.Services.AddSingleton<ReviewList>();
        builder.AddLimits();
        builder.AddDescription();
    }

    public static void UseApi(this WebApplication app)
    {
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal), api =>
        {
            api.UseExceptionHandler(failing => failing.Run(context => Problems.OfFailure(context).ExecuteAsync(context)));
            api.UseStatusCodePages(bare => Problems.OfStatus(bare.HttpContext.Response.StatusCode).ExecuteAsync(bare.HttpContext));
            api.UseMiddleware<Revalidation>();
        });
        // PostgreSQL stores no null character, so nothing can have one in its name.
        app.Use((context, next) =>
            context.Request.Query.Any(given => given.Value.Any(value => value?.Contains('\0', StringComparison.Ordinal) == true))
                ? Problems.OfAddress().ExecuteAsync(context)
                : next(context));
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
    }
}

static class ApiJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}

/// <summary>Why a request was refused (RFC 9457).</summary>
/// <param name="Type">Where the status is defined.</param>
/// <param name="Title">What the status is called.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">A sentence that says what is wrong and what to do.</param>
/// <param name="Code">The code of the first fault; programs act on it.</param>
/// <param name="Errors">Every fault.</param>
/// <param name="TraceId">Names the request in the service's telemetry.</param>
sealed record Problem(
    string Type, string Title, int Status, string Detail, string Code, IReadOnlyList<Problem.Fault> Errors, string? TraceId = null)
{
    /// <summary>One fault.</summary>
    /// <param name="Code">What kind of fault it is; programs act on it.</param>
    /// <param name="Pointer">A JSON pointer to the property at fault; null when it is no single one.</param>
    /// <param name="Parameter">The query parameter at fault; null when it is none.</param>
    /// <param name="Detail">A sentence that says what is wrong and what to do. It never repeats the value.</param>
    public sealed record Fault(string Code, string? Pointer, string? Parameter, string Detail);
}

/// <summary>Problem documents with the error codes of formats.md §1.</summary>
static class Problems
{
    /// <summary>The one code that is no fault of the request.</summary>
    public const string Internal = "internal";

    /// <summary>Nobody says who asks, or says so wrongly.</summary>
    public const string Unauthenticated = "unauthenticated";

    /// <summary>Whoever asks may not do this at all. Of a single thing that they may not see it is said that it is not there.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>Too often, of late; <c>Retry-After</c> says how long to wait.</summary>
    public const string TooMany = "too_many_requests";

    public static ProblemHttpResult Of(int status, string code, string detail, string? pointer = null) =>
        Of(status, detail, [new Problem.Fault(code, pointer, null, detail)]);

    /// <summary>A fault in a query parameter.</summary>
    public static ProblemHttpResult OfParameter(Cause fault, int status = StatusCodes.Status422UnprocessableEntity) =>
        Of(status, fault.Message, [new Problem.Fault(fault.Code, null, fault.Field, fault.Message)]);

    /// <summary>Every fault of a document at once.</summary>
    public static ProblemHttpResult Of(IReadOnlyList<Problem.Fault> faults) => Of(
        StatusCodes.Status422UnprocessableEntity,
        faults is [var only] ? only.Detail : $"{faults.Count} faults; each names its field and says what to do.", faults);

    static ProblemHttpResult Of(int status, string detail, IReadOnlyList<Problem.Fault> faults) => TypedResults.Problem(
        detail, statusCode: status,
        // The framework knows where the others are defined.
        type: status == StatusCodes.Status429TooManyRequests ? "https://tools.ietf.org/html/rfc6585#section-4" : null,
        extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = faults[0].Code, ["errors"] = faults });

    public static ProblemHttpResult OfFailure(HttpContext context) =>
        context.Features.Get<Microsoft.AspNetCore.Diagnostics.IExceptionHandlerFeature>()?.Error is BadHttpRequestException refused
            ? OfStatus(refused.StatusCode)
            : OfFailure();

    public static ProblemHttpResult OfFailure() => Of(StatusCodes.Status500InternalServerError, Internal,
        "Something went wrong here. Nothing of the request was kept; try again, and tell the administrator if it stays.");

    public static ProblemHttpResult OfAddress() =>
        Of(StatusCodes.Status400BadRequest, ErrorCodes.BadId, "The address holds a null character. Take it out.");

    public static ProblemHttpResult OfStatus(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => Of(status, Unauthenticated,
            "Say who asks: Authorization: Bearer TOKEN, with a token that an administrator has made and not revoked."),
        StatusCodes.Status403Forbidden => Of(status, Forbidden, "This is not open to whoever asks. An administrator can say what is."),
        StatusCodes.Status404NotFound => Of(status, ErrorCodes.UnknownReference, "There is nothing at this address. /openapi/v1.json lists what there is."),
        StatusCodes.Status405MethodNotAllowed => Of(status, ErrorCodes.UnknownCode, "This address does not take this method. /openapi/v1.json lists what it takes."),
        StatusCodes.Status413PayloadTooLarge => Of(status, ErrorCodes.TooLarge, "The body is larger than this address takes. Send one record; split an import."),
        StatusCodes.Status415UnsupportedMediaType => Of(status, ErrorCodes.BadEncoding, "Send JSON as application/json in UTF-8."),
        StatusCodes.Status429TooManyRequests => Of(status, TooMany, "You ask more often than is open to one. Wait as many seconds as Retry-After says, and go on from there."),
        _ => Of(status, ErrorCodes.BadEncoding,
            "The request cannot be read. Send it as /openapi/v1.json describes it: parameters of their type, and JSON in UTF-8 that names nothing twice."),
    };
}

/// <summary>The programme that a request speaks of.</summary>
static partial class Programme
{
    public const string Meaning = "The programme whose ids are meant: 1–40 of a–z, 0–9 and hyphen.";

    [GeneratedRegex("^[a-z0-9-]{1,40}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Slug();

    public static Cause? Fault(string? programme) =>
        string.IsNullOrEmpty(programme) ? new(ErrorCodes.MissingValue, "programme", "Name the programme: ?programme=NAME.")
        : PersonalIdentityNumber.Is(programme)
            ? new(ErrorCodes.PersonalIdentityNumber, "programme", "This looks like a personal identity number. Name the programme.")
        : Slug().IsMatch(programme) ? null
        : new(ErrorCodes.BadId, "programme", "A programme's name is 1 to 40 of a-z, 0-9 and hyphen.");
}

/// <summary>The same answers as key=value lines, for shells that have no JSON.</summary>
static class Shell
{
    public static bool Wants(HttpContext context) => context.Request.Headers.Accept.ToString().StartsWith("text/plain", StringComparison.Ordinal);

    public const string Meaning = "For shells: the properties that are a single value, one `key=value` a line.";

    /// <summary>The properties that are a single value, named and written as in JSON.</summary>
    public static string Lines<T>(T shown) => string.Concat(
        JsonSerializer.SerializeToNode(shown, ApiJson.Options)!.AsObject()
            .Where(property => property.Value is null or JsonValue)
            .Select(property => $"{property.Key}={property.Value}\n"));
}
