using System.Data;
using Dapper;
using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Npgsql;

namespace Fidelity.Pir.Computing;

/// <summary>Everything that is known of a team at one position of the store.</summary>
sealed record FactsOfTeam(long Position, TeamChanged? Team, TeamFacts Facts)
{
    /// <summary>
    /// The newest date of any interview or case up to <paramref name="day"/>; null when there is none. Surveys are left out: the date
    /// would tell when one was answered, and of SAM and CAM only counts may leave (measurement.md §6).
    /// </summary>
    public DateOnly? DataTo(DateOnly day) => Dates.Where(date => date <= day).Max(date => (DateOnly?)date);

    IEnumerable<DateOnly> Dates =>
    [
        .. Facts.Interviews.Select(interview => interview.Date),
        .. Facts.Cases.Select(known => known.Started), .. Facts.Cases.Select(known => known.Discharged).OfType<DateOnly>(),
    ];

    /// <summary>Reads table and position in one snapshot, so that the position says exactly what was read.</summary>
    public static async Task<FactsOfTeam> Read(
        NpgsqlDataSource database, string schema, string programme, string team, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stopping);
        var position = await connection.ExecuteScalarAsync<long>(
            $"select coalesce((select last_seq_id from {schema}.mt_event_progression where name = '{TeamRecords.Name}:All'), 0)", transaction: snapshot);
        var rows = (await connection.QueryAsync<(string Kind, string Data)>(
                $"select kind, data from {schema}.team_records where programme = @programme and team_id = @team", new { programme, team }, snapshot))
            .ToLookup(row => row.Kind, row => row.Data, StringComparer.Ordinal);
        return new(
            position,
            rows["team"].Select(TeamRecords.Read<TeamChanged>).SingleOrDefault(),
            new TeamFacts
            {
                Cases = [.. rows["case"].Select(TeamRecords.Read<CaseFacts>)],
                Interviews = [.. rows["tam_interview"].Select(TeamRecords.Read<InterviewScore>)],
                TamOpportunities = [.. rows["tam_opportunity"].Select(TeamRecords.Read<CaseOpportunity>)],
                Surveys = [.. rows["survey"].Select(TeamRecords.Read<SurveyScore>)],
                SamOpportunities = [.. rows["sam_opportunity"].Select(TeamRecords.Read<Opportunity>)],
                CamOpportunities = [.. rows["cam_opportunity"].Select(TeamRecords.Read<Opportunity>)],
            });
    }
}
