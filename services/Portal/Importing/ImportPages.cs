using Fidelity.Portal.Access;
using Fidelity.Portal.Languages;
using Fidelity.Portal.LoggingAccess;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Fidelity.Portal.Importing;

/// <summary>What the pages of imports need besides themselves.</summary>
static class ImportPages
{
    public const string All = "/imports";
    public const string Kinds = $"{All}/files";
    public const string Receiving = $"{All}/upload";

    /// <summary>What is said on the page when an upload was not taken, by its code there.</summary>
    public static IReadOnlyList<string> Faults { get; } = ["programme", "no_files", "unreadable", "too_large"];

    public static string To(Guid import) => $"{All}/{import}";

    public static string ReportOf(Guid import) => $"{To(import)}/report.csv";

    public static string ProgressOf(Guid import) => $"{To(import)}/progress";

    public static void MapImportPages(this IEndpointRouteBuilder pages)
    {
        pages.MapPost(Receiving, Receive).For(Purpose.ImportFiles).WithMetadata(Upload.SizeLimit);
        pages.MapGet($"{All}/{{id:guid}}/report.csv", Report).For(Purpose.ImportFiles);
        pages.MapGet($"{All}/{{id:guid}}/progress", Progress).For(Purpose.ImportFiles).WithMetadata(new Unlogged());
    }

    /// <summary>The form is read here, with the limits of an upload, and then held against its token.</summary>
    static async Task<IResult> Receive(HttpContext context, IAntiforgery antiforgery, CurrentVisitor visitor, Imports imports)
    {
        try
        {
            var (files, fault) = await Upload.Read(context);
            if (fault is UploadFault.NoForm or UploadFault.Unreadable)
                return Refused("unreadable");
            if (!await antiforgery.IsRequestValidAsync(context))
                return Results.BadRequest();
            var programme = context.Request.Form["programme"].ToString().Trim();
            if (Programme.Fault(programme) is not null)
                return Refused("programme");
            if (!(await visitor.Reach(Purpose.ImportFiles)).CoversAllOf(programme))
                return Results.StatusCode(StatusCodes.Status403Forbidden);
            context.Concerns(programme, caseKey: null, Deed.Act);
            return fault is null ? Results.LocalRedirect(To(await imports.Receive(programme, files, context.RequestAborted))) : Refused("no_files");
        }
        catch (BadHttpRequestException large) when (large.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Refused("too_large");
        }
    }

    static IResult Refused(string fault) => Results.LocalRedirect($"{All}?fault={fault}");

    static async Task<IResult> Report(Guid id, HttpContext context, Imports imports, ImportsTable table)
    {
        if (await imports.Find(id, Purpose.ImportFiles, context.RequestAborted) is not { Received: { } received })
            return Results.NotFound();
        context.Concerns(received.Programme, caseKey: null, Deed.Read);
        return ImportReport.Of(table.Findings(id, context.RequestAborted), $"import-{id}.csv");
    }

    /// <summary>What the page's script asks while it waits.</summary>
    static async Task<IResult> Progress(Guid id, HttpContext context, Imports imports, IStringLocalizer<Texts> text) =>
        await imports.Find(id, Purpose.ImportFiles, context.RequestAborted) is { } import
        && await imports.Progress(import, context.RequestAborted) is var progress
            ? Results.Json(new ProgressShown(Measurement.Codes.Of(progress.State), progress.Said(text), progress.States.Answered, progress.ToAnswer), ApiJson.Options)
            : Results.NotFound();

    /// <param name="State">The import's state; when it is another than the page has, the page is to be shown anew.</param>
    /// <param name="Said">How far it has come, in a sentence.</param>
    /// <param name="Answered">Rows that are answered.</param>
    /// <param name="Of">Rows that are to be.</param>
    sealed record ProgressShown(string State, string Said, int Answered, int Of);
}
