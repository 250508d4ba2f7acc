using System.Net.Mime;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Fidelity.Portal.Importing;

/// <summary>Describes an upload of files.</summary>
static class UploadDescription
{
    const string Part = "files";

    /// <summary>Takes files as parts of a form, as in the example of one.</summary>
    public static RouteHandlerBuilder TakesFiles(this RouteHandlerBuilder operation, string file, string content) =>
        operation.AddOpenApiOperationTransformer((described, _, _) =>
        {
            described.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "Each file in a part of its own. What a file holds is told from its name.",
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    [MediaTypeNames.Multipart.FormData] = new()
                    {
                        Schema = new OpenApiSchema
                        {
                            Type = JsonSchemaType.Object,
                            Required = new HashSet<string>(StringComparer.Ordinal) { Part },
                            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                            {
                                [Part] = new OpenApiSchema
                                {
                                    Type = JsonSchemaType.Array, MinItems = 1, Items = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                                    Description = "The files: teams.csv, staff.csv and the others, one zip of them, or one workbook.",
                                },
                            },
                        },
                        Encoding = new Dictionary<string, OpenApiEncoding>(StringComparer.Ordinal)
                        {
                            [Part] = new OpenApiEncoding
                            {
                                Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
                                {
                                    ["Content-Disposition"] = new OpenApiHeader
                                    {
                                        Description = "Names the file.", Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                                        Example = $"form-data; name=\"{Part}\"; filename=\"{file}\"",
                                    },
                                },
                            },
                        },
                        Example = new JsonObject { [Part] = new JsonArray(content) },
                    },
                },
            };
            return Task.CompletedTask;
        });
}
