using System.Diagnostics;
using System.Globalization;
using Dapper;
using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Answering;
using Fidelity.Portal.Submitting;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Npgsql;

namespace Fidelity.Portal.Interviewing;

/// <summary>An interview that is being held: its form, and the family and team that it is about.</summary>
public sealed record HeldForm(Draft Draft, TeamChanged Team, CaseChanged Family)
{
    public InstrumentDefinition Definition => InterviewForm.Definition(Team.Profile);

    /// <summary>Whether somebody may hold it on a day (measurement.md §2).</summary>
    public bool IsIndependent(string? interviewer, DateOnly day) =>
        Independence.Holds(interviewer, day, Family.TherapistId, Family.Reassignments, Team.Posts);
}

/// <summary>Opens an interview's form and submits it.</summary>
sealed class HoldInterview(
    NpgsqlDataSource database, ServiceSchema schema, Drafts drafts, KeptInterviews kept, SubmitRecord records, SubmissionsTable known, EventWriter store,
    BusinessCalendar calendar)
{
    const string Prefix = "tam-";
    static readonly TimeSpan LongestSubmission = TimeSpan.FromSeconds(10);
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    /// <summary>Null when there is no such form in the teams that are open to whoever asks.</summary>
    public async Task<HeldForm?> Open(Guid id, Reach reach, CancellationToken stopping)
    {
        if (await drafts.Find(id, stopping) is not { Instrument: Instrument.Tam } draft || !reach.Covers(draft.Programme, draft.TeamId, null))
            return null;
        await using var connection = await database.OpenConnectionAsync(stopping);
        var facts = (await connection.QueryAsync<(string Kind, string Data)>(
            $"""
            select kind, data from {schema.Name}.facts
            where programme = @Programme and (kind, key) in (('team', @TeamId), ('case', @Subject))
            """, new { draft.Programme, draft.TeamId, draft.Subject })).ToDictionary(fact => fact.Kind, fact => fact.Data, StringComparer.Ordinal);
        return facts.TryGetValue("team", out var team) && facts.TryGetValue("case", out var family)
            ? new(draft, FactsTable.Read<TeamChanged>(team), FactsTable.Read<CaseChanged>(family))
            : null;
    }

    /// <summary>The interview that was submitted on a form; null before, and once its family is erased.</summary>
    public Task<KeptInterview?> Kept(Draft draft) => kept.Read(draft.Programme, IdOf(draft));

    /// <summary>Waits until the tables know what has been recorded.</summary>
    public Task CatchUp(CancellationToken stopping) => known.CatchUp(stopping);

    /// <summary>The id of the interview that a form becomes.</summary>
    public static string IdOf(Draft draft) => $"{Prefix}{draft.Id:n}";

    /// <summary>The form that an interview was held on, if its id is that of one; other ids may look the same.</summary>
    public static Guid? FormOf(string interview) =>
        interview.StartsWith(Prefix, StringComparison.Ordinal) && Guid.TryParseExact(interview[Prefix.Length..], "n", out var form) ? form : null;

    public async Task<Submission?> Submitted(Draft draft, CancellationToken stopping) =>
        draft.Submission is { } submission ? await store.Read<Submission>(Submissions.StreamKey(submission), stopping) : null;

    /// <summary>
    /// Submits the form as the interview of whoever asks. The interview has the form's id, so that submitting it twice is submitting it
    /// once; what its owner refuses stays open, to be put right.
    /// </summary>
    /// <returns>What is wrong with it, by column; empty when it is submitted.</returns>
    public async Task<IReadOnlyList<(string? Column, string Code)>> Submit(HeldForm form, string interviewer, CancellationToken stopping)
    {
        var (draft, definition) = (form.Draft, form.Definition);
        if (FilledIn.Answered(draft.Content, definition) == 0)
            return [(null, "no_answers")];
        var day = DateOnly.TryParseExact(draft.Of("date"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : calendar.Today;
        if (day > calendar.Today)
            return [("date", "day_to_come")];
        if (!form.IsIndependent(interviewer, day))
            return [(null, "not_independent")];
        var taken = await records.Take(RecordDocument.Of(InterviewForm.Kind, new Dictionary<string, string>(draft.Content, StringComparer.Ordinal)
        {
            ["interview_id"] = IdOf(draft), ["case_id"] = draft.Subject, ["interviewer_id"] = interviewer, ["instrument"] = definition.Id,
        }), InterviewForm.Kind, draft.Programme, stopping);
        if (taken.Submission is not { } submission)
            return taken.Faults.Any(fault => fault.Code == ErrorCodes.ConflictingId) && await IsSubmitted(draft.Id, stopping) ? []
                : [.. taken.Faults.Select(fault => (ColumnOf(fault), fault.Code))];
        if (submission.Concluded is { Outcome: Contracts.Submitting.SubmissionOutcome.Refused } refused)
            return [.. refused.Causes.Select(cause => ((string?)cause.Field, cause.Code))];
        await drafts.Submitted(draft.Id, taken.Id, stopping);
        return [];
    }

    /// <summary>
    /// Whether a colleague has submitted the same form a moment before: nothing else has its id. They may be waiting for the owner's word.
    /// </summary>
    async Task<bool> IsSubmitted(Guid form, CancellationToken stopping)
    {
        var waited = Stopwatch.StartNew();
        while (await drafts.Find(form, stopping) is { Submission: null })
        {
            if (waited.Elapsed > LongestSubmission)
                return false;
            await Task.Delay(BetweenLooks, stopping);
        }

        return true;
    }

    /// <summary>The column whose place in the document a fault names.</summary>
    static string? ColumnOf(Problem.Fault fault) => InterviewForm.Kind.Columns.FirstOrDefault(column => RecordDocument.Pointer(column) == fault.Pointer);
}
