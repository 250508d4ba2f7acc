using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Submitting;
using Fidelity.Contracts.Surveys;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Marten;

namespace Fidelity.Surveys.Tests;

/// <summary>The service's decisions over streams in memory, wired as Learning and Recording wire them over the store.</summary>
sealed class ServiceInMemory(DateOnly today)
{
    readonly Dictionary<RatingPair, PairSurveys> _pairs = [];
    readonly Dictionary<string, TeamPairs> _teams = [];

    public DateOnly Today { get; set; } = today;

    /// <summary>Everything appended to any stream, in order.</summary>
    public List<object> Events { get; } = [];

    public IReadOnlyDictionary<RatingPair, PairSurveys> Pairs => _pairs;

    public void Learn(TeamChanged fact)
    {
        var (team, events, pairs) = TeamPairs.Learn(_teams.GetValueOrDefault(fact.TeamId), fact);
        _teams[fact.TeamId] = team;
        Events.AddRange(events);
        foreach (var posts in pairs)
            Learn(posts);
    }

    public Decision<PairSurveys> Handle(Command command)
    {
        var pair = command switch
        {
            RecordSurvey survey => survey.Pair,
            CorrectSurvey correction => correction.Pair,
            WithdrawSurvey withdrawal => withdrawal.Pair,
            _ => throw new ArgumentOutOfRangeException(nameof(command)),
        };
        if (_pairs.GetValueOrDefault(pair)?.Posts is null)
        {
            var (team, events, posts) = TeamPairs.Name(_teams.GetValueOrDefault(pair.TeamId), pair);
            _teams[pair.TeamId] = team;
            Events.AddRange(events);
            if (posts is not null)
                Learn(posts);
        }

        var known = _pairs.GetValueOrDefault(pair);
        var decision = command switch
        {
            RecordSurvey survey => PairSurveys.Record(known, survey, Today),
            CorrectSurvey correction => PairSurveys.Correct(known, correction, Today),
            WithdrawSurvey withdrawal => PairSurveys.Withdraw(known, withdrawal, Today),
            _ => throw new ArgumentOutOfRangeException(nameof(command)),
        };
        Keep(pair, known, decision.State, decision.Events);
        return decision;
    }

    /// <summary>A new day: whose next date has come is opened, and nobody else.</summary>
    public void Tick(DateOnly day)
    {
        Today = day;
        foreach (var (pair, known) in _pairs.Where(pair => pair.Value.NextDate <= day).ToList())
        {
            var (state, events) = known.Advance(day);
            Keep(pair, known, state, events);
        }
    }

    void Learn(PostsLearned posts)
    {
        var known = _pairs.GetValueOrDefault(posts.Pair);
        var (state, events) = PairSurveys.Learn(known, posts, Today);
        Keep(posts.Pair, known, state, events);
    }

    /// <summary>What is decided must be what the events say when they are read again.</summary>
    void Keep(RatingPair pair, PairSurveys? known, PairSurveys state, IReadOnlyList<object> events)
    {
        var read = events.Aggregate(known ?? new PairSurveys(), (folded, happened) => ((dynamic)folded).Apply((dynamic)happened));
        Snapshot.Whole(read).ShouldBe(Snapshot.Whole(state));
        _pairs[pair] = state;
        Events.AddRange(events);
    }
}
