using System.Globalization;
using Dapper;
using Fidelity.Contracts;
using Fidelity.Contracts.Pir;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Listing;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Reviews;

/// <summary>Every measure of every review, by programme, team, period and the profile's order, whole or in parts.</summary>
sealed class ReviewList(NpgsqlDataSource database, ServiceSchema schema)
{
    /// <returns>The measures, and after which place there are more; null at the end.</returns>
    public async Task<(IReadOnlyList<(ReviewComputed Review, MeasureResult Measure)> Measures, string[]? Next)> Read(
        Reach reach, string? programme, string? team, string? period, ListPart part, CancellationToken stopping)
    {
        var reviews = await Reviews(reach, programme, team, period, part, stopping);
        var signOffs = await SignOffs(reach, programme, team, stopping);
        var measures = TeamReviews.Standing(reviews, signOffs)
            .SelectMany(review => review.Measures.Index().Select(measure => (Review: review, measure.Index, Measure: measure.Item)))
            .Where(measure => part.After is null || !IsOf(measure.Review, part.After) || measure.Index > int.Parse(part.After[^1], CultureInfo.InvariantCulture)).ToList();
        string[]? next = null;
        if (measures.Count > part.Limit)
        {
            var (review, index, _) = measures[part.Limit.Value - 1];
            next = [review.Programme, review.TeamId, review.About.Key, index.ToString(CultureInfo.InvariantCulture)];
        }

        return ([.. measures.Take(part.Limit ?? measures.Count).Select(measure => (measure.Review, measure.Measure))], next);
    }

    /// <summary>
    /// The reviews that a part of the list is of. Each has one measure at least, and the first may have been given to its end: two more
    /// than are wanted show that there is more.
    /// </summary>
    async Task<IReadOnlyList<ReviewComputed>> Reviews(Reach reach, string? programme, string? team, string? period, ListPart part, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var rows = await connection.QueryAsync<string>(
            $"""
            select data from {schema.Name}.facts review
            where kind = 'review' and (@programme::text is null or programme = @programme) and (@team::text is null or team_id = @team)
                and (@period::text is null or data->>'period' = @period) and data->>'state' <> @void
                and (@afterProgramme::text is null or (programme, team_id, key) >= (@afterProgramme, @afterTeam, @afterKey))
                and {Reach.Sql("review.programme", "review.team_id")}
            order by programme, team_id, key limit @most
            """,
            new
            {
                programme, team, period, @void = Codes.Of(ReviewState.Void), most = part.Limit + 2, afterProgramme = part.After?[0], afterTeam = part.After?[1],
                afterKey = part.After?[2], reach.Programmes, reach.Teams, reach.Therapists,
            });
        return [.. rows.Select(FactsTable.Read<ReviewComputed>)];
    }

    async Task<IReadOnlyList<ReviewSigned>> SignOffs(Reach reach, string? programme, string? team, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var rows = await connection.QueryAsync<string>(
            $"""
            select data from {schema.Name}.facts fact
            where kind = 'sign_off' and (@programme::text is null or programme = @programme) and (@team::text is null or team_id = @team)
                and {Reach.Sql("fact.programme", "fact.team_id")}
            """, new { programme, team, reach.Programmes, reach.Teams, reach.Therapists });
        return [.. rows.Select(FactsTable.Read<ReviewSigned>)];
    }

    static bool IsOf(ReviewComputed review, IReadOnlyList<string> place) => (review.Programme, review.TeamId, review.About.Key) == (place[0], place[1], place[2]);
}
