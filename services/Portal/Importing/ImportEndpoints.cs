using System.Globalization;
using System.Text;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.Portal.Submitting;
using Fidelity.ServiceDefaults;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fidelity.Portal.Importing;

/// <summary>Imports over HTTP: upload, watch the dry run, read the report, accept, watch it settle.</summary>
static class ImportEndpoints
{
    const long LargestUpload = 512L * 1024 * 1024;

    public static void AddImporting(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ImportsTable>();
        builder.Services.AddSingleton<SettlingRounds>();
        builder.Services.AddHostedService<ImportWorker>();
    }

    public static void MapImporting(this IEndpointRouteBuilder api)
    {
        api.MapGet("/programmes", async (HttpContext context, SubmissionsTable records) =>
            Shell.Wants(context)
                ? Results.Text(string.Concat((await records.Programmes(context.RequestAborted)).Select(programme => $"{programme}\n")))
                : Results.Ok(await records.Programmes(context.RequestAborted)));
        api.MapPost("/imports", Receive).DisableAntiforgery()
            .WithMetadata(new RequestSizeLimit(LargestUpload));
        api.MapGet("/imports/{id:guid}", async (Guid id, HttpContext context, EventWriter store, ImportsTable imports) =>
            await Show(id, context, store, imports));
        api.MapGet("/imports/{id:guid}/report.csv", Report);
        api.MapPost("/imports/{id:guid}/accept", Accept);
    }

    static async Task<IResult> Receive(HttpContext context, string? programme, EventWriter writer, ImportsTable imports)
    {
        if (Programme.Fault(programme) is { } fault)
            return Problems.Of(fault);
        if (!context.Request.HasFormContentType)
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "bad_encoding",
                "Send the files as multipart/form-data, each in a part named 'files'.");
        IFormCollection form;
        try
        {
            form = await context.Request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = LargestUpload }, context.RequestAborted);
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or IOException and not BadHttpRequestException)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "bad_encoding",
                "The upload cannot be read to its end as multipart/form-data. Send each file in a part named 'files'.");
        }

        if (form.Files.Count == 0)
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "missing_value", "Send at least one file in a part named 'files'.", "/files");
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
        return await Show(id, context, writer, imports);
    }

    static async Task<IResult> Show(Guid id, HttpContext context, EventWriter store, ImportsTable imports)
    {
        if (await store.Read<Import>(Import.StreamKey(id), context.RequestAborted) is not { Received: { } received } import)
            return Unknown(id);
        var states = await imports.States(id, context.RequestAborted);
        var shown = new ImportShown(
            id, received.Programme, import.State, received.Files, import.Checked?.LeftAlone ?? [], import.Checked?.Files ?? [],
            import.Checked?.Counts.Rows ?? await imports.RowsChecked(id, context.RequestAborted), import.Checked?.Counts.Findings ?? 0, import.Checked?.Counts.Held ?? 0,
            import.Checked?.Counts.New ?? 0, import.Checked?.Counts.Changes ?? 0, import.Checked?.Counts.Known ?? 0,
            states.Values.Sum(), states.Values.Sum() - states.GetValueOrDefault("accepted"),
            states.GetValueOrDefault(Codes.Of(SubmissionOutcome.Recorded)), states.GetValueOrDefault(Codes.Of(SubmissionOutcome.Waiting)),
            states.GetValueOrDefault(Codes.Of(SubmissionOutcome.Refused)), import.Settled);
        return Shell.Wants(context) ? Results.Text(Shell.Lines(shown)) : Results.Json(shown, ApiJson.Options, statusCode: context.Response.StatusCode);
    }

    /// <summary>What is wrong: the dry run's findings, and after acceptance what the owners refused.</summary>
    static async Task<IResult> Report(Guid id, HttpContext context, EventWriter store, ImportsTable imports)
    {
        if (await store.Read<Import>(Import.StreamKey(id), context.RequestAborted) is not { Received: not null } import)
            return Unknown(id);
        var findings = imports.Findings(id, ofDryRun: import.Accepted is null or { GoodRowsOnly: true }, context.RequestAborted);
        return Results.Stream(async body =>
        {
            await using var report = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            await report.WriteAsync("file,line,column,code,message\n");
            await foreach (var finding in findings)
                await report.WriteAsync(string.Create(CultureInfo.InvariantCulture,
                    $"{Cell(finding.File)},{finding.Line},{Cell(finding.Column)},{finding.Code},{Cell(finding.Message)}\n"));
        }, "text/csv; charset=utf-8");
    }

    static async Task<IResult> Accept(Guid id, HttpContext context, EventWriter writer, ImportsTable imports, bool goodRowsOnly = false)
    {
        var refusal = await writer.Write(async streams =>
        {
            var stream = await streams.Open<Import>(Import.StreamKey(id));
            if (stream.State?.Received is null)
                return Unknown(id);
            if (stream.State.Accepted is not null)
                return null;
            if (stream.State.Checked is not { } dryRun)
                return Problems.Of(StatusCodes.Status409Conflict, "inconsistent", "The import is still being checked. Accept it when its state is 'checked'.");
            if (dryRun.Counts.Findings > 0 && !goodRowsOnly)
                return Problems.Of(StatusCodes.Status409Conflict, "inconsistent",
                    $"The dry run found {dryRun.Counts.Findings} faults; read /api/v1/imports/{id}/report.csv. Mend them and upload again, or accept the good rows with ?goodRowsOnly=true.");
            var accepted = new ImportAccepted(goodRowsOnly);
            stream.Append(stream.State.Apply(accepted), [accepted]);
            return null;
        }, context.RequestAborted);
        if (refusal is not null)
            return refusal;
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return await Show(id, context, writer, imports);
    }

    static ProblemHttpResult Unknown(Guid id) =>
        Problems.Of(StatusCodes.Status404NotFound, "unknown_reference", $"There is no import {id}. Check the address that the upload answered with.");

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
sealed record ImportShown(
    Guid Id, string Programme, string State, IReadOnlyList<string> Files, IReadOnlyList<string> LeftAlone, IReadOnlyList<FileCounts> Counts,
    int Rows, int Errors, int Held, int New, int Changes, int Known, int Sent, int Answered, int Recorded, int Waiting, int Refused,
    bool ReviewsSettled);
