using Fidelity.Contracts.Tam;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Tam.Recording;

sealed class RecordTamInterviewConsumer(EventWriter writer, InstallationKeys keys, BusinessCalendar calendar) : IConsumer<RecordTamInterview>
{
    public Task Consume(ConsumeContext<RecordTamInterview> context) => context.Decide<RecordTamInterview, CaseInterviews>(
        writer, keys.Stream("tam", context.Message.Programme, context.Message.CaseId),
        interviews => CaseInterviews.Record(interviews, context.Message, calendar.Today));
}
