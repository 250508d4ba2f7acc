using System.Text.Json;
using Dapper;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Answering;

/// <summary>A form that somebody has begun to fill in.</summary>
/// <param name="Subject">What is rated: of a TAM the case, of a survey the rater and the rated.</param>
/// <param name="Due">The due date that it answers.</param>
/// <param name="Content">What is filled in, by the column of its import file. Empty once it is submitted: then the submission has it.</param>
/// <param name="BegunBy">The person who began it.</param>
/// <param name="SavedBy">Who saved it last.</param>
/// <param name="Submission">Under which name it was submitted; null while it is open.</param>
public sealed record Draft(
    Guid Id, Instrument Instrument, string Programme, string TeamId, string Subject, DateOnly Due, IReadOnlyDictionary<string, string> Content,
    string BegunBy, DateTime BegunAt, string SavedBy, DateTime SavedAt, Guid? Submission)
{
    public string Of(string column) => Content.GetValueOrDefault(column, "");
}

/// <summary>
/// Forms that are being filled in. Each answer is kept as it is given, so that a lost connection loses nothing and the form waits on any
/// device. There is one open form for what is due: whoever opens it too, goes on with it. They are rows and no events, because what is
/// rubbed out before it is submitted was never said.
/// </summary>
sealed class Drafts(NpgsqlDataSource database, ServiceSchema schema, TimeProvider clock)
{
    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.drafts (
            id uuid primary key,
            instrument text not null,
            programme text not null,
            team_id text not null,
            subject text not null,
            due date not null,
            content jsonb not null,
            begun_by text not null,
            begun_at timestamptz not null,
            saved_by text not null,
            saved_at timestamptz not null,
            submission uuid);
        create unique index if not exists drafts_open on {schema}.drafts (programme, instrument, subject, due) where submission is null;
        create index if not exists drafts_by_subject on {schema}.drafts (programme, subject);
        """);

    /// <summary>How long a form waits that nobody goes on with: longer than anything is due.</summary>
    public static readonly TimeSpan Waits = TimeSpan.FromDays(120);

    const string Columns =
        "id, instrument, programme, team_id, subject, due, content, begun_by, begun_at, saved_by, saved_at, submission";

    /// <summary>The open form for what is due, begun if there is none.</summary>
    public async Task<Guid> Begin(
        Instrument instrument, string programme, string team, string subject, DateOnly due, IReadOnlyDictionary<string, string> content, string by,
        CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteScalarAsync<Guid>(
            $"""
            insert into {schema.Name}.drafts as known (id, instrument, programme, team_id, subject, due, content, begun_by, begun_at, saved_by, saved_at)
            values (@id, @instrument, @programme, @team, @subject, @due, @content::jsonb, @by, @now, @by, @now)
            on conflict (programme, instrument, subject, due) where submission is null do update set due = known.due
            returning id
            """,
            new
            {
                id = Guid.CreateVersion7(clock.GetUtcNow()), instrument = Codes.Of(instrument), programme, team, subject, due = due.ToDateTime(default),
                content = JsonSerializer.Serialize(content), by, now = clock.GetUtcNow().UtcDateTime,
            });
    }

    public async Task<Draft?> Find(Guid id, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return (await connection.QueryAsync<Row>($"select {Columns} from {schema.Name}.drafts where id = @id", new { id })).SingleOrDefault()?.Draft;
    }

    /// <summary>The forms of an instrument that are open, of the teams that are.</summary>
    public async Task<IReadOnlyList<Draft>> Open(Instrument instrument, Reach reach, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return [.. (await connection.QueryAsync<Row>(
            $"""
            select {Columns} from {schema.Name}.drafts
            where instrument = @instrument and submission is null and {Reach.Sql("programme", "team_id")} order by begun_at
            """, new { instrument = Codes.Of(instrument), reach.Programmes, reach.Teams, reach.Therapists })).Select(row => row.Draft)];
    }

    /// <summary>The forms of an instrument that were submitted since, the last on top.</summary>
    public async Task<IReadOnlyList<Draft>> SubmittedSince(Instrument instrument, DateTime since, Reach reach, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return [.. (await connection.QueryAsync<Row>(
            $"""
            select {Columns} from {schema.Name}.drafts
            where instrument = @instrument and submission is not null and saved_at > @since and {Reach.Sql("programme", "team_id")} order by saved_at desc
            """, new { instrument = Codes.Of(instrument), since, reach.Programmes, reach.Teams, reach.Therapists })).Select(row => row.Draft)];
    }

    /// <summary>Keeps what was given beside what is there. False when the form has been submitted or is gone: then nothing is kept.</summary>
    public async Task<bool> Save(Guid id, IReadOnlyDictionary<string, string> given, string by, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteAsync(
            $"""
            update {schema.Name}.drafts set content = content || @given::jsonb, saved_by = @by, saved_at = @now where id = @id and submission is null
            """, new { id, given = JsonSerializer.Serialize(given), by, now = clock.GetUtcNow().UtcDateTime }) > 0;
    }

    /// <summary>The submission has the answers from now on.</summary>
    public async Task Submitted(Guid id, Guid submission, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync(
            $"update {schema.Name}.drafts set submission = @submission, content = '{{}}', saved_at = @now where id = @id",
            new { id, submission, now = clock.GetUtcNow().UtcDateTime });
    }

    /// <summary>Throws an open form away.</summary>
    public async Task Discard(Guid id, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync($"delete from {schema.Name}.drafts where id = @id and submission is null", new { id });
    }

    /// <summary>Throws away the open forms that nobody has gone on with for so long.</summary>
    public async Task DiscardOld(CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync(
            $"delete from {schema.Name}.drafts where submission is null and saved_at < @before", new { before = clock.GetUtcNow().UtcDateTime - Waits });
    }

    sealed record Row(
        Guid Id, string Instrument, string Programme, string Team_Id, string Subject, DateOnly Due, string Content, string Begun_By, DateTime Begun_At,
        string Saved_By, DateTime Saved_At, Guid? Submission)
    {
        public Draft Draft => new(
            Id, Codes.TryParse<Instrument>(Instrument, out var instrument) ? instrument : throw new InvalidOperationException($"No instrument is named {Instrument}."),
            Programme, Team_Id, Subject, Due, JsonSerializer.Deserialize<Dictionary<string, string>>(Content)!, Begun_By, Begun_At,
            Saved_By, Saved_At, Submission);
    }
}
