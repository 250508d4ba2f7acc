using Dapper;
using Fidelity.Contracts.Surveys;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Trends;

/// <summary>What was completed of what fell due in one or two calendar months.</summary>
public sealed record Coverage(DateOnly First, int Months, int Completed, int Due)
{
    public double Share => (double)Completed / Due;

    /// <summary>Surveys fall due every second month, so they are counted by two; what never fell due after all, or has not yet, is not.</summary>
    public static IReadOnlyList<Coverage> OfSurveys(IEnumerable<Opportunity> opportunities, DateOnly today) =>
    [
        .. opportunities.Where(due => due.Outcome != OpportunityOutcome.Void && due.Due <= today)
            .GroupBy(due => TwoMonthsOf(due.Due)).OrderBy(months => months.Key)
            .Select(months => new Coverage(months.Key, 2, months.Count(due => due.Outcome == OpportunityOutcome.Completed), months.Count())),
    ];

    public static IReadOnlyList<Coverage> OfInterviews(IEnumerable<MonthlyShare> trend) =>
        [.. trend.Where(month => month.Denominator > 0).Select(month => new Coverage(month.Month, 1, month.Numerator, month.Denominator))];

    /// <summary>The first of the two calendar months that a day lies in: January and February, March and April, and so on.</summary>
    public static DateOnly TwoMonthsOf(DateOnly day) => new(day.Year, day.Month - (1 - day.Month % 2), 1);
}

/// <summary>Reads how many surveys of a team fell due and were completed. Who rated whom does not leave this.</summary>
sealed class SurveyCoverageReader(NpgsqlDataSource database, ServiceSchema schema)
{
    public async Task<ILookup<Instrument, Opportunity>> Read(string programme, string team, Reach reach)
    {
        await using var connection = await database.OpenConnectionAsync();
        var due = await connection.QueryAsync<string>(
            $"""
            select data from {schema.Name}.facts fact
            where programme = @programme and team_id = @team and kind = 'survey_opportunity' and {Reach.Sql("fact.programme", "fact.team_id")}
            """, new { programme, team, reach.Programmes, reach.Teams, reach.Therapists });
        return due.Select(FactsTable.Read<SurveyOpportunityClosed>).ToLookup(known => known.Pair.Instrument, known => known.Opportunity);
    }
}
