using System.Collections.Immutable;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Measurement;
using Marten;

namespace Fidelity.Surveys;

public sealed record TeamLearned(long Version, string Programme, IReadOnlyList<Post> Posts);

public sealed record PairNamed(RatingPair Pair);

/// <summary>
/// Who rates or has rated whom on a team: every pair that its posts have ever made or a record has named. Pairs and team
/// learn in one transaction, so that a change of posts reaches every pair and none learns from a stale list.
/// </summary>
public sealed record TeamPairs
{
    public string Id { get; set; } = "";

    /// <summary>Null while nothing is known of the team.</summary>
    public TeamLearned? Learned { get; init; }

    public ImmutableHashSet<RatingPair> Named { get; init; } = [];

    public TeamPairs Apply(TeamLearned happened) => this with { Learned = happened };

    public TeamPairs Apply(PairNamed happened) => this with { Named = Named.Add(happened.Pair) };

    /// <summary>Learns the team's posts, and what they say anew to which pairs; nothing when they are not newer than what is known.</summary>
    public static (TeamPairs State, IReadOnlyList<object> Events, IReadOnlyList<PostsLearned> Pairs) Learn(TeamPairs? known, TeamChanged fact)
    {
        var team = known ?? new TeamPairs();
        if (team.Learned?.Version >= fact.Version)
            return (team, [], []);
        var learned = new TeamLearned(fact.Version, fact.Programme, fact.Posts);
        PairNamed[] named = [.. PairsMadeBy(learned, fact.TeamId).Where(pair => !team.Named.Contains(pair)).Distinct().Select(pair => new PairNamed(pair))];
        var state = named.Aggregate(team.Apply(learned), (known, pair) => known.Apply(pair));
        var pairs = state.Named
            .Select(pair => PostsLearned.Of(pair, learned))
            .Where(posts => team.Learned is null || !posts.Posts.SequenceEqual(PostsLearned.Of(posts.Pair, team.Learned).Posts));
        return (state, [learned, .. named], [.. pairs.OrderBy(posts => posts.Pair.ToString(), StringComparer.Ordinal)]);
    }

    /// <summary>Notes a pair that a record has named, and what the team's posts say to it so far.</summary>
    public static (TeamPairs State, IReadOnlyList<object> Events, PostsLearned? Posts) Name(TeamPairs? known, RatingPair pair)
    {
        var team = known ?? new TeamPairs();
        var posts = team.Learned is { } learned ? PostsLearned.Of(pair, learned) : null;
        if (team.Named.Contains(pair))
            return (team, [], posts);
        var named = new PairNamed(pair);
        return (team.Apply(named), [named], posts);
    }

    static IEnumerable<RatingPair> PairsMadeBy(TeamLearned learned, string team) =>
        from instrument in new[] { Instrument.Sam, Instrument.Cam }
        from pair in SurveyOpportunities.Pairs(instrument, learned.Posts)
        select new RatingPair(instrument, team, pair.Rater, pair.Rated);

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<TeamLearned>("team_learned");
        options.Events.MapEventType<PairNamed>("pair_named");
        options.Projections.LiveStreamAggregation<TeamPairs>();
    }
}
