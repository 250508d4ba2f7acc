using System.ComponentModel;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Describing;
using Fidelity.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fidelity.Portal.Exporting;

/// <summary>Exports over HTTP: ask, watch, fetch (formats.md §3).</summary>
static class ExportEndpoints
{
    const string Tag = "Exports";
    const string IdMeaning = "The export, as the request for it was answered.";

    public static void MapExporting(this IEndpointRouteBuilder api)
    {
        api.MapPost("/exports", Ask).For(Purpose.FollowTeam)
            .WithName("requestExport").WithTags(Tag).WithSummary("Ask for an export")
            .WithDescription(
                "`trends` and `reviews` take the purpose `follow_team`, `opportunities` `see_cases` and `interviews` `see_scores`. What is open to whoever asks is in the file and nothing else. "
                + "A small export is ready when this is answered; a large one is made as a job. The same request at the same position gives the same bytes.")
            .Requires("table")
            .Answers(StatusCodes.Status201Created, "It is ready to be fetched.", ExportShown.Example)
            .Says(StatusCodes.Status201Created, "Location", "The export.")
            .Answers(StatusCodes.Status202Accepted, "It is being made. Watch it until its state is `ready`.", ExportShown.Example with { State = ExportState.Waiting, Rows = 0, Bytes = null, Sha256 = null, FinishedAt = null })
            .Says(StatusCodes.Status202Accepted, "Location", "Where to watch it.")
            .Refuses(Problems.OfStatus(StatusCodes.Status400BadRequest))
            .Refuses(Problems.OfParameter(new ExportRequest("tables", ExportProfile.Analyst, null, null, null, null, "x").Fault()!))
            .Refuses(Problems.OfParameter(NoPosition));
        api.MapGet("/exports", List).For(Purpose.FollowTeam)
            .WithName("listExports").WithTags(Tag).WithSummary("List the exports that were asked for with this token")
            .WithDescription("The newest first. What is no longer open to whoever asks is listed and cannot be fetched.")
            .Answers(StatusCodes.Status200OK, "The exports.", (IReadOnlyList<ExportShown>)[ExportShown.Example]);
        api.MapGet("/exports/{id:guid}", Show).For(Purpose.FollowTeam)
            .WithName("getExport").WithTags(Tag).WithSummary("Show an export's manifest")
            .WithDescription("How far it has come, and once it is ready what its file holds: up to which position, how many rows and bytes, and their SHA-256.")
            .Answers(StatusCodes.Status200OK, "The manifest.", ExportShown.Example)
            .AnswersText(StatusCodes.Status200OK, "text/plain", Shell.Meaning, Shell.Lines(ExportShown.Example))
            .Refuses(Unknown(ExportShown.Example.Id));
        api.MapGet("/exports/{id:guid}/file", Fetch).For(Purpose.FollowTeam)
            .WithName("fetchExport").WithTags(Tag).WithSummary("Fetch the file of an export")
            .WithDescription("A workbook, CSV or a zip, as its profile says.")
            .AnswersText(StatusCodes.Status200OK, "application/zip", "A data package, for analysis or publication.", "")
            .AnswersText(StatusCodes.Status200OK, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "A workbook.", "")
            .AnswersText(StatusCodes.Status200OK, "text/csv", "For Swedish Excel.", "")
            .Refuses(Unknown(ExportShown.Example.Id))
            .Refuses(NotReady);
        api.MapGet("/exports/codebook/{table}", ShowCodebook).For(Purpose.FollowTeam)
            .WithName("getCodebook").WithTags(Tag).WithSummary("Show what the columns of a table are")
            .WithDescription("Every column and every code in Swedish and English, with its type, unit and the rule that defines it, made from what writes the files.")
            .AnswersText(StatusCodes.Status200OK, "text/csv", "The codebook.", string.Join(',', Codebook.Head) + "\n")
            .Refuses(UnknownTable);
    }

    static async Task<IResult> Ask(
        HttpContext context, AskingForExports asking, CurrentVisitor visitor,
        [Description("`trends`, `reviews`, `interviews` or `opportunities`.")] string? table,
        [Description("`excel`, `swedish_csv`, `analyst` or `published`; `analyst` when left out.")] string? profile,
        [Description(Programme.Meaning + " All that are open when left out.")] string? programme,
        [Description("The id of the team; all that are open when left out.")] string? team,
        [Description("The name of the period, such as 2026-H1; all when left out.")] string? period,
        [Description("The key of a measure, of `trends` and `reviews`; all when left out.")] string? measure,
        [Description("Who the file is for, in at most 80 characters; ids in it are pseudonyms of their own for each recipient. Whoever asks when left out.")] string? recipient,
        [Description("The position of an earlier export, to repeat it; the newest when left out.")] long? position)
    {
        if (!Measurement.Codes.TryParse<ExportProfile>(profile ?? Measurement.Codes.Of(ExportProfile.Analyst), out var form))
            return Problems.OfParameter(new(ErrorCodes.UnknownCode, "profile", $"Name a profile: {string.Join(", ", Measurement.Codes.All<ExportProfile>())}."));
        var request = new ExportRequest(table ?? "", form, programme, team, period, measure, recipient ?? (await visitor.Get())!.Name);
        if (request.Fault() is { } fault)
            return Problems.OfParameter(fault);
        if ((await asking.Reach(request)).Scopes is [])
            return Problems.OfStatus(StatusCodes.Status403Forbidden);
        if (await asking.Begin(context, request, position) is not { } export)
            return Problems.OfParameter(NoPosition);
        context.Response.Headers.Location = $"/api/v1/exports/{export.Id}";
        return Answer(context, export, export.State == ExportState.Ready ? StatusCodes.Status201Created : StatusCodes.Status202Accepted);
    }

    static async Task<IResult> List(HttpContext context, AskingForExports asking) =>
        Results.Json((await asking.Mine(context)).Select(ExportShown.Of), ApiJson.Options);

    static async Task<IResult> Show([Description(IdMeaning)] Guid id, HttpContext context, AskingForExports asking) =>
        await asking.Find(context, id) is { } export ? Answer(context, export, StatusCodes.Status200OK) : Unknown(id);

    static async Task<IResult> Fetch([Description(IdMeaning)] Guid id, HttpContext context, AskingForExports asking) => await asking.Find(context, id) switch
    {
        null => Unknown(id),
        { State: ExportState.Ready } export => await asking.File(export, context.RequestAborted),
        _ => NotReady,
    };

    static IResult ShowCodebook([Description("The table.")] string table) => ExportTables.Find(table) is { } known
        ? Results.Stream(body => Codebook.Write(body, known), "text/csv; charset=utf-8", $"codebook-{known.Key}.csv")
        : UnknownTable;

    static IResult Answer(HttpContext context, Export export, int status)
    {
        var shown = ExportShown.Of(export);
        return Shell.Wants(context) ? Results.Text(Shell.Lines(shown), statusCode: status) : Results.Json(shown, ApiJson.Options, statusCode: status);
    }

    static Cause NoPosition => new(ErrorCodes.UnknownReference, "position", "The portal's events have not come that far. Take the position of a manifest, or leave it out.");

    static ProblemHttpResult UnknownTable => Problems.Of(
        StatusCodes.Status404NotFound, ErrorCodes.UnknownReference, $"There is no such table. Name one: {string.Join(", ", ExportTables.All.Select(known => known.Key))}.");

    static ProblemHttpResult NotReady => Problems.Of(StatusCodes.Status409Conflict, ErrorCodes.Inconsistent,
        "The export cannot be fetched: it is still being made, or its file was deleted as a case in it was erased. Read its state.");

    static ProblemHttpResult Unknown(Guid id) => Problems.Of(
        StatusCodes.Status404NotFound, ErrorCodes.UnknownReference, $"There is no export {id} that is open to you as it was then. Ask for it again.");
}

/// <summary>An export with its manifest, as the API gives it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Table">The table.</param>
/// <param name="Profile">For whom the file is written.</param>
/// <param name="Programme">The programme; null: all that were open.</param>
/// <param name="Team">The team; null: all that were open.</param>
/// <param name="Period">The period; null: all.</param>
/// <param name="Measure">The measure; null: all.</param>
/// <param name="Recipient">Who the file is for, whom its pseudonyms are made for.</param>
/// <param name="Position">Up to which of the portal's events the data go; asked for again with it, the file is the same.</param>
/// <param name="DataTo">When that event was stored.</param>
/// <param name="Expected">Rows that were counted when it was asked for.</param>
/// <param name="Rows">Rows in the file, or written so far.</param>
/// <param name="Bytes">The size of the file; null until it is ready.</param>
/// <param name="Sha256">The file's checksum; null until it is ready.</param>
/// <param name="Erased">Records that had been erased when it was made, and that an earlier file of the same position may still have.</param>
/// <param name="Repeats">What it is beside an earlier export of the same request and position; null when it is the first.</param>
/// <param name="Definitions">The version of what the columns mean.</param>
/// <param name="Suppression">The version of the rules of what is published.</param>
/// <param name="By">Who asked.</param>
/// <param name="AskedAt">When.</param>
/// <param name="FinishedAt">When it was made; null until then.</param>
/// <param name="KeptUntil">Until when the file of a job is kept; a small file is made again each time.</param>
/// <param name="File">What the file is called.</param>
sealed record ExportShown(
    Guid Id, ExportState State, string Table, ExportProfile Profile, string? Programme, string? Team, string? Period, string? Measure, string Recipient, long Position, DateTime DataTo, long Expected,
    long Rows, long? Bytes, string? Sha256, long Erased, Repetition? Repeats, string Definitions, string Suppression, string By, DateTime AskedAt, DateTime? FinishedAt, DateTime? KeptUntil, string File)
{
    public static ExportShown Example { get; } = new(
        new("0197f6a2-7d41-7c3e-9a55-3f1c2b7a90e6"), ExportState.Ready, "trends", ExportProfile.Analyst, "main", null, "2026-H1", null, "the county", 4711, new(2026, 7, 1, 4, 0, 12, DateTimeKind.Utc),
        36, 36, 5120, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", 0, null, ExportTables.Definitions, Measurement.Suppression.Policy, "director",
        new(2026, 7, 1, 8, 30, 0, DateTimeKind.Utc), new(2026, 7, 1, 8, 30, 0, DateTimeKind.Utc), null, "fidelity-trends-main-2026-H1-analyst-4711.zip");

    public static ExportShown Of(Export export) => new(
        export.Id, export.State, export.Request.Table, export.Request.Profile, export.Request.Programme, export.Request.Team, export.Request.Period, export.Request.Measure, export.Request.Recipient,
        export.Position, export.DataTo, export.Expected, export.Rows, export.Bytes, export.Sha256, export.Erased, export.Repeats, export.Definitions, export.Suppression, export.By, export.AskedAt,
        export.FinishedAt, export.KeptUntil, export.Request.FileName(export.Position));
}
