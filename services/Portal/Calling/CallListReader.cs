using System.Text.Json;
using Dapper;
using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Figures;
using Fidelity.Portal.Importing;
using Fidelity.Portal.Teams;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Calling;

/// <summary>Reads which families are to be called, of every team that is open to whoever asks.</summary>
sealed class CallListReader(NpgsqlDataSource database, ServiceSchema schema, TimeProvider clock)
{
    /// <summary>For so long an interview that was submitted is taken for held, until its owner's word has come.</summary>
    static readonly TimeSpan AMoment = TimeSpan.FromMinutes(1);

    /// <summary>Of all interviews there ever were, few are open.</summary>
    public static readonly ReadTable Index = new("""
        create index if not exists facts_open_interviews on {schema}.facts (programme, team_id)
            where kind = 'tam_opportunity' and data->'opportunity'->>'outcome' = 'open';
        """);

    /// <param name="reach">What is open to whoever asks, of whole teams.</param>
    /// <param name="only">Null: every case there.</param>
    public async Task<IReadOnlyList<TeamCalls>> Read(Reach reach, DateOnly today, CancellationToken stopping, (string Programme, string Case)? only = null)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var rows = await connection.QueryAsync<(string Programme, string Team, string Kind, string Data, Guid? Draft)>(
            $"""
            with due as (
                select programme, team_id, data, data->>'caseId' as family, data->'opportunity'->>'first' as first, data->'opportunity'->>'last' as last
                from {schema.Name}.facts
                where kind = 'tam_opportunity' and data->'opportunity'->>'outcome' = 'open'
                    and data->'opportunity'->>'due' <= @today and data->'opportunity'->>'last' >= @today and {Reach.Sql("programme", "team_id")}
                    and (@onlyCase::text is null or (programme, data->>'caseId') = (@onlyProgramme, @onlyCase)))
            select programme, team_id, 'due', data, null::uuid from due
            union all
            select programme, team_id, 'team', data, null from {schema.Name}.facts
            where kind = 'team' and (programme, team_id) in (select programme, team_id from due)
            union all
            select due.programme, due.team_id, 'case', family.data, null
            from due join {schema.Name}.facts family on (family.programme, family.kind, family.key) = (due.programme, 'case', due.family)
            union all
            select due.programme, due.team_id, 'held', held.data, null
            from due join {schema.Name}.facts held on held.programme = due.programme and held.team_id = due.team_id and held.kind = 'tam_interview'
                and held.data->>'caseId' = due.family and held.data->'interview'->>'date' between due.first and due.last
            union all
            select due.programme, due.team_id, 'attempt', attempt.content, null
            from due join {schema.Name}.records attempt on attempt.programme = due.programme and attempt.kind = @attempt
                and split_part(attempt.key, '|', 1) = due.family and attempt.content->>'date' between due.first and due.last
            union all
            select due.programme, due.team_id, 'note', jsonb_build_object('case', note.case_id, 'note', jsonb_build_object(
                'callBackAt', note.call_back_at, 'language', note.language, 'interpreter', note.interpreter, 'best', note.best)), null
            from due join {schema.Name}.call_notes note on (note.programme, note.case_id) = (due.programme, due.family)
            union all
            select due.programme, due.team_id, case when draft.submission is null then 'begun' else 'just_held' end,
                jsonb_build_object('case', draft.subject, 'due', draft.due), draft.id
            from due join {schema.Name}.drafts draft on (draft.programme, draft.instrument, draft.subject) = (due.programme, @tam, due.family)
                and draft.due = (due.data->'opportunity'->>'due')::date and (draft.submission is null or draft.saved_at > @momentAgo)
            union all
            select due.programme, due.team_id, 'code_given', jsonb_build_object('case', given.case_id, 'due', given.due, 'at', given.given_at), null
            from due join {schema.Name}.self_reports given on (given.programme, given.case_id) = (due.programme, due.family)
                and given.due = (due.data->'opportunity'->>'due')::date and given.submission is null
            """,
            new
            {
                today = Dates.Machine(today), attempt = nameof(RecordKind.Attempt), tam = Codes.Of(Instrument.Tam),
                momentAgo = clock.GetUtcNow().UtcDateTime - AMoment,
                onlyProgramme = only?.Programme, onlyCase = only?.Case, reach.Programmes, reach.Teams, reach.Therapists,
            });
        return
        [
            .. rows.GroupBy(row => (row.Programme, row.Team), row => (row.Kind, row.Data, row.Draft))
                .Select(team => team.ToLookup(row => row.Kind, row => (row.Data, row.Draft), StringComparer.Ordinal))
                // A team that is not known here yet is called as soon as it is.
                .Where(kinds => kinds["team"].Any()).Select(Of),
        ];
    }

    /// <summary>Whether a family is one of those that are open to whoever asks, whether or not it is to be called.</summary>
    public async Task<bool> Knows(string programme, string caseId, Reach reach, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteScalarAsync<bool>(
            $"""
            select exists (select from {schema.Name}.facts
                where programme = @programme and kind = 'case' and key = @caseId and {Reach.Sql("programme", "team_id")})
            """, new { programme, caseId, reach.Programmes, reach.Teams, reach.Therapists });
    }

    static TeamCalls Of(ILookup<string, (string Data, Guid? Draft)> kinds) => new(
        FactsTable.Read<TeamChanged>(kinds["team"].First().Data),
        new RunningRecords(
            [.. kinds["case"].Select(row => FactsTable.Read<CaseChanged>(row.Data)).DistinctBy(family => family.CaseId, StringComparer.Ordinal)],
            [.. kinds["due"].Select(row => FactsTable.Read<TamOpportunityClosed>(row.Data))],
            [],
            [.. kinds["attempt"].Select(row => (RecordTamAttempt)JsonSerializer.Deserialize<Command>(row.Data, FactsTable.Json)!)],
            [.. kinds["held"].Select(row => FactsTable.Read<TamInterviewScored>(row.Data))]),
        kinds["note"].Select(row => Parse<Noted>(row.Data)).DistinctBy(noted => noted.Case, StringComparer.Ordinal)
            .ToDictionary(noted => noted.Case, noted => noted.Note, StringComparer.Ordinal),
        kinds["begun"].ToDictionary(row => Parse<For>(row.Data).Key, row => row.Draft!.Value),
        kinds["code_given"].Select(row => Parse<Given>(row.Data)).ToDictionary(given => (given.Case, given.Due), given => given.At.UtcDateTime),
        kinds["just_held"].Select(row => Parse<For>(row.Data).Key).ToHashSet());

    static T Parse<T>(string data) => JsonSerializer.Deserialize<T>(data, FactsTable.Json)!;

    sealed record Noted(string Case, CallNote Note);

    sealed record Given(string Case, DateOnly Due, DateTimeOffset At);

    sealed record For(string Case, DateOnly Due)
    {
        public (string, DateOnly) Key => (Case, Due);
    }
}
