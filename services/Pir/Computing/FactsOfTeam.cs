using System.Data;
using Dapper;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Pir.Computing;

/// <summary>Everything that is known of a team at one position of the store.</summary>
sealed record FactsOfTeam(long Position, TeamChanged? Team, TeamFacts Facts, IReadOnlyList<DateOnly> Dates)
{
    /// <summary>The newest date of any record up to <paramref name="day"/>; null when there is none.</summary>
    public DateOnly? DataTo(DateOnly day) => Dates.Where(date => date <= day).Max(date => (DateOnly?)date);

    /// <summary>Reads table and position in one snapshot, so that the position says exactly what was read.</summary>
    public static async Task<FactsOfTeam> Read(
        NpgsqlDataSource database, string schema, string programme, string team, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stopping);
        var position = await connection.ExecuteScalarAsync<long>(
            $"select coalesce((select last_seq_id from {schema}.mt_event_progression where name = 'Facts:All'), 0)", transaction: snapshot);
        var rows = (await connection.QueryAsync<(string Kind, string Data)>(
                $"select kind, data from {schema}.facts where programme = @programme and team_id = @team", new { programme, team }, snapshot))
            .ToLookup(row => row.Kind, row => row.Data, StringComparer.Ordinal);

        CaseChanged[] cases = [.. rows["case"].Select(FactsTable.Read<CaseChanged>)];
        TamInterviewScored[] interviews = [.. rows["tam_interview"].Select(FactsTable.Read<TamInterviewScored>)];
        TamOpportunityClosed[] opportunities = [.. rows["tam_opportunity"].Select(FactsTable.Read<TamOpportunityClosed>)];
        SurveyScored[] surveys = [.. rows["survey"].Select(FactsTable.Read<SurveyScored>)];
        var surveyOpportunities = rows["survey_opportunity"].Select(FactsTable.Read<SurveyOpportunityClosed>)
            .ToLookup(known => known.Pair.Instrument, known => known.Opportunity);
        return new(
            position,
            rows["team"].Select(FactsTable.Read<TeamChanged>).SingleOrDefault(),
            new TeamFacts
            {
                Cases = [.. cases.Select(known => new CaseFacts(known.CaseId, known.Started, known.Discharged, known.Reason, known.Outcomes))],
                Interviews =
                [
                    .. interviews.Select(known => new InterviewScore(
                        known.CaseId, known.Interview.Date, known.Interview.Score.Definition, known.Interview.Score.Value, known.Interview.Counts)),
                ],
                TamOpportunities = [.. opportunities.Select(known => new CaseOpportunity(known.CaseId, known.Opportunity))],
                Surveys =
                [
                    .. surveys.Select(known => new SurveyScore(
                        known.Pair.RaterId, known.Survey.Date, known.Survey.Instrument,
                        known.Survey.Scores.ToDictionary(score => score.Key, score => score.Value.Value, StringComparer.Ordinal),
                        known.Survey.Counts)),
                ],
                SamOpportunities = [.. surveyOpportunities[Instrument.Sam]],
                CamOpportunities = [.. surveyOpportunities[Instrument.Cam]],
            },
            Dates:
            [
                .. interviews.Select(known => known.Interview.Date), .. surveys.Select(known => known.Survey.Date),
                .. cases.Select(known => known.Started), .. cases.Select(known => known.Discharged).OfType<DateOnly>(),
            ]);
    }
}
