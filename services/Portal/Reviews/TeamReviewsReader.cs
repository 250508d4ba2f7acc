using Dapper;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Portal.Access;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Reviews;

/// <summary>A team and all its reviews, oldest first.</summary>
public sealed record TeamReviews(TeamChanged Team, IReadOnlyList<ReviewComputed> Reviews)
{
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
            where programme = @programme and team_id = @team and kind in ('team', 'review') and {Reach.Sql("fact.programme", "fact.team_id")}
            """, new { programme, team, reach.Programmes, reach.Teams, reach.Therapists })).ToLookup(row => row.Kind, row => row.Data, StringComparer.Ordinal);
        return rows["team"].SingleOrDefault() is not { } known
            ? null
            : new(
                FactsTable.Read<TeamChanged>(known),
                figures.Covers(programme, team, null)
                    ?
                    [
                        .. rows["review"].Select(FactsTable.Read<ReviewComputed>)
                            .Where(review => review.State != ReviewState.Void).OrderBy(review => review.From),
                    ]
                    : []);
    }
}
