using Fidelity.Contracts.Roster;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Roster.Registering;

sealed class RegisterCaseConsumer(EventWriter writer, InstallationKeys keys) : IConsumer<RegisterCase>
{
    public Task Consume(ConsumeContext<RegisterCase> context) => context.Decide<RegisterCase, Case>(
        writer, keys.Stream("case", context.Message.Programme, context.Message.CaseId), known => Case.Register(known, context.Message));
}
