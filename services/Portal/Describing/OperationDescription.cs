using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
using Fidelity.Portal.Interchanging;
using Fidelity.Portal.Listing;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Fidelity.Portal.Describing;

/// <summary>What an operation answers, with an example of each answer.</summary>
static class OperationDescription
{
    /// <summary>Answers with JSON.</summary>
    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder operation, int status, string description, T example) => operation
        .Produces<T>(status)
        .AddOpenApiOperationTransformer((described, _, _) =>
        {
            var response = described.Response(status);
            response.Description = description;
            response.Content![MediaTypeNames.Application.Json].Example = JsonSerializer.SerializeToNode(example, ApiJson.Options);
            return Task.CompletedTask;
        });

    /// <summary>Answers with text, instead of JSON where it answers with that too.</summary>
    public static RouteHandlerBuilder AnswersText(this RouteHandlerBuilder operation, int status, string type, string description, string example) => operation
        .AddOpenApiOperationTransformer((described, _, _) =>
        {
            described.Responses!.TryAdd(Key(status), new OpenApiResponse());
            var response = described.Response(status);
            response.Description ??= description;
            response.Content ??= new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal);
            response.Content[type] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = description }, Example = example };
            return Task.CompletedTask;
        });

    /// <summary>Answers with a resource of FHIR, whose own specification describes it.</summary>
    public static RouteHandlerBuilder AnswersFhir(this RouteHandlerBuilder operation, int status, string description, Hl7.Fhir.Model.Resource example) => operation
        .AddOpenApiOperationTransformer((described, _, _) =>
        {
            described.Responses!.TryAdd(Key(status), new OpenApiResponse());
            var response = described.Response(status);
            response.Description = description;
            response.Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [R4.ContentType] = new() { Schema = Resource($"{example.TypeName} of FHIR R4."), Example = Node(example) } };
            return Task.CompletedTask;
        });

    /// <summary>Takes a resource of FHIR, such as one of these.</summary>
    public static RouteHandlerBuilder TakesFhir(this RouteHandlerBuilder operation, params IReadOnlyList<(string Name, Hl7.Fhir.Model.Resource Resource)> examples) => operation
        .AddOpenApiOperationTransformer((described, _, _) =>
        {
            described.RequestBody = new OpenApiRequestBody
            {
                Required = true, Description = $"A {examples[0].Resource.TypeName} of FHIR R4.",
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    [R4.ContentType] = new()
                    {
                        Schema = Resource($"{examples[0].Resource.TypeName} of FHIR R4."),
                        Examples = examples.ToDictionary(example => example.Name, IOpenApiExample (example) => new OpenApiExample { Value = Node(example.Resource) }, StringComparer.Ordinal),
                    },
                },
            };
            return Task.CompletedTask;
        });

    static OpenApiSchema Resource(string description) => new() { Type = JsonSchemaType.Object, Description = description, AdditionalProperties = new OpenApiSchema() };

    static System.Text.Json.Nodes.JsonNode Node(Hl7.Fhir.Model.Resource resource) => System.Text.Json.Nodes.JsonNode.Parse(JsonSerializer.Serialize(resource, R4.Json))!;

    /// <summary>Takes a document, such as this one.</summary>
    public static RouteHandlerBuilder TakesExample<T>(this RouteHandlerBuilder operation, string name, T example) => operation
        .AddOpenApiOperationTransformer((described, _, _) =>
        {
            var content = described.RequestBody!.Content![MediaTypeNames.Application.Json];
            content.Examples = new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal)
            {
                [name] = new OpenApiExample { Value = JsonSerializer.SerializeToNode(example, ApiJson.Options) },
            };
            return Task.CompletedTask;
        });

    /// <summary>Says something in a header.</summary>
    public static TBuilder Says<TBuilder>(this TBuilder operation, int status, string header, string description) where TBuilder : IEndpointConventionBuilder => operation
        .AddOpenApiOperationTransformer((described, _, _) =>
        {
            described.Says(status, header, description);
            return Task.CompletedTask;
        });

    /// <summary>Of those that are got: answers with a tag, and with nothing where whoever asks has what it names.</summary>
    public static TBuilder Revalidates<TBuilder>(this TBuilder operations) where TBuilder : IEndpointConventionBuilder => operations
        .AddOpenApiOperationTransformer((described, context, _) =>
        {
            if (context.Description.HttpMethod != HttpMethods.Get)
                return Task.CompletedTask;
            described.Parameters ??= [];
            described.Parameters.Add(new OpenApiParameter
            {
                Name = "If-None-Match", In = ParameterLocation.Header, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                Description = "The `ETag` of the answer that you have. While it still holds, the answer is 304.",
            });
            described.Says(StatusCodes.Status200OK, "ETag", "Names this answer: send it as `If-None-Match` to be answered 304 while it holds. An answer of more than 4 MB has none.");
            described.Responses!.Add(Key(StatusCodes.Status304NotModified), new OpenApiResponse { Description = "What you have still holds." });
            return Task.CompletedTask;
        });

    /// <summary>Answers with a part of its list when it is asked for one.</summary>
    public static RouteHandlerBuilder InParts(this RouteHandlerBuilder operation) => operation
        .Says(StatusCodes.Status200OK, "Link", "With a `limit`, and when there is more: `<address>; rel=\"next\"`, where to go on. It is left out at the end.")
        .Refuses(Problems.OfParameter(ListParts.BadLimit))
        .Refuses(Problems.OfParameter(ListParts.BadCursor));

    /// <summary>Cannot do without a query parameter. Its absence is for the operation to refuse, in its own words.</summary>
    public static RouteHandlerBuilder Requires(this RouteHandlerBuilder operation, string parameter) => operation
        .AddOpenApiOperationTransformer((described, _, _) =>
        {
            ((OpenApiParameter)described.Parameters!.Single(known => known.Name!.Equals(parameter, StringComparison.Ordinal))).Required = true;
            return Task.CompletedTask;
        });

    /// <summary>Answers with a problem document, such as this one.</summary>
    public static TBuilder Refuses<TBuilder>(this TBuilder operation, ProblemHttpResult problem) where TBuilder : IEndpointConventionBuilder => operation
        .WithMetadata(new ProducesResponseTypeMetadata(problem.StatusCode, typeof(Problem), [MediaTypeNames.Application.ProblemJson]))
        .AddOpenApiOperationTransformer((described, _, _) =>
        {
            var response = described.Response(problem.StatusCode);
            var content = response.Content![MediaTypeNames.Application.ProblemJson];
            response.Description = content.Examples is null ? problem.ProblemDetails.Detail : $"{response.Description} {problem.ProblemDetails.Detail}";
            content.Examples ??= new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal);
            content.Examples[(string)problem.ProblemDetails.Extensions["code"]!] = new OpenApiExample
            {
                Value = JsonSerializer.SerializeToNode(problem.ProblemDetails, ApiJson.Options),
            };
            return Task.CompletedTask;
        });

    static void Says(this OpenApiOperation operation, int status, string header, string description)
    {
        operation.Responses!.TryAdd(Key(status), new OpenApiResponse());
        var response = operation.Response(status);
        response.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal);
        response.Headers[header] = new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
    }

    static OpenApiResponse Response(this OpenApiOperation operation, int status) => (OpenApiResponse)operation.Responses![Key(status)];

    static string Key(int status) => status.ToString(CultureInfo.InvariantCulture);
}
