using System.Text.Json;
using Dapper;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Answering;
using Fidelity.Portal.Calling;
using Fidelity.Portal.Figures;
using Fidelity.Portal.Importing;
using Fidelity.Portal.Interviewing;
using Fidelity.Portal.Submitting;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.SelfReporting;

/// <summary>A form that a caregiver fills in alone, on line.</summary>
/// <param name="Language">The language of its items.</param>
/// <param name="Content">The answers so far, by column. Empty once it is sent: then the submission has them.</param>
/// <param name="GivenBy">Who gave the code out.</param>
/// <param name="SavedAt">When something was filled in last; null while nothing is.</param>
/// <param name="Submission">Under which name it was sent; null before.</param>
public sealed record SelfReport(
    Guid Id, string Programme, string TeamId, string CaseId, DateOnly Due, string Language, IReadOnlyDictionary<string, string> Content,
    string GivenBy, DateTime GivenAt, DateTime? SavedAt, Guid? Submission);

/// <summary>How it is with a form that a caregiver has the code of.</summary>
public enum SelfReportState
{
    /// <summary>It can be filled in.</summary>
    Open,

    /// <summary>It has been sent: its code is used up.</summary>
    Sent,

    /// <summary>What it asks has been answered in another way.</summary>
    Answered,

    /// <summary>The time for it is over.</summary>
    Over,
}

/// <summary>A caregiver's form, and what it is about as that is known now.</summary>
/// <param name="Opportunity">What it answers; null when that is no longer due.</param>
public sealed record OpenedReport(SelfReport Report, TeamChanged Team, Opportunity? Opportunity)
{
    public InstrumentDefinition Definition => InterviewForm.Definition(Team.Profile);

    public SelfReportState State(DateOnly today) =>
        Report.Submission is not null ? SelfReportState.Sent
        : Opportunity is null || today > Opportunity.Last ? SelfReportState.Over
        : Opportunity.Outcome == OpportunityOutcome.Completed ? SelfReportState.Answered
        : SelfReportState.Open;
}

/// <summary>
/// The forms that caregivers fill in alone. A code opens one of them, for as long as what it answers may be answered and once: sending it
/// uses it up. There is one form for what is due; a new code for it ends the one before, with what was filled in under that.
/// </summary>
sealed class SelfReports(NpgsqlDataSource database, ServiceSchema schema, SubmitRecord records, SubmissionsTable known, BusinessCalendar calendar, TimeProvider clock)
{
    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.self_reports (
            id uuid primary key,
            code_hash bytea not null unique,
            programme text not null,
            team_id text not null,
            case_id text not null,
            due date not null,
            language text not null,
            content jsonb not null default '{}',
            given_by text not null,
            given_at timestamptz not null,
            saved_at timestamptz,
            submission uuid);
        create unique index if not exists self_reports_open on {schema}.self_reports (programme, case_id, due) where submission is null;
        create index if not exists self_reports_by_case on {schema}.self_reports (programme, case_id);
        """);

    const string Columns = "id, programme, team_id, case_id, due, language, content, given_by, given_at, saved_at, submission";

    /// <summary>Gives out a code for an interview that is due. It is shown once, and the one before it is worth nothing from now on.</summary>
    public async Task<string> Give(Call call, string language, string by, CancellationToken stopping)
    {
        var code = SelfReportCode.New();
        await Execute(
            $$"""
            insert into {{schema.Name}}.self_reports (id, code_hash, programme, team_id, case_id, due, language, given_by, given_at)
            values (@id, @hash, @programme, @team, @family, @due, @language, @by, @now)
            on conflict (programme, case_id, due) where submission is null do update
                set id = excluded.id, code_hash = excluded.code_hash, language = excluded.language, content = '{}', given_by = excluded.given_by,
                    given_at = excluded.given_at, saved_at = null
            """,
            new
            {
                id = Guid.CreateVersion7(clock.GetUtcNow()), hash = SelfReportCode.Hash(code), programme = call.Team.Programme, team = call.Team.TeamId,
                family = call.Due.Case, due = call.Due.Due.ToDateTime(default), language, by, now = clock.GetUtcNow().UtcDateTime,
            }, stopping);
        return code;
    }

    /// <summary>Makes the code for what is due worthless, and forgets what was filled in.</summary>
    public Task Revoke(Call call, CancellationToken stopping) => Execute(
        $"delete from {schema.Name}.self_reports where programme = @programme and case_id = @family and due = @due and submission is null",
        new { programme = call.Team.Programme, family = call.Due.Case, due = call.Due.Due.ToDateTime(default) }, stopping);

    /// <summary>The forms of a family that have not been sent.</summary>
    public async Task<IReadOnlyList<SelfReport>> Out(string programme, string caseId, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return [.. (await connection.QueryAsync<Row>(
            $"select {Columns} from {schema.Name}.self_reports where programme = @programme and case_id = @caseId and submission is null order by due",
            new { programme, caseId })).Select(row => row.Report)];
    }

    /// <summary>The form that a code opens; null when it opens none, or the family has been erased.</summary>
    /// <param name="code">As it was given.</param>
    public async Task<OpenedReport?> Find(string code, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var row = (await connection.QueryAsync<Row>(
            $"select {Columns} from {schema.Name}.self_reports where code_hash = @hash", new { hash = SelfReportCode.Hash(code) })).SingleOrDefault();
        if (row?.Report is not { } report)
            return null;
        var facts = (await connection.QueryAsync<(string Kind, string Data)>(
            $"""
            select kind, data from {schema.Name}.facts
            where programme = @Programme and team_id = @TeamId
                and (kind = 'team' or (kind = 'tam_opportunity' and data->>'caseId' = @CaseId and data->'opportunity'->>'due' = @due))
            """, new { report.Programme, report.TeamId, report.CaseId, due = Dates.Machine(report.Due) })).ToLookup(fact => fact.Kind, fact => fact.Data, StringComparer.Ordinal);
        return facts["team"].Select(FactsTable.Read<TeamChanged>).FirstOrDefault() is { } team
            ? new(report, team, facts["tam_opportunity"].Select(fact => FactsTable.Read<TamOpportunityClosed>(fact).Opportunity).FirstOrDefault())
            : null;
    }

    /// <summary>Keeps what was given beside what is there. False when the form has been sent or is gone: then nothing is kept.</summary>
    public async Task<bool> Save(Guid id, IReadOnlyDictionary<string, string> given, CancellationToken stopping) => await Execute(
        $"update {schema.Name}.self_reports set content = content || @given::jsonb, saved_at = @now where id = @id and submission is null",
        new { id, given = JsonSerializer.Serialize(given), now = clock.GetUtcNow().UtcDateTime }, stopping) > 0;

    /// <summary>Sends a form as an interview that nobody held, of today. It has the form's id, so that sending it twice is sending it once.</summary>
    /// <returns>Codes of what is wrong with it; empty when it is sent.</returns>
    public async Task<IReadOnlyList<string>> Send(OpenedReport opened, CancellationToken stopping)
    {
        var (report, definition) = (opened.Report, opened.Definition);
        if (FilledIn.Answered(report.Content, definition) == 0)
            return ["no_answers"];
        var taken = await records.Take(RecordDocument.Of(InterviewForm.Kind, new Dictionary<string, string>(report.Content, StringComparer.Ordinal)
        {
            ["interview_id"] = $"self-{report.Id:n}", ["case_id"] = report.CaseId, ["date"] = Dates.Machine(calendar.Today), ["mode"] = Codes.Of(InterviewMode.Online),
            ["language"] = report.Language, ["instrument"] = definition.Id,
        }), InterviewForm.Kind, report.Programme, stopping);
        if (taken.Submission is not { } submission)
            return [.. taken.Faults.Select(fault => fault.Code)];
        if (submission.Concluded is { Outcome: Contracts.Submitting.SubmissionOutcome.Refused } refused)
            return [.. refused.Causes.Select(cause => cause.Code)];
        await Execute(
            $$"""update {{schema.Name}}.self_reports set submission = @submission, content = '{}', saved_at = @now where id = @Id""",
            new { report.Id, submission = taken.Id, now = clock.GetUtcNow().UtcDateTime }, stopping);
        await known.CatchUp(stopping);
        return [];
    }

    /// <summary>Forgets the forms whose codes were given out so long ago that nothing of them can be sent any more.</summary>
    public Task DiscardOld(CancellationToken stopping) => Execute(
        $"delete from {schema.Name}.self_reports where submission is null and given_at < @before", new { before = clock.GetUtcNow().UtcDateTime - Drafts.Waits }, stopping);

    async Task<int> Execute(string sql, object values, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteAsync(sql, values);
    }

    sealed record Row(
        Guid Id, string Programme, string Team_Id, string Case_Id, DateOnly Due, string Language, string Content, string Given_By, DateTime Given_At,
        DateTime? Saved_At, Guid? Submission)
    {
        public SelfReport Report => new(
            Id, Programme, Team_Id, Case_Id, Due, Language, JsonSerializer.Deserialize<Dictionary<string, string>>(Content)!, Given_By, Given_At, Saved_At, Submission);
    }
}
