using System.Text.Json;
using Fidelity.Portal.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Fidelity.Portal.Extracting;

/// <summary>The extract as a file for programs. It is named by the case's key, as the name of a file is seen where its content is not.</summary>
static class ExtractFile
{
    public const string Address = "/cases/extract/file";

    static readonly JsonSerializerOptions Json = new(ApiJson.Options) { WriteIndented = true };

    public static void AddExtracting(this WebApplicationBuilder builder) => builder.Services.AddScoped<Extracts>();

    public static void MapExtracting(this IEndpointRouteBuilder pages) => pages.MapPost(Address, Save).For(Purpose.KeepRecords);

    static async Task<Results<FileContentHttpResult, NotFound>> Save(
        HttpContext context, Extracts extracts, [FromForm(Name = "programme")] string? programme, [FromForm(Name = "case")] string? caseId) =>
        await extracts.Show(context, programme ?? "", (caseId ?? "").Trim()) is { } extract
            ? TypedResults.File(JsonSerializer.SerializeToUtf8Bytes(extract, Json), "application/json", $"fidelity-{extract.CaseKey}.json")
            : TypedResults.NotFound();
}
