using Fidelity.Contracts.Surveys;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;

namespace Fidelity.Surveys.Learning;

/// <summary>The streams of pairs and teams.</summary>
sealed class PairStreams(InstallationKeys keys, BusinessCalendar calendar)
{
    public Task<OpenStreams.OpenStream<TeamPairs>> OpenTeam(OpenStreams streams, string programme, string team) =>
        streams.Open<TeamPairs>(keys.Stream("team", programme, team));

    public string Key(string programme, RatingPair pair) =>
        keys.Stream(Codes.Of(pair.Instrument), programme, pair.TeamId, pair.RaterId, pair.RatedId);

    /// <summary>Opens a pair for a record of it. One that no post has made yet is named to its team, and learns what the team knows.</summary>
    public async Task<OpenStreams.OpenStream<PairSurveys>> Open(OpenStreams streams, string programme, RatingPair pair)
    {
        var surveys = await OpenPair(streams, programme, pair);
        if (surveys.State?.Posts is not null)
            return surveys;
        var team = await OpenTeam(streams, programme, pair.TeamId);
        var (state, events, posts) = TeamPairs.Name(team.State, pair);
        team.Append(state, events);
        if (posts is not null)
            Learn(surveys, posts);
        return surveys;
    }

    public async Task Learn(OpenStreams streams, PostsLearned posts) => Learn(await OpenPair(streams, posts.Programme, posts.Pair), posts);

    void Learn(OpenStreams.OpenStream<PairSurveys> surveys, PostsLearned posts)
    {
        var (state, events) = PairSurveys.Learn(surveys.State, posts, calendar.Today);
        surveys.Append(state, events);
    }

    Task<OpenStreams.OpenStream<PairSurveys>> OpenPair(OpenStreams streams, string programme, RatingPair pair) =>
        streams.Open<PairSurveys>(Key(programme, pair));
}
