using Dapper;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Teams;

/// <summary>How much of what was submitted for a team is in none of its figures yet.</summary>
/// <param name="OfTeam">Submissions that name the team or one of its cases and have not been recorded or refused.</param>
/// <param name="Many">Whether so many wait in all that not every one was looked at: a large import is under way.</param>
public sealed record WaitingSubmissions(int OfTeam, bool Many);

/// <summary>Counts what waits.</summary>
sealed class WaitingSubmissionsReader(NpgsqlDataSource database, ServiceSchema schema)
{
    /// <summary>As many as can be looked at without keeping a reader waiting.</summary>
    const int Most = 1000;

    public async Task<WaitingSubmissions> Read(string programme, string team)
    {
        await using var connection = await database.OpenConnectionAsync();
        var (all, ofTeam) = await connection.QuerySingleAsync<(int All, int OfTeam)>(
            $"""
            with unanswered as (
                (select stream_key from {schema.Name}.submissions where state = 'accepted' order by accepted_at limit @most)
                union all
                (select stream_key from {schema.Name}.submissions
                where state = '{Codes.Of(SubmissionOutcome.Waiting)}' and concluded_at > now() - interval '24 hours' order by concluded_at limit @most))
            select count(*)::int, (count(*) filter (where
                content->>'teamId' = @team or content->'pair'->>'teamId' = @team or exists (
                    select from {schema.Name}.facts family
                    where (family.programme, family.kind, family.key) = (@programme, 'case', content->>'caseId') and family.team_id = @team)))::int
            from unanswered left join {schema.Name}.records record on record.stream_key = unanswered.stream_key and record.programme = @programme
            """, new { programme, team, most = Most });
        return new(ofTeam, all >= Most);
    }
}
