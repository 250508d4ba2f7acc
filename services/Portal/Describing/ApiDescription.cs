using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fidelity.Validation;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Fidelity.Portal.Describing;

/// <summary>The description of the HTTP API at <c>/openapi/v1.json</c>: what all operations have in common.</summary>
static class ApiDescription
{
    const string Document = "v1";
    const string Token = "token";

    const string Introduction = """
        Records of a programme go in one by one or as an import of files, and come out as reviews, trends and opportunities.

        **Programme.** Ids belong to a programme, named by the query parameter `programme`. Two programmes may use the same id for
        different things. The first record makes the programme.

        **Access.** A program asks with a token that an administrator has made for it: `Authorization: Bearer …`. A token has purposes and,
        unless it is for all, one programme. Without a token the answer is 401, for a purpose that the token has not 403, and what lies in
        another programme is answered as if it were not there. Who has signed in to the pages may read here what the pages show them.

        **Ids** are pseudonyms: 1–40 letters, digits, `-`, `_` and `.`. A value shaped like a Swedish personal identity number is
        refused in any field.

        **Errors** are problem documents (RFC 9457) of the schema `Problem`. Each fault has a `code` for programs, a sentence that says
        what to do, and a JSON pointer to the property or the name of the parameter. A document is refused with every fault at once.

        **Repeats.** Every record carries the caller's own id, or is known by what it says (a post, an attempt). Submitting the same
        record again changes nothing and is answered as the first time, so a caller that heard no answer repeats. Another content under a
        known id is `conflicting_id` and names the difference.

        **What happened.** 200: recorded. 202: kept and still being recorded; the `Location` says where to ask. 422: refused, nothing is
        kept. What was answered 200 or 202 is never lost.

        **Lists** are answered whole, or in parts: with a `limit`, the `Link` header says where the next part is, until there is none. Follow
        it as it stands. What is added or goes away meanwhile moves nothing else.

        **Again.** Every answer to a GET has an `ETag`. Send it as `If-None-Match`, and while nothing has changed the answer is 304, without
        content.

        **How often.** Each token and each account may ask some 1,200 times a minute (the operator can say otherwise). Who asks more often
        is answered 429, with a `Retry-After` in seconds.

        Dates are `yyyy-mm-dd`, in the time zone of the team. Shares are numbers from 0 to 1. Numbers have full double precision.
        """;

    static readonly (string Name, string Description)[] Tags =
    [
        ("Submissions", "Records one by one."),
        ("Imports", "Records as files: upload, read what the dry run found, accept, watch it settle."),
        ("Reviews", "What the records come to."),
        ("Exports", "Figures and records as files, with a manifest by which each can be made again."),
        ("FHIR", "The same as resources of FHIR R4, for who has those already."),
        ("Webhooks", "Being told of what happens instead of asking for it."),
        ("Definitions", "How the numbers are made, and how surely that is known."),
    ];

    /// <summary>Every code that a problem document may have.</summary>
    static readonly IReadOnlyList<string> Codes =
    [
        .. typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(code => (string)code.GetRawConstantValue()!),
        Problems.Unauthenticated, Problems.Forbidden, Problems.TooMany, Problems.Internal,
    ];

    public static void AddDescription(this WebApplicationBuilder builder) => builder.Services.AddOpenApi(Document, api =>
    {
        api.ShouldInclude = operation => operation.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        api.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Fidelity", Version = Document, Description = Introduction };
            // Wherever the description was fetched from is where the addresses begin.
            document.Servers = null;
            foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations ?? []).Select(operation => operation.Value))
                operation.Responses = InOrder(operation.Responses!);
            document.Components!.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
            {
                [Token] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token that an administrator has made for a program.",
                },
            };
            document.Security = [new() { [new OpenApiSecuritySchemeReference(Token, document)] = [] }];
            document.Tags = new HashSet<OpenApiTag>(Tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }));
            return Task.CompletedTask;
        });
        api.AddSchemaTransformer((schema, context, _) =>
        {
            var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
            if (type.IsEnum)
                OneOf(schema, Words(type));
            // Of a list of these the framework forgets what is in it.
            else if (context.JsonTypeInfo.ElementType is { IsEnum: true } word && schema.Items is null)
            {
                var item = new OpenApiSchema();
                OneOf(item, Words(word));
                schema.Items = item;
            }
            else if (context.JsonPropertyInfo is { Name: "code" } code && (code.DeclaringType == typeof(Problem) || code.DeclaringType == typeof(Problem.Fault)))
                OneOf(schema, Codes.Select(code => (JsonNode)code));
            return Task.CompletedTask;
        });
    });

    static OpenApiResponses InOrder(OpenApiResponses responses)
    {
        var ordered = new OpenApiResponses();
        foreach (var (status, response) in responses.OrderBy(response => response.Key, StringComparer.Ordinal))
            ordered.Add(status, response);
        return ordered;
    }

    static IEnumerable<JsonNode> Words(Type type) => Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, type, ApiJson.Options)!);

    static void OneOf(OpenApiSchema schema, IEnumerable<JsonNode> words) => (schema.Type, schema.Enum) = (JsonSchemaType.String, [.. words]);
}
