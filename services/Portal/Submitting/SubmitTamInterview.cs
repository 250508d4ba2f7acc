using System.Text.Json;
using Fidelity.Contracts.Submitting;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Importing;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;

namespace Fidelity.Portal.Submitting;

/// <summary>
/// A single TAM interview (formats.md §2). It is read and judged as a row of <c>tam.csv</c> would be, then sent to its
/// owner: recorded with its score (200), refused with every fault at once (422), or accepted and still being recorded (202).
/// </summary>
static class SubmitTamInterview
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    const long LargestDocument = 1024 * 1024;
    static readonly ImportKind Kind = ImportKind.Find("tam.csv")!;

    public static void AddSubmitting(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Submissions>();
        builder.Services.AddSingleton<Owners>();
        builder.Services.AddSingleton<SubmissionsTable>();
        builder.Services.AddSingleton<AwaitedAnswers>();
        builder.Services.AddHostedService<Resending>();
    }

    public static void MapSubmitting(this IEndpointRouteBuilder api)
    {
        api.MapPost("/tam-interviews", Submit).Accepts<JsonElement>("application/json");
        api.MapGet("/submissions/{id:guid}", async (Guid id, EventWriter store, TimeProvider clock, CancellationToken stopping) =>
            await store.Read<Submission>(Submissions.StreamKey(id), stopping) is { Command: not null } submission
                ? Results.Json(Shown(id, submission, clock.GetUtcNow()), ApiJson.Options)
                : Problems.Of(StatusCodes.Status404NotFound, "unknown_reference", $"There is no submission {id}. Check the address that the submission answered with."));
    }

    static async Task<IResult> Submit(
        HttpContext context, string? programme, SubmissionsTable records, Submissions submissions, Owners owners, AwaitedAnswers awaited, TimeProvider clock, ILogger<Submission> log)
    {
        var stopping = context.RequestAborted;
        if (Programme.Fault(programme) is { } fault)
            return Problems.Of(fault);
        if (!context.Request.HasJsonContentType())
            return Problems.OfStatus(StatusCodes.Status415UnsupportedMediaType);
        if (context.Request.ContentLength > LargestDocument)
            return Problems.OfStatus(StatusCodes.Status413PayloadTooLarge);
        if (await InterviewDocument.Read(context.Request.Body, Kind, stopping) is not { } document)
            return Problems.OfStatus(StatusCodes.Status400BadRequest);
        if (document.Faults.Count > 0)
            return Problems.Of(document.Faults, InterviewDocument.Pointer);

        var row = ParsedImport.Read(ImportFiles.Of(Kind, document.Cells), programme!);
        var judged = row.Check(await records.Known(programme!, row.References, stopping));
        if (judged.Findings.Count > 0)
        {
            return Problems.Of(
                [.. judged.Findings.Select(finding => new Cause(finding.Code, finding.Column, finding.Message))], InterviewDocument.Pointer);
        }

        var command = (RecordTamInterview)submissions.Name(judged.Rows.Single().Command);
        var submission = await submissions.Accept(command, row: null, stopping);
        if (Content.Differences(submission.Command!, command) is { Count: > 0 } differences)
        {
            return Problems.Of(
                [new Cause(ErrorCodes.ConflictingId, "interview_id",
                    $"An interview with this id is already accepted and differs in {string.Join(", ", differences)}. Give this one an id of its own, or submit a correction.")],
                InterviewDocument.Pointer);
        }

        if (submission.Concluded is not { Outcome: not SubmissionOutcome.Waiting })
            submission = await awaited.Ask<Submission>(command.SubmissionId, () => Send(owners, command, log, stopping), Patience, stopping) ?? submission;
        return Answer(context, command.SubmissionId, submission, clock.GetUtcNow());
    }

    /// <summary>A broker that is away now takes the command later: it is accepted, and sent again until it is answered.</summary>
    static async Task Send(Owners owners, RecordTamInterview command, ILogger log, CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(Patience);
        try
        {
            await owners.Send(command, messageId: null, patience.Token);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            log.LogWarning(failure, "Submission {Submission} could not be sent yet; it is sent again until it is answered", command.SubmissionId);
        }
    }

    static IResult Answer(HttpContext context, Guid id, Submission submission, DateTimeOffset now)
    {
        switch (submission.Concluded)
        {
            case { Outcome: SubmissionOutcome.Recorded }:
                return Results.Json(Shown(id, submission, now), ApiJson.Options);
            case { Outcome: SubmissionOutcome.Refused, Causes: var causes }:
                return Problems.Of(causes, InterviewDocument.Pointer);
            default:
                context.Response.Headers.Location = $"/api/v1/submissions/{id}";
                return Results.Json(Shown(id, submission, now), ApiJson.Options, statusCode: StatusCodes.Status202Accepted);
        }
    }

    static SubmissionShown Shown(Guid id, Submission submission, DateTimeOffset now) => new(
        id, submission.Concluded is { } concluded ? Codes.Of(concluded.Shown(now)) : "accepted", $"/api/v1/submissions/{id}",
        submission.Concluded?.Score is { } score
            ? new ScoreShown(
                score.Value?.ToDouble(), score.IsSufficient ? "sufficient" : "insufficient", score.Definition, score.Answered, score.NotApplicable, score.Blank,
                Instruments.Find(score.Definition)?.MinimumAnswered, Instruments.Find(score.Definition)?.Threshold?.ToDouble())
            : null,
        submission.Concluded?.Causes ?? []);

    sealed record SubmissionShown(Guid Submission, string State, string Status, ScoreShown? Score, IReadOnlyList<Cause> Causes);

    /// <summary>A score with what it rests on.</summary>
    sealed record ScoreShown(
        double? Value, string Sufficiency, string Definition, int Answered, int NotApplicable, int Blank, int? MinimumAnswered, double? Threshold);
}
