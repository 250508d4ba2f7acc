using System.ComponentModel;
using System.Diagnostics;
using Fidelity.Portal.Access;
using Fidelity.Portal.Describing;
using Fidelity.Portal.LoggingAccess;
using Fidelity.Portal.Submitting;
using Fidelity.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fidelity.Portal.Importing;

/// <summary>Imports over HTTP: upload, watch the dry run, read the report, accept, watch it settle.</summary>
static class ImportEndpoints
{
    const string Tag = "Imports";
    const string IdMeaning = "What the upload was answered with as `id`.";

    static readonly ImportShown Example = new(
        new("0198f3a2-7c1e-7b60-9d2f-3e5a8c4b1d70"), "main", ImportState.Checked, ["teams.csv"], [], [new("teams.csv", 1, 1, 0, 0, 0, 0)],
        1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, ReviewsSettled: false);

    public static void AddImporting(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ImportsTable>();
        builder.Services.AddScoped<Imports>();
        builder.Services.AddSingleton<SettlingRounds>();
        builder.Services.AddHostedService<ImportWorker>();
    }

    public static void MapImporting(this IEndpointRouteBuilder api)
    {
        api.MapGet("/programmes", Programmes).For(Purpose.FollowTeam)
            .WithName("listProgrammes").WithTags("Reviews").WithSummary("List the programmes that are known")
            .WithDescription("A programme is known as soon as any record was accepted into it.")
            .Answers(StatusCodes.Status200OK, "Their names, in order.", (IReadOnlyList<string>)["main", "vast"])
            .AnswersText(StatusCodes.Status200OK, "text/plain", "One name a line.", "main\nvast\n");
        api.MapPost("/imports", Receive).For(Purpose.SubmitRecords).DisableAntiforgery()
            .WithMetadata(Upload.SizeLimit)
            .WithName("uploadImport").WithTags(Tag).WithSummary("Upload files for a dry run")
            .WithDescription(
                "Any subset of the files of a programme as CSV, one zip of them, or a workbook with a sheet for each. Nothing is recorded: every row is "
                + "checked, and the import waits until it is accepted.")
            .Requires("programme")
            .TakesFiles(Example.Files[0], "team_id,name,profile,opened,closed,pir_start_month\nvast,Team Väst,mst@1,2025-01-01,,1\n")
            .Answers(StatusCodes.Status201Created, "The files are kept, and are being checked.",
                Example with { State = ImportState.Checking, Counts = [], Rows = 0, New = 0 })
            .Says(StatusCodes.Status201Created, "Location", "Where to watch it until its state is `checked`.")
            .AnswersText(StatusCodes.Status201Created, "text/plain", Shell.Meaning, Shell.Lines(Example))
            .Refuses(Unreadable)
            .Refuses(Problems.OfStatus(StatusCodes.Status413PayloadTooLarge))
            .Refuses(NoForm)
            .Refuses(NoFiles)
            .Refuses(Problems.OfParameter(Programme.Fault("Nord")!));
        api.MapGet("/imports/{id:guid}", Show).For(Purpose.SubmitRecords).WithMetadata(new Unlogged())
            .WithName("getImport").WithTags(Tag).WithSummary("Show how far an import has come")
            .WithDescription("While it is checked, what the dry run counted; once accepted, how many of its rows were answered and what became of them.")
            .Answers(StatusCodes.Status200OK, "The import.", Example)
            .AnswersText(StatusCodes.Status200OK, "text/plain", Shell.Meaning, Shell.Lines(Example))
            .Refuses(Unknown(Example.Id));
        api.MapGet("/imports/{id:guid}/report.csv", Report).For(Purpose.SubmitRecords)
            .WithName("getImportReport").WithTags(Tag).WithSummary("Fetch what is wrong with an import, as CSV")
            .WithDescription("One line for each fault that the dry run found, and after acceptance for each row that its owner refused.")
            .AnswersText(StatusCodes.Status200OK, "text/csv", "The report, in the order of the files.",
                ImportReport.Columns + "tam.csv,17,i4,out_of_scale,\"Answers of tam-r@1 are 1–5, NA or blank. Correct it after the form.\"\n")
            .Refuses(Unknown(Example.Id));
        api.MapPost("/imports/{id:guid}/accept", Accept).For(Purpose.SubmitRecords)
            .WithName("acceptImport").WithTags(Tag).WithSummary("Accept an import")
            .WithDescription("Its rows go the way of single submissions. Accepting again changes nothing.")
            .Answers(StatusCodes.Status202Accepted, "The rows are being recorded. Watch the import until its state is `settled`.",
                Example with { State = ImportState.Accepted })
            .AnswersText(StatusCodes.Status202Accepted, "text/plain", Shell.Meaning, Shell.Lines(Example))
            .Refuses(Problems.OfStatus(StatusCodes.Status400BadRequest))
            .Refuses(Unknown(Example.Id))
            .Refuses(StillChecking);
    }

    static async Task<IResult> Programmes(HttpContext context, CurrentVisitor visitor, SubmissionsTable records)
    {
        var open = (await visitor.Reach(Purpose.FollowTeam)).Scopes;
        var programmes = (await records.Programmes(context.RequestAborted))
            .Where(programme => open.Any(scope => scope.Programme is null || scope.Programme == programme)).ToList();
        return Shell.Wants(context) ? Results.Text(string.Concat(programmes.Select(programme => $"{programme}\n"))) : Results.Ok(programmes);
    }

    static async Task<IResult> Receive(
        HttpContext context, [Description(Programme.Meaning)] string? programme, CurrentVisitor visitor, Imports imports)
    {
        if (Programme.Fault(programme) is { } fault)
            return Problems.OfParameter(fault);
        if (!(await visitor.Reach(Purpose.SubmitRecords)).CoversAllOf(programme))
            return Problems.OfStatus(StatusCodes.Status403Forbidden);
        var upload = await Upload.Read(context);
        if (upload.Fault is { } refusal)
            return Refusal(refusal);
        var id = await imports.Receive(programme!, upload.Files, context.RequestAborted);
        context.Response.Headers.Location = $"/api/v1/imports/{id}";
        context.Response.StatusCode = StatusCodes.Status201Created;
        return await Show(id, context, imports);
    }

    static async Task<IResult> Show([Description(IdMeaning)] Guid id, HttpContext context, Imports imports)
    {
        if (await imports.Find(id, Purpose.SubmitRecords, context.RequestAborted) is not { } import)
            return Unknown(id);
        var shown = ImportShown.Of(import, await imports.Progress(import, context.RequestAborted));
        return Shell.Wants(context) ? Results.Text(Shell.Lines(shown)) : Results.Json(shown, ApiJson.Options, statusCode: context.Response.StatusCode);
    }

    static async Task<IResult> Report([Description(IdMeaning)] Guid id, HttpContext context, Imports imports, ImportsTable table) =>
        await imports.Find(id, Purpose.SubmitRecords, context.RequestAborted) is null
            ? Unknown(id)
            : ImportReport.Of(table.Findings(id, context.RequestAborted));

    static async Task<IResult> Accept(
        [Description(IdMeaning)] Guid id, HttpContext context, Imports imports,
        [Description("Accept in spite of faults: rows that have any, and rows that rest on those, are left out.")] bool goodRowsOnly = false)
    {
        if (await imports.Find(id, Purpose.SubmitRecords, context.RequestAborted) is null)
            return Unknown(id);
        if (await imports.Accept(id, goodRowsOnly, context.RequestAborted) is { } refusal)
            return Refusal(refusal, (await imports.Find(id, Purpose.SubmitRecords, context.RequestAborted))!);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return await Show(id, context, imports);
    }

    static ProblemHttpResult Refusal(UploadFault fault) => fault switch
    {
        UploadFault.NoForm => NoForm,
        UploadFault.Unreadable => Unreadable,
        UploadFault.NoFiles => NoFiles,
        _ => throw new UnreachableException(),
    };

    static ProblemHttpResult Refusal(AcceptanceRefusal refusal, Import import) => refusal switch
    {
        AcceptanceRefusal.StillChecking => StillChecking,
        AcceptanceRefusal.HasFaults => Problems.Of(StatusCodes.Status409Conflict, ErrorCodes.Inconsistent,
            $"The dry run found {import.Checked?.Counts.Findings} faults; read /api/v1/imports/{import.Received!.ImportId}/report.csv. Mend them and upload again, or accept the good rows with ?goodRowsOnly=true."),
        AcceptanceRefusal.FilesDeleted => FilesDeleted,
        _ => throw new UnreachableException(),
    };

    static ProblemHttpResult NoForm => Problems.Of(StatusCodes.Status415UnsupportedMediaType, ErrorCodes.BadEncoding,
        "Send the files as multipart/form-data, each in a part named 'files'.");

    static ProblemHttpResult Unreadable => Problems.Of(StatusCodes.Status400BadRequest, ErrorCodes.BadEncoding,
        "The upload cannot be read to its end as multipart/form-data. Send each file in a part named 'files'.");

    static ProblemHttpResult NoFiles => Problems.Of(StatusCodes.Status422UnprocessableEntity, ErrorCodes.MissingValue,
        "Send at least one file in a part named 'files'.", "/files");

    static ProblemHttpResult StillChecking => Problems.Of(StatusCodes.Status409Conflict, ErrorCodes.Inconsistent,
        "The import is still being checked. Accept it when its state is 'checked'.");

    static ProblemHttpResult FilesDeleted => Problems.Of(StatusCodes.Status409Conflict, ErrorCodes.Inconsistent,
        "The uploaded files were deleted when a case of the programme was erased. Upload them again, without that case.");

    static ProblemHttpResult Unknown(Guid id) =>
        Problems.Of(StatusCodes.Status404NotFound, ErrorCodes.UnknownReference, $"There is no import {id}. Check the address that the upload answered with.");
}

/// <summary>An import as the API shows it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Programme">The programme that the rows go into.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Files">The files that were uploaded.</param>
/// <param name="LeftAlone">Those that are none of the kinds.</param>
/// <param name="Counts">What the dry run counted, by file.</param>
/// <param name="Rows">Rows in all.</param>
/// <param name="Errors">Faults found; the report names each.</param>
/// <param name="Held">Rows that rest on a faulty one.</param>
/// <param name="New">Rows that record something.</param>
/// <param name="Changes">Rows that fill blanks of what is known.</param>
/// <param name="Known">Rows that repeat what is known.</param>
/// <param name="Sent">Rows accepted so far.</param>
/// <param name="Answered">Rows that their owners have answered.</param>
/// <param name="Recorded">Rows in effect.</param>
/// <param name="Waiting">Rows that wait for a record they rest on.</param>
/// <param name="Refused">Rows that their owners refused.</param>
/// <param name="ReviewsSettled">Whether every review that it bears on has been computed.</param>
sealed record ImportShown(
    Guid Id, string Programme, ImportState State, IReadOnlyList<string> Files, IReadOnlyList<string> LeftAlone, IReadOnlyList<FileCounts> Counts,
    int Rows, int Errors, int Held, int New, int Changes, int Known, int Sent, int Answered, int Recorded, int Waiting, int Refused,
    bool ReviewsSettled)
{
    public static ImportShown Of(Import import, ImportProgress progress) => new(
        import.Received!.ImportId, import.Received.Programme, import.State, import.Received.Files, import.Checked?.LeftAlone ?? [], import.Checked?.Files ?? [],
        progress.Rows, progress.Findings, progress.Held, progress.New, progress.Changes, progress.Known,
        progress.States.Sent, progress.States.Answered, progress.States.Recorded, progress.States.Waiting, progress.States.Refused, import.Settled);
}
