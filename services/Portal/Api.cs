using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fidelity.Contracts.Submitting;
using Fidelity.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fidelity.Portal;

/// <summary>What all of the HTTP API has in common: JSON in snake case, and problem documents that say what to do.</summary>
static class Api
{
    /// <summary>Larger than any address takes, so that a body somewhat too large is read to its end and answered, not cut off.</summary>
    const long LargestBody = 16 * 1024 * 1024;

    public static void AddApi(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = LargestBody);
        builder.Services.AddProblemDetails();
        builder.Services.AddOpenApi("v1");
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
    }

    public static void UseApi(this WebApplication app)
    {
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal), api =>
        {
            api.UseExceptionHandler(failing => failing.Run(context => Problems.OfFailure(context).ExecuteAsync(context)));
            api.UseStatusCodePages(bare => Problems.OfStatus(bare.HttpContext.Response.StatusCode).ExecuteAsync(bare.HttpContext));
        });
        // PostgreSQL stores no null character, so nothing can have one in its name.
        app.Use((context, next) =>
            context.Request.Query.Any(given => given.Value.Any(value => value?.Contains('\0', StringComparison.Ordinal) == true))
                ? Problems.Of(StatusCodes.Status400BadRequest, "bad_id", "The address holds a null character. Take it out.").ExecuteAsync(context)
                : next(context));
        app.MapOpenApi("/openapi/{documentName}.json");
    }
}

static class ApiJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}

/// <summary>Problem documents (RFC 9457) with the error codes of formats.md §1.</summary>
static class Problems
{
    public static ProblemHttpResult Of(int status, string code, string detail, string? pointer = null) => TypedResults.Problem(
        detail, statusCode: status, extensions: new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["code"] = code, ["errors"] = new[] { new Fault(code, pointer, detail) },
        });

    public static ProblemHttpResult Of(Cause fault) =>
        Of(StatusCodes.Status422UnprocessableEntity, fault.Code, fault.Message, fault.Field is null ? null : $"#/{fault.Field}");

    /// <summary>Every fault at once.</summary>
    public static ProblemHttpResult Of(IReadOnlyList<Cause> faults, Func<string?, string?> pointer) => TypedResults.Problem(
        faults is [var only] ? only.Message : $"{faults.Count} faults; each names its field and says what to do.",
        statusCode: StatusCodes.Status422UnprocessableEntity, title: "Refused",
        extensions: new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["code"] = faults[0].Code, ["errors"] = faults.Select(fault => new Fault(fault.Code, pointer(fault.Field), fault.Message)).ToArray(),
        });

    public static ProblemHttpResult OfFailure(HttpContext context) =>
        context.Features.Get<Microsoft.AspNetCore.Diagnostics.IExceptionHandlerFeature>()?.Error is BadHttpRequestException refused
            ? OfStatus(refused.StatusCode)
            : Of(StatusCodes.Status500InternalServerError, "internal", "Something went wrong here. Nothing of the request was kept; try again, and tell the administrator if it stays.");

    public static ProblemHttpResult OfStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => Of(status, "unknown_reference", "There is nothing at this address. /openapi/v1.json lists what there is."),
        StatusCodes.Status405MethodNotAllowed => Of(status, "unknown_code", "This address does not take this method. /openapi/v1.json lists what it takes."),
        StatusCodes.Status413PayloadTooLarge => Of(status, "too_large", "The body is larger than this address takes. Send one record, or use an import."),
        StatusCodes.Status415UnsupportedMediaType => Of(status, "bad_encoding", "Send JSON as application/json in UTF-8."),
        _ => Of(status, "bad_encoding", "The request cannot be read. Send well-formed JSON in UTF-8 as /openapi/v1.json describes it."),
    };

    sealed record Fault(string Code, string? Pointer, string Detail);
}

/// <summary>The programme that a request speaks of.</summary>
static partial class Programme
{
    [GeneratedRegex("^[a-z0-9-]{1,40}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Slug();

    public static Cause? Fault(string? programme) =>
        string.IsNullOrEmpty(programme) ? new("missing_value", "programme", "Name the programme: ?programme=NAME.")
        : Slug().IsMatch(programme) ? null
        : new("bad_id", "programme", "A programme's name is 1 to 40 of a-z, 0-9 and hyphen.");
}

/// <summary>The same answers as key=value lines, for shells that have no JSON.</summary>
static class Shell
{
    public static bool Wants(HttpContext context) => context.Request.Headers.Accept.ToString().StartsWith("text/plain", StringComparison.Ordinal);

    public static string Lines(object shown)
    {
        var lines = new StringBuilder();
        foreach (var property in shown.GetType().GetProperties())
        {
            var value = property.GetValue(shown);
            if (value is IEnumerable and not string)
                continue;
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            var text = value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture);
            lines.Append(CultureInfo.InvariantCulture, $"{name}={text}\n");
        }

        return lines.ToString();
    }
}
