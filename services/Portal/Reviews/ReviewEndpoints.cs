using Dapper;
using Fidelity.Contracts;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Fidelity.Portal.Reviews;

/// <summary>Reviews, trends and opportunities over HTTP, with full double precision.</summary>
static class ReviewEndpoints
{
    public static void MapReviews(this IEndpointRouteBuilder api)
    {
        api.MapGet("/reviews", Reviews);
        api.MapGet("/trends", Trends);
        api.MapGet("/opportunities", Opportunities);
    }

    static async Task<IResult> Reviews(NpgsqlDataSource database, string? programme, string? team, string? period, CancellationToken stopping)
    {
        if (Fault(programme, teamRequired: false, team) is { } fault)
            return fault;
        var reviews = await Read<ReviewComputed>(database, "review", programme, team, stopping);
        return Results.Json(
            from review in reviews
            where period is null || review.Period == period
            from measure in review.Measures
            select new
            {
                review.Programme, Team = review.TeamId, review.Period, measure.Measure, measure.Value, measure.Numerator, Denominator = Count(measure),
                N = Count(measure), measure.Low, measure.High, measure.Target, measure.Status, measure.Withheld, review.State,
                review.Profile, review.Position, review.AsOf, review.DataTo,
            }, ApiJson.Options);
    }

    /// <summary>How many raters answered is withheld with what they answered: null, and never a zero.</summary>
    static int? Count(MeasureResult measure) => measure.Withheld is null ? measure.Denominator : null;

    static async Task<IResult> Trends(NpgsqlDataSource database, string? programme, string? team, CancellationToken stopping)
    {
        if (Fault(programme, teamRequired: true, team) is { } fault)
            return fault;
        var trends = await Read<TrendComputed>(database, "trend", programme, team, stopping);
        return trends switch
        {
            [] => Problems.Of(StatusCodes.Status404NotFound, "unknown_reference", $"No trend is known of team '{team}'. Check its id, or wait until its reviews are computed."),
            [var trend] => Results.Json(TrendShown.Of(trend), ApiJson.Options),
            _ => Problems.Of(StatusCodes.Status400BadRequest, "missing_value", $"Several programmes have a team '{team}'. Name one: ?programme=NAME.", "/programme"),
        };
    }

    static async Task<IResult> Opportunities(NpgsqlDataSource database, string? programme, string? team, CancellationToken stopping)
    {
        if (Fault(programme, teamRequired: true, team) is { } fault)
            return fault;
        var opportunities = await Read<TamOpportunityClosed>(database, "tam_opportunity", programme, team, stopping);
        return Results.Json(
            from opportunity in opportunities
            where opportunity.Opportunity.Outcome != OpportunityOutcome.Void
            select new
            {
                opportunity.Programme, Team = opportunity.TeamId, Instrument = Instrument.Tam, Case = opportunity.CaseId, opportunity.Opportunity.Due,
                opportunity.Opportunity.First, opportunity.Opportunity.Last, opportunity.Opportunity.Outcome,
                By = opportunity.Opportunity.CompletedBy, opportunity.EffectiveOn,
            }, ApiJson.Options);
    }

    static ProblemHttpResult? Fault(string? programme, bool teamRequired, string? team) =>
        programme is not null && Programme.Fault(programme) is { } fault ? Problems.Of(fault)
        : teamRequired && string.IsNullOrEmpty(team) ? Problems.Of(StatusCodes.Status400BadRequest, "missing_value", "Name the team: ?team=ID.", "/team")
        : null;

    static async Task<IReadOnlyList<T>> Read<T>(NpgsqlDataSource database, string kind, string? programme, string? team, CancellationToken stopping)
        where T : Fact
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var rows = await connection.QueryAsync<string>(
            """
            select data from portal.facts
            where kind = @kind and (@programme::text is null or programme = @programme) and (@team::text is null or team_id = @team)
            order by programme, team_id, key
            """, new { kind, programme, team });
        return [.. rows.Select(FactsTable.Read<T>)];
    }
}
