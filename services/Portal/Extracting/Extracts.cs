using System.Text.Json;
using Dapper;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Answering;
using Fidelity.Portal.Calling;
using Fidelity.Portal.Exporting;
using Fidelity.Portal.LoggingAccess;
using Fidelity.Portal.SelfReporting;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Extracting;

/// <summary>Collects what is kept of a family, and says to the access log whose it was.</summary>
sealed class Extracts(
    CurrentVisitor visitor, NpgsqlDataSource database, ServiceSchema schema, Drafts drafts, SelfReports selfReports, CallNotes notes, Exports exports, CaseKeys keys, AccessLog log, TimeProvider clock)
{
    /// <summary>
    /// Null when there is no such case in a programme whose records the visitor keeps. Of a case outside, nothing is looked up: the reach
    /// decides before the first row is read, and what exists there costs the time of what does not.
    /// </summary>
    public async Task<Extract?> Show(HttpContext context, string programme, string caseId)
    {
        var (reach, stopping) = (await visitor.Reach(Purpose.KeepRecords), context.RequestAborted);
        // PostgreSQL stores no null character, so no case has one in its id.
        (programme, caseId) = (programme.Replace("\0", "?", StringComparison.Ordinal), caseId.Replace("\0", "?", StringComparison.Ordinal));
        var facts = await Facts(programme, caseId, reach, stopping);
        var received = await Received(programme, caseId, reach, stopping);
        if (facts.Count == 0 && received.Count == 0)
        {
            context.Concerns(programme, caseKey: null, Deed.Read);
            return null;
        }

        var known = facts["case"].Select(FactsTable.Read<CaseChanged>).SingleOrDefault();
        var key = await keys.Of(programme, caseId, stopping);
        context.Concerns(programme, key, Deed.Read);
        return new(
            programme, caseId, key, clock.GetUtcNow().UtcDateTime,
            known,
            [.. facts["tam_interview"].Select(FactsTable.Read<TamInterviewScored>).Select(held => held.Interview).OrderBy(held => held.Date)],
            [
                .. facts["tam_opportunity"].Select(FactsTable.Read<TamOpportunityClosed>)
                    .Select(due => new DueInterview(due.Opportunity, due.EffectiveOn)).OrderBy(due => due.Opportunity.Due),
            ],
            received,
            [
                .. (await drafts.Open(Instrument.Tam, reach, stopping)).Where(draft => draft.Programme == programme && draft.Subject == caseId)
                    .Select(draft => new BegunForm(draft.Due, draft.BegunBy, draft.SavedAt, draft.Content)),
                .. (await selfReports.Out(programme, caseId, stopping)).Select(given => new BegunForm(given.Due, given.GivenBy, given.SavedAt ?? given.GivenAt, given.Content)),
            ],
            await notes.Of(programme, caseId, stopping),
            [.. (await exports.MayName(programme, known?.TeamId, stopping)).Select(export => new ExportedFile(export.AskedAt, export.Request.Table, export.Request.Recipient))],
            [.. (await log.Of(programme, key, stopping)).Select(entry => new Look(entry.Number, entry.At, entry.What, entry.Purpose))]);
    }

    async Task<ILookup<string, string>> Facts(string programme, string caseId, Reach reach, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return (await connection.QueryAsync<(string Kind, string Data)>(
            $"""
            select kind, data from {schema.Name}.facts
            where programme = @programme and data ->> 'caseId' = @caseId and {Reach.Sql("@programme", "null")}
            """, new { programme, caseId, reach.Programmes, reach.Teams, reach.Therapists })).ToLookup(fact => fact.Kind, fact => fact.Data, StringComparer.Ordinal);
    }

    /// <summary>From the events, which hold what was refused and what came again under the same id as well. Only what was refused can.</summary>
    async Task<IReadOnlyList<ReceivedRecord>> Received(string programme, string caseId, Reach reach, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var rows = await connection.QueryAsync<(string Data, DateTime At, string State)>(
            $"""
            select accepted.data, accepted.timestamp,
                case when accepted.seq_id = max(accepted.seq_id) over (partition by accepted.stream_id) then coalesce(submission.state, @accepted) else @refused end
            from {schema.Name}.mt_events accepted left join {schema.Name}.submissions submission on submission.stream_key = accepted.stream_id
            where accepted.type = 'submission_accepted' and accepted.data -> 'command' ->> 'programme' = @programme
                and accepted.data -> 'command' ->> 'caseId' = @caseId and {Reach.Sql("@programme", "null")}
            order by accepted.seq_id
            """,
            new
            {
                programme, caseId, accepted = Codes.Of(SubmissionState.Accepted), refused = Codes.Of(SubmissionState.Refused),
                reach.Programmes, reach.Teams, reach.Therapists,
            });
        return
        [
            .. from row in rows
               let accepted = JsonSerializer.Deserialize<SubmissionAccepted>(row.Data, FactsTable.Json)!
               select new ReceivedRecord(row.At, row.State, accepted.Row, accepted.Command!),
        ];
    }
}
