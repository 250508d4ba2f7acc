using Dapper;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Portal.Access;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Reviews;

/// <summary>A team and all its reviews, oldest first.</summary>
/// <param name="Reviews">As they stand: one that was presented as it was presented.</param>
/// <param name="Today">By period, as they are computed today.</param>
/// <param name="SignOffs">By period, where the signing stands; not of those that nobody has signed.</param>
public sealed record TeamReviews(
    TeamChanged Team, IReadOnlyList<ReviewComputed> Reviews, IReadOnlyDictionary<string, ReviewComputed> Today, IReadOnlyDictionary<string, SignOff> SignOffs)
{
    /// <summary>The reviews as they stand: what was presented never moves (measurement.md §7).</summary>
    public static IEnumerable<ReviewComputed> Standing(IEnumerable<ReviewComputed> today, IEnumerable<ReviewSignOffFact> signOffs)
    {
        var presented = signOffs.Where(fact => fact.SignOff.PresentedAt is not null).ToDictionary(fact => (fact.Programme, fact.TeamId, fact.Period), fact => fact.SignOff.Signed!.Figures);
        return today.Where(review => review.State != ReviewState.Void).Select(review =>
            presented.TryGetValue((review.Programme, review.TeamId, review.Period), out var figures)
                ? figures with { State = ReviewState.Presented, Version = review.Version } : review);
    }

    /// <summary>The goals of the review before one, when that was presented.</summary>
    public IReadOnlyList<Goal> GoalsBefore(ReviewComputed review) =>
        Before(review).FirstOrDefault() is { } before && SignOffs.GetValueOrDefault(before.Period) is { PresentedAt: not null, Signed.Text.Goals: var goals } ? goals : [];

    /// <summary>The review of a period; without one, the newest that rests on any record of its own days.</summary>
    public ReviewComputed? Of(string? period) => period is not null
        ? Reviews.FirstOrDefault(review => review.Period == period)
        : Reviews.LastOrDefault(review => review.DataTo >= review.From) ?? (Reviews is [.., var newest] ? newest : null);

    /// <summary>The reviews before one, newest first.</summary>
    public IEnumerable<ReviewComputed> Before(ReviewComputed review) => Reviews.Where(other => other.From < review.From).Reverse();

    public ReviewComputed? After(ReviewComputed review) => Reviews.FirstOrDefault(other => other.From > review.From);
}

/// <summary>Reads the reviews of a team.</summary>
sealed class TeamReviewsReader(NpgsqlDataSource database, ServiceSchema schema)
{
    /// <summary>Null when there is no such team, or it is not open.</summary>
    /// <param name="reach">To the team.</param>
    /// <param name="figures">To its reviews; without it, the team has none.</param>
    public async Task<TeamReviews?> Read(string programme, string team, Reach reach, Reach figures)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = (await connection.QueryAsync<(string Kind, string Data)>(
            $"""
            select kind, data from {schema.Name}.facts fact
            where programme = @programme and team_id = @team and kind in ('team', 'review', 'sign_off') and {Reach.Sql("fact.programme", "fact.team_id")}
            """, new { programme, team, reach.Programmes, reach.Teams, reach.Therapists })).ToLookup(row => row.Kind, row => row.Data, StringComparer.Ordinal);
        if (rows["team"].SingleOrDefault() is not { } known)
            return null;
        var open = figures.Covers(programme, team, null);
        var today = open ? rows["review"].Select(FactsTable.Read<ReviewComputed>).ToList() : [];
        var signOffs = open ? rows["sign_off"].Select(FactsTable.Read<ReviewSigned>).ToList() : [];
        return new(
            FactsTable.Read<TeamChanged>(known), [.. TeamReviews.Standing(today, signOffs).OrderBy(review => review.From)],
            today.ToDictionary(review => review.Period, StringComparer.Ordinal),
            signOffs.ToDictionary(fact => fact.Period, fact => fact.SignOff, StringComparer.Ordinal));
    }
}
