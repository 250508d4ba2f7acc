using Fidelity.Contracts.Roster;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Surveys.Learning;

/// <summary>A change among the posts of a team begins, ends or moves pairs.</summary>
sealed class TeamChangedConsumer(EventWriter writer, PairStreams pairs) : IConsumer<TeamChanged>
{
    public Task Consume(ConsumeContext<TeamChanged> context)
    {
        var fact = context.Message;
        return writer.Write(async streams =>
        {
            var team = await pairs.OpenTeam(streams, fact.Programme, fact.TeamId);
            var (state, events, learned) = TeamPairs.Learn(team.State, fact);
            team.Append(state, events);
            foreach (var posts in learned)
                await pairs.Learn(streams, posts);
            return learned.Count;
        }, context.CancellationToken);
    }
}
