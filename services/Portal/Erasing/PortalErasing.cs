using System.Text;
using Dapper;
using Fidelity.Measurement;
using Fidelity.Portal.DeadLetters;
using Fidelity.Portal.Exporting;
using Fidelity.Portal.Notifying;
using Fidelity.Portal.Reminding;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Erasing;

/// <summary>
/// Erases what the portal keeps of a case: that somebody was reminded or told of it, facts, submissions, forms that were begun, uploaded files and
/// what was found in them, files of exports that are kept, and dead letters.
/// </summary>
sealed class PortalErasing(
    ErasedStreams erasing, SentReminders reminders, NotingEvents told, Exports exports, NpgsqlDataSource database, ServiceSchema schema, IConfiguration configuration,
    TimeProvider clock)
{
    /// <summary>Answers how much there was.</summary>
    public async Task<int> Erase(string programme, string caseId, CancellationToken stopping)
    {
        // Found by the facts, and so before they are gone.
        var found = await reminders.Forget(programme, caseId, stopping)
            + await told.Forget(programme, caseId, stopping)
            + await erasing.Facts(programme, caseId, "facts", stopping)
            + await Submissions(programme, caseId, stopping)
            + await Forms(programme, caseId, stopping)
            + await Imports(programme, caseId, stopping)
            + await DeadLetters(programme, caseId, stopping);
        // Whether the case is in a file that is kept is not looked at, so these do not count: others may be made at any time, without it.
        await exports.Forget(programme, stopping);
        return found;
    }

    async Task<int> Submissions(string programme, string caseId, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var submitted = (await connection.QueryAsync<string>(
            $"""
            select distinct stream_id from {schema.Name}.mt_events
            where type = 'submission_accepted' and data -> 'command' ->> 'programme' = @programme and data -> 'command' ->> 'caseId' = @caseId
            """, new { programme, caseId })).AsList();
        foreach (var key in submitted)
            await erasing.End<Submission>(key, (submission, _) => Task.FromResult(submission.Erase(clock.GetUtcNow())), stopping);
        return submitted.Count;
    }

    /// <summary>Forms that were begun, those that the family was given codes for, and how the family was called.</summary>
    async Task<int> Forms(string programme, string caseId, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteScalarAsync<int>(
            $"""
            with begun as (delete from {schema.Name}.drafts where programme = @programme and instrument = @tam and subject = @caseId returning 1),
            noted as (delete from {schema.Name}.call_notes where programme = @programme and case_id = @caseId returning 1),
            alone as (delete from {schema.Name}.self_reports where programme = @programme and case_id = @caseId returning 1)
            select ((select count(*) from begun) + (select count(*) from noted) + (select count(*) from alone))::int
            """, new { programme, caseId, tam = Codes.Of(Instrument.Tam) });
    }

    /// <summary>
    /// Whole files are deleted, as families cannot be taken out of a workbook: those of the programme that the import's worker is done with.
    /// Who had not accepted one yet uploads it again.
    /// </summary>
    async Task<int> Imports(string programme, string caseId, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteScalarAsync<int>(
            $"""
            with received as (
                select (data ->> 'importId')::uuid as import_id from {schema.Name}.mt_events where type = 'import_received' and data ->> 'programme' = @programme),
            at_work as (select id from {schema.Name}.imports where waits_for in ('check', 'send')),
            files as (
                delete from {schema.Name}.import_files
                where import_id in (select import_id from received) and import_id not in (select id from at_work)),
            findings as (
                delete from {schema.Name}.import_findings
                where import_id in (select import_id from received) and position(@caseId in message) > 0)
            select count(*)::int from at_work join received on id = import_id
            """, new { programme, caseId });
    }

    async Task<int> DeadLetters(string programme, string caseId, CancellationToken stopping)
    {
        await using var queues = await ErrorQueues.Open(Bus.Address(configuration), stopping);
        var found = 0;
        foreach (var queue in Inboxes.All.Select(Inboxes.ErrorQueue).Append(ErrorQueues.Discarded))
            found += await queues.Erase(queue, letter => Speaks(Encoding.UTF8.GetString(letter.Body.Span)), stopping);
        return found;

        bool Speaks(string body) => body.Contains($"\"{caseId}\"", StringComparison.Ordinal) && body.Contains($"\"{programme}\"", StringComparison.Ordinal);
    }
}
