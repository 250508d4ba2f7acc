using System.ComponentModel;
using System.Globalization;
using System.Text;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Describing;
using Fidelity.Portal.LoggingAccess;
using Fidelity.Portal.Submitting;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fidelity.Portal.Importing;

/// <summary>Imports over HTTP: upload, watch the dry run, read the report, accept, watch it settle.</summary>
static class ImportEndpoints
{
    const long LargestUpload = 512L * 1024 * 1024;
    const string Tag = "Imports";
    const string IdMeaning = "What the upload was answered with as `id`.";
    const string ReportColumns = "file,line,column,code,message\n";

    static readonly ImportShown Example = new(
        new("0198f3a2-7c1e-7b60-9d2f-3e5a8c4b1d70"), "main", ImportState.Checked, ["teams.csv"], [], [new("teams.csv", 1, 1, 0, 0, 0, 0)],
        1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, ReviewsSettled: false);

    public static void AddImporting(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ImportsTable>();
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
            .WithMetadata(new RequestSizeLimit(LargestUpload))
            .WithName("uploadImport").WithTags(Tag).WithSummary("Upload files for a dry run")
            .WithDescription(
                "Any subset of the files of a programme as CSV, one zip of them, or a workbook with a sheet for each. Nothing is recorded: every row is "
                + "checked, and the import waits until it is accepted.")
            .Requires("programme")
            .TakesFiles(Example.Files[0], "team_id,name,profile,opened,closed,pir_start_month\nvast,Team Väst,mst@1,2025-01-01,,1\n")
            .Answers(StatusCodes.Status201Created, "The files are kept, and are being checked.",
                Example with { State = ImportState.Checking, Counts = [], Rows = 0, New = 0 })
            .Locates(StatusCodes.Status201Created, "Where to watch it until its state is `checked`.")
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
                ReportColumns + "tam.csv,17,i4,out_of_scale,\"Answers of tam-r@1 are 1–5, NA or blank. Correct it after the form.\"\n")
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
        HttpContext context, [Description(Programme.Meaning)] string? programme, CurrentVisitor visitor, EventWriter writer, ImportsTable imports)
    {
        if (Programme.Fault(programme) is { } fault)
            return Problems.OfParameter(fault);
        if (!(await visitor.Reach(Purpose.SubmitRecords)).CoversAllOf(programme))
            return Problems.OfStatus(StatusCodes.Status403Forbidden);
        if (!context.Request.HasFormContentType)
            return NoForm;
        IFormCollection form;
        try
        {
            form = await context.Request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = LargestUpload }, context.RequestAborted);
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or IOException and not BadHttpRequestException)
        {
            return Unreadable;
        }

        if (form.Files.Count == 0)
            return NoFiles;
        var files = new List<UploadedFile>();
        foreach (var file in form.Files)
        {
            var content = new byte[file.Length];
            await using var sent = file.OpenReadStream();
            await sent.ReadExactlyAsync(content, context.RequestAborted);
            files.Add(new UploadedFile(file.FileName.Replace("\0", "", StringComparison.Ordinal), content));
        }

        var id = Guid.CreateVersion7();
        await imports.Store(id, files, context.RequestAborted);
        var received = new ImportReceived(id, programme!, [.. files.Select(file => file.Name)], files.Sum(file => (long)file.Content.Length));
        await writer.Write(async streams =>
        {
            var stream = await streams.Open<Import>(Import.StreamKey(id));
            stream.Append(new Import().Apply(received), [received]);
            return true;
        }, context.RequestAborted);
        context.Response.Headers.Location = $"/api/v1/imports/{id}";
        context.Response.StatusCode = StatusCodes.Status201Created;
        return await Show(id, context, visitor, writer, imports);
    }

    static async Task<IResult> Show([Description(IdMeaning)] Guid id, HttpContext context, CurrentVisitor visitor, EventWriter store, ImportsTable imports)
    {
        if (await Find(id, context, visitor, store) is not { Received: { } received } import)
            return Unknown(id);
        var states = await imports.States(id, context.RequestAborted);
        var shown = new ImportShown(
            id, received.Programme, import.State, received.Files, import.Checked?.LeftAlone ?? [], import.Checked?.Files ?? [],
            import.Checked?.Counts.Rows ?? await imports.RowsChecked(id, context.RequestAborted), import.Sent?.Findings ?? import.Checked?.Counts.Findings ?? 0,
            import.Sent?.Held ?? import.Checked?.Counts.Held ?? 0,
            import.Checked?.Counts.New ?? 0, import.Checked?.Counts.Changes ?? 0, import.Checked?.Counts.Known ?? 0,
            states.Values.Sum(), states.Values.Sum() - states.GetValueOrDefault("accepted"),
            states.GetValueOrDefault(Codes.Of(SubmissionOutcome.Recorded)), states.GetValueOrDefault(Codes.Of(SubmissionOutcome.Waiting)),
            states.GetValueOrDefault(Codes.Of(SubmissionOutcome.Refused)), import.Settled);
        return Shell.Wants(context) ? Results.Text(Shell.Lines(shown)) : Results.Json(shown, ApiJson.Options, statusCode: context.Response.StatusCode);
    }

    /// <summary>The import, if it was received and its programme is open to whoever asks.</summary>
    static async Task<Import?> Find(Guid id, HttpContext context, CurrentVisitor visitor, EventWriter store) =>
        await store.Read<Import>(Import.StreamKey(id), context.RequestAborted) is { Received: { } received } import
        && (await visitor.Reach(Purpose.SubmitRecords)).CoversAllOf(received.Programme)
            ? import
            : null;

    /// <summary>What is wrong: the findings, of the dry run and then of the sending, and after acceptance what the owners refused.</summary>
    static async Task<IResult> Report([Description(IdMeaning)] Guid id, HttpContext context, CurrentVisitor visitor, EventWriter store, ImportsTable imports)
    {
        if (await Find(id, context, visitor, store) is null)
            return Unknown(id);
        var findings = imports.Findings(id, context.RequestAborted);
        return Results.Stream(async body =>
        {
            await using var report = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            await report.WriteAsync(ReportColumns);
            await foreach (var finding in findings)
                await report.WriteAsync(string.Create(CultureInfo.InvariantCulture,
                    $"{Cell(finding.File)},{finding.Line},{Cell(finding.Column)},{finding.Code},{Cell(finding.Message)}\n"));
        }, "text/csv; charset=utf-8");
    }

    static async Task<IResult> Accept(
        [Description(IdMeaning)] Guid id, HttpContext context, CurrentVisitor visitor, EventWriter writer, ImportsTable imports,
        [Description("Accept in spite of faults: rows that have any, and rows that rest on those, are left out.")] bool goodRowsOnly = false)
    {
        if (await Find(id, context, visitor, writer) is null)
            return Unknown(id);
        var hasFiles = await imports.HasFiles(id, context.RequestAborted);
        var refusal = await writer.Write(async streams =>
        {
            var stream = await streams.Open<Import>(Import.StreamKey(id));
            if (stream.State!.Accepted is not null)
                return null;
            if (stream.State.Checked is not { } dryRun)
                return StillChecking;
            if (dryRun.Counts.Findings > 0 && !goodRowsOnly)
                return Problems.Of(StatusCodes.Status409Conflict, ErrorCodes.Inconsistent,
                    $"The dry run found {dryRun.Counts.Findings} faults; read /api/v1/imports/{id}/report.csv. Mend them and upload again, or accept the good rows with ?goodRowsOnly=true.");
            if (!hasFiles)
                return FilesDeleted;
            var accepted = new ImportAccepted(goodRowsOnly);
            stream.Append(stream.State.Apply(accepted), [accepted]);
            return null;
        }, context.RequestAborted);
        if (refusal is not null)
            return refusal;
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return await Show(id, context, visitor, writer, imports);
    }

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

    /// <summary>A cell of the report; what a spreadsheet would take for a formula is made text.</summary>
    static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
            text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    sealed record RequestSizeLimit(long? MaxRequestBodySize) : Microsoft.AspNetCore.Http.Metadata.IRequestSizeLimitMetadata;
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
    bool ReviewsSettled);
