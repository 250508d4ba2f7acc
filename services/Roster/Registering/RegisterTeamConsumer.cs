using Fidelity.Contracts.Roster;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Roster.Registering;

sealed class RegisterTeamConsumer(EventWriter writer, InstallationKeys keys) : IConsumer<RegisterTeam>
{
    public Task Consume(ConsumeContext<RegisterTeam> context) => context.Decide<RegisterTeam, Team>(
        writer, keys.Stream("team", context.Message.Programme, context.Message.TeamId), team => Team.Register(team, context.Message));
}
