using Fidelity.Contracts.Tam;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Tam.Recording;

sealed class RecordTamAttemptConsumer(EventWriter writer, InstallationKeys keys, BusinessCalendar calendar) : IConsumer<RecordTamAttempt>
{
    public Task Consume(ConsumeContext<RecordTamAttempt> context) => context.Decide<RecordTamAttempt, CaseInterviews>(
        writer, keys.Stream("tam", context.Message.Programme, context.Message.CaseId),
        interviews => CaseInterviews.Record(interviews, context.Message, calendar.Today));
}
