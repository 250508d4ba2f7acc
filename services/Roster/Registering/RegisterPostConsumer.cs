using Fidelity.Contracts.Roster;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Roster.Registering;

sealed class RegisterPostConsumer(EventWriter writer, InstallationKeys keys) : IConsumer<RegisterPost>
{
    public Task Consume(ConsumeContext<RegisterPost> context) => context.Decide<RegisterPost, Team>(
        writer, keys.Stream("team", context.Message.Programme, context.Message.TeamId), team => Team.Register(team, context.Message));
}
