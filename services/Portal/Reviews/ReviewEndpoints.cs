using System.ComponentModel;
using Dapper;
using Fidelity.Contracts;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Submitting;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Describing;
using Fidelity.Portal.Listing;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Fidelity.Portal.Reviews;

/// <summary>Reviews, trends and opportunities over HTTP, with full double precision.</summary>
static class ReviewEndpoints
{
    const string Tag = "Reviews";
    internal const string OptionalProgramme = Programme.Meaning + " All programmes when left out.";

    public static void MapReviews(this IEndpointRouteBuilder api)
    {
        api.MapGet("/reviews", Reviews).For(Purpose.FollowTeam)
            .WithName("listReviewMeasures").WithTags(Tag).WithSummary("List the measures of reviews")
            .WithDescription(
                "Every measure of every Program Implementation Review that matches, each with the counts and the interval it rests on. "
                + "A presented review has the figures that were presented. What raters said is withheld until the period has ended, enough of them have answered and no records are arriving.")
            .Answers(StatusCodes.Status200OK, "The measures, by programme, team, period and the profile's order.", ReviewMeasure.Examples)
            .InParts()
            .Refuses(Problems.OfParameter(Programme.Fault("Nord")!));
        api.MapGet("/trends", Trends).For(Purpose.FollowTeam)
            .WithName("getTrend").WithTags(Tag).WithSummary("Show a team's monthly figures")
            .WithDescription("Adherence by month with the limits and signals of its XmR chart, and the p-charts of shares. Limits are not clipped to 0–1.")
            .Requires("team")
            .Answers(StatusCodes.Status200OK, "The team's trend.", TrendShown.Example)
            .Refuses(Problems.OfParameter(SeveralProgrammes("nord"), StatusCodes.Status400BadRequest))
            .Refuses(NoTrend("nord"))
            .Refuses(Problems.OfParameter(Programme.Fault("Nord")!));
        api.MapGet("/opportunities", Opportunities).For(Purpose.SeeCases)
            .WithName("listOpportunities").WithTags(Tag).WithSummary("List the TAM interviews that fell due on a team")
            .WithDescription("Every opportunity with its one current outcome, whether or not it was answered. Those that ceased to exist are left out.")
            .Requires("team")
            .Answers(StatusCodes.Status200OK, "The opportunities, by case and due date.", OpportunityShown.Examples)
            .InParts()
            .Refuses(Problems.OfParameter(NoTeam, StatusCodes.Status400BadRequest))
            .Refuses(Problems.OfParameter(Programme.Fault("Nord")!));
    }

    static async Task<IResult> Reviews(
        HttpContext context, CurrentVisitor visitor, ReviewList list, ListParts parts,
        [Description(OptionalProgramme)] string? programme, [Description("The id of the team; all teams when left out.")] string? team,
        [Description("The name of the period, such as 2026-H1; all periods when left out.")] string? period,
        [Description(ListParts.LimitMeaning)] int? limit, [Description(ListParts.CursorMeaning)] string? cursor, CancellationToken stopping)
    {
        if (Fault(programme, teamRequired: false, team) is { } fault)
            return fault;
        var (part, badPart) = parts.Read(context, limit, cursor);
        if (badPart is not null)
            return badPart;
        var (measures, next) = await list.Read(await visitor.Reach(Purpose.FollowTeam), programme, team, period, part, stopping);
        if (next is not null)
            parts.SayNext(context, next);
        return Results.Json(measures.Select(measure => ReviewMeasure.Of(measure.Review, measure.Measure)), ApiJson.Options);
    }

    static async Task<IResult> Trends(
        CurrentVisitor visitor, NpgsqlDataSource database, ServiceSchema schema, [Description(OptionalProgramme)] string? programme,
        [Description("The id of the team.")] string? team, CancellationToken stopping)
    {
        if (Fault(programme, teamRequired: true, team) is { } fault)
            return fault;
        var trends = await Read<TrendComputed>(database, schema, await visitor.Reach(Purpose.FollowTeam), "trend", programme, team, stopping);
        return trends switch
        {
            [] => NoTrend(team!),
            [var trend] => Results.Json(TrendShown.Of(trend), ApiJson.Options),
            _ => Problems.OfParameter(SeveralProgrammes(team!), StatusCodes.Status400BadRequest),
        };
    }

    static async Task<IResult> Opportunities(
        HttpContext context, CurrentVisitor visitor, NpgsqlDataSource database, ServiceSchema schema, ListParts parts,
        [Description(OptionalProgramme)] string? programme, [Description("The id of the team.")] string? team,
        [Description(ListParts.LimitMeaning)] int? limit, [Description(ListParts.CursorMeaning)] string? cursor, BusinessCalendar calendar, CancellationToken stopping)
    {
        if (Fault(programme, teamRequired: true, team) is { } fault)
            return fault;
        var (part, badPart) = parts.Read(context, limit, cursor);
        if (badPart is not null)
            return badPart;
        var reach = await visitor.Reach(Purpose.SeeCases);
        await using var connection = await database.OpenConnectionAsync(stopping);
        var opportunities = (await connection.QueryAsync<string>(
            $"""
            select due.data from {schema.Name}.facts due
            left join {schema.Name}.facts family on (family.programme, family.kind, family.key) = (due.programme, 'case', due.data->>'caseId')
            where due.kind = 'tam_opportunity' and (@programme::text is null or due.programme = @programme) and due.team_id = @team
                and due.data->'opportunity'->>'outcome' <> @void
                and (@afterProgramme::text is null or (due.programme, due.key) > (@afterProgramme, @afterKey))
                and {Reach.Sql("due.programme", "due.team_id", Reach.TherapistOn("@today", "family.data"))}
            order by due.programme, due.key limit @most
            """,
            new
            {
                programme, team, today = Figures.Dates.Machine(calendar.Today), @void = Codes.Of(OpportunityOutcome.Void), most = part.Limit + 1,
                afterProgramme = part.After?[0], afterKey = part.After?[1], reach.Programmes, reach.Teams, reach.Therapists,
            })).Select(FactsTable.Read<TamOpportunityClosed>).ToList();
        if (opportunities.Count > part.Limit)
        {
            var last = opportunities[part.Limit.Value - 1];
            parts.SayNext(context, last.Programme, last.About.Key);
        }

        return Results.Json(opportunities.Take(part.Limit ?? opportunities.Count).Select(OpportunityShown.Of), ApiJson.Options);
    }

    internal static Cause NoTeam => new(ErrorCodes.MissingValue, "team", "Name the team: ?team=ID.");

    static Cause SeveralProgrammes(string team) =>
        new(ErrorCodes.MissingValue, "programme", $"Several programmes have a team '{team}'. Name one: ?programme=NAME.");

    static ProblemHttpResult NoTrend(string team) => Problems.Of(StatusCodes.Status404NotFound, ErrorCodes.UnknownReference,
        $"No trend is known of team '{team}'. Check its id, or wait until its reviews are computed.");

    internal static ProblemHttpResult? Fault(string? programme, bool teamRequired, string? team) =>
        programme is not null && Programme.Fault(programme) is { } fault ? Problems.OfParameter(fault)
        : teamRequired && string.IsNullOrEmpty(team) ? Problems.OfParameter(NoTeam, StatusCodes.Status400BadRequest)
        : null;

    static async Task<IReadOnlyList<T>> Read<T>(
        NpgsqlDataSource database, ServiceSchema schema, Reach reach, string kind, string? programme, string? team, CancellationToken stopping)
        where T : Fact
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var rows = await connection.QueryAsync<string>(
            $"""
            select data from {schema.Name}.facts fact
            where kind = @kind and (@programme::text is null or programme = @programme) and (@team::text is null or team_id = @team)
                and {Reach.Sql("fact.programme", "fact.team_id")}
            order by programme, team_id, key
            """, new { kind, programme, team, reach.Programmes, reach.Teams, reach.Therapists });
        return [.. rows.Select(FactsTable.Read<T>)];
    }
}
