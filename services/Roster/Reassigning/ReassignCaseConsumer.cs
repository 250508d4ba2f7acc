using Fidelity.Contracts.Roster;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Roster.Reassigning;

sealed class ReassignCaseConsumer(EventWriter writer, InstallationKeys keys) : IConsumer<ReassignCase>
{
    public Task Consume(ConsumeContext<ReassignCase> context) => context.Decide<ReassignCase, Case>(
        writer, keys.Stream("case", context.Message.Programme, context.Message.CaseId), known => Case.Reassign(known, context.Message));
}
