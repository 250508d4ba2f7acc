using System.Buffers;
using System.Collections.Immutable;
using Fidelity.Contracts;
using Fidelity.Contracts.Submitting;
using Fidelity.Portal.Access;
using Fidelity.Portal.Importing;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;

namespace Fidelity.Portal.Submitting;

/// <summary>
/// Takes a single record of any kind (formats.md §2). It is read and judged as a row of its import file would be, then sent to
/// its owner: recorded, an interview with its score (200), refused with every fault at once (422), or accepted and still being
/// recorded (202).
/// </summary>
sealed class SubmitRecord(
    SubmissionsTable records, Submissions submissions, Owners owners, AwaitedAnswers awaited, EventWriter store, TimeProvider clock,
    ILogger<SubmitRecord> log)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    const int LargestDocument = 1024 * 1024;

    public Task<IResult> Submit(ImportKind kind, string? programme, HttpContext context, CurrentVisitor visitor) =>
        Submit(body => RecordDocument.Read(body, kind) is { } document ? new(kind, document) : null, programme, context, visitor);

    /// <param name="read">Reads the body; null when it is not what the address takes.</param>
    public async Task<IResult> Submit(Func<ReadOnlySequence<byte>, ReadRecord?> read, string? programme, HttpContext context, CurrentVisitor visitor)
    {
        var stopping = context.RequestAborted;
        if (Programme.Fault(programme) is { } fault)
            return Problems.OfParameter(fault);
        if (!(await visitor.Reach(Purpose.SubmitRecords)).CoversAllOf(programme))
            return Problems.OfStatus(StatusCodes.Status403Forbidden);
        if (!context.Request.HasJsonContentType())
            return Problems.OfStatus(StatusCodes.Status415UnsupportedMediaType);
        if (context.Request.ContentLength > LargestDocument)
            return Problems.OfStatus(StatusCodes.Status413PayloadTooLarge);
        var body = await context.Request.BodyReader.ReadAtLeastAsync(LargestDocument + 1, stopping);
        var tooLarge = body.Buffer.Length > LargestDocument;
        var record = tooLarge ? null : read(body.Buffer);
        context.Request.BodyReader.AdvanceTo(body.Buffer.End);
        if (record is null)
            return Problems.OfStatus(tooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest);
        if (record.Kind is null)
            return Problems.Of(record.Document.Faults);

        var taken = await Take(record.Document, record.Kind, programme!, stopping);
        return taken.Submission is { } submission ? Answer(context, taken.Id, submission) : Problems.Of([.. taken.Faults.Select(record.Placed).DistinctBy(placed => placed.Pointer ?? placed.Detail, StringComparer.Ordinal)]);
    }

    /// <summary>Says all that is wrong with a record, and keeps nothing.</summary>
    public async Task<IReadOnlyList<Problem.Fault>> Check(RecordDocument document, ImportKind kind, string programme, CancellationToken stopping) =>
        (await Judge(document, kind, programme, stopping)).Faults;

    /// <summary>Keeps a record that is in order and sends it to its owner; otherwise says all that is wrong with it.</summary>
    public async Task<TakenRecord> Take(RecordDocument document, ImportKind kind, string programme, CancellationToken stopping)
    {
        var (judged, faults) = await Judge(document, kind, programme, stopping);
        if (faults.Count > 0)
            return new(faults, Guid.Empty, null);

        var command = submissions.Name(judged.Rows.Single().Command);
        var submission = await submissions.Accept(command, row: null, stopping);
        // Between the judging and here, somebody else may have taken the id.
        return ImportCheck.Contradiction(kind, submission.Command, command) is { } taken
            ? new([Fault(taken.Code, taken.Field, taken.Message)], command.SubmissionId, null)
            : new([], command.SubmissionId, await Settle(submission, stopping));
    }

    /// <summary>Keeps a command that no import file has rows of, and sends it to its owner; otherwise says all that is wrong with it.</summary>
    public async Task<TakenRecord> Take(Command given, CancellationToken stopping)
    {
        var faults = CommandValidation.Check(given);
        if (faults.Count > 0)
            return new([.. faults.Select(fault => Fault(fault.Code, fault.Field, fault.Message))], Guid.Empty, null);
        var command = submissions.Name(given);
        return new([], command.SubmissionId, await Settle(await submissions.Accept(command, row: null, stopping), stopping));
    }

    static Problem.Fault Fault(string code, string? column, string message) => new(code, RecordDocument.Pointer(column), null, message);

    async Task<(CheckedImport Judged, IReadOnlyList<Problem.Fault> Faults)> Judge(
        RecordDocument document, ImportKind kind, string programme, CancellationToken stopping)
    {
        var judged = await Judge(ParsedImport.Read(ImportFiles.Of(kind, document.Cells), programme), programme, stopping);
        return (judged,
        [
            .. document.Faults.Concat(judged.Findings.Select(found => Fault(found.Code, found.Column, found.Message)))
                .DistinctBy(found => found.Pointer ?? found.Detail, StringComparer.Ordinal),
        ]);
    }

    /// <summary>
    /// Nothing is refused for what is not known before the tables have caught up: what it rests on may have been accepted a moment ago.
    /// </summary>
    async Task<CheckedImport> Judge(ParsedImport row, string programme, CancellationToken stopping)
    {
        var judged = row.Check(await records.Known(programme, row.References, stopping));
        if (!judged.Findings.Any(found => RestsOnRecords(found.Code)))
            return judged;
        await records.CatchUp(stopping);
        return row.Check(await records.Known(programme, row.References, stopping));
    }

    static bool RestsOnRecords(string code) =>
        code is ErrorCodes.UnknownReference or ErrorCodes.ConflictingId or ErrorCodes.OutsidePost or ErrorCodes.OutsideCase;

    /// <summary>
    /// Sends an accepted submission to its owner, and waits for the last word on it. It is kept by now: whatever goes wrong here, it
    /// is sent again until it is answered.
    /// </summary>
    async Task<Submission> Settle(Submission accepted, CancellationToken stopping)
    {
        if (accepted.IsSettled)
            return accepted;
        var id = accepted.Command!.SubmissionId;
        try
        {
            // Without an answer here, another instance of the portal may have taken it in.
            return await awaited.Ask<Submission>(id, () => Send(accepted.Command, stopping), Patience, stopping)
                ?? await store.Read<Submission>(Submissions.StreamKey(id), stopping) ?? accepted;
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            log.LogWarning(failure, "Submission {Submission} is kept, and could not be followed to its end", id);
            return accepted;
        }
    }

    /// <summary>A broker that is away now takes the command later.</summary>
    async Task Send(Command command, CancellationToken stopping)
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

    IResult Answer(HttpContext context, Guid id, Submission submission)
    {
        var shown = SubmissionShown.Of(id, submission, clock.GetUtcNow());
        switch (shown.State)
        {
            case SubmissionState.Recorded:
                return Results.Json(shown, ApiJson.Options);
            case SubmissionState.Refused:
                return Problems.Of(shown.Causes);
            default:
                context.Response.Headers.Location = shown.Status;
                return Results.Json(shown, ApiJson.Options, statusCode: StatusCodes.Status202Accepted);
        }
    }
}

/// <summary>A record as it was read.</summary>
/// <param name="Kind">The kind of import file that it would be a row of; null when that cannot be told, and the document has the faults.</param>
sealed record ReadRecord(ImportKind? Kind, RecordDocument Document)
{
    /// <summary>Where the caller's document has what a pointer of ours names; the same when nothing else is said.</summary>
    public IReadOnlyDictionary<string, string> Places { get; init; } = ImmutableDictionary<string, string>.Empty;

    public Problem.Fault Placed(Problem.Fault fault) =>
        fault.Pointer is { } pointer && Places.TryGetValue(pointer, out var place) ? fault with { Pointer = place } : fault;
}

/// <summary>What became of a record that was given: all that is wrong with it, or where its submission stands.</summary>
sealed record TakenRecord(IReadOnlyList<Problem.Fault> Faults, Guid Id, Submission? Submission);
