using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
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

    /// <summary>Says where to go on, in the header made for it.</summary>
    public static RouteHandlerBuilder Locates(this RouteHandlerBuilder operation, int status, string description) => operation
        .AddOpenApiOperationTransformer((described, _, _) =>
        {
            described.Response(status).Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
            {
                ["Location"] = new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
            };
            return Task.CompletedTask;
        });

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

    static OpenApiResponse Response(this OpenApiOperation operation, int status) => (OpenApiResponse)operation.Responses![Key(status)];

    static string Key(int status) => status.ToString(CultureInfo.InvariantCulture);
}
