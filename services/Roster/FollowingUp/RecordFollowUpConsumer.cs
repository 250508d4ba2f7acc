using Fidelity.Contracts.Roster;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Roster.FollowingUp;

sealed class RecordFollowUpConsumer(EventWriter writer, InstallationKeys keys) : IConsumer<RecordFollowUp>
{
    public Task Consume(ConsumeContext<RecordFollowUp> context) => context.Decide<RecordFollowUp, Case>(
        writer, keys.Stream("case", context.Message.Programme, context.Message.CaseId), known => Case.FollowUp(known, context.Message));
}
