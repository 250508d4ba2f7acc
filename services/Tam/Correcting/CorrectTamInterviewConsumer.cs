using Fidelity.Contracts.Tam;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Tam.Correcting;

sealed class CorrectTamInterviewConsumer(EventWriter writer, InstallationKeys keys, BusinessCalendar calendar) : IConsumer<CorrectTamInterview>
{
    public Task Consume(ConsumeContext<CorrectTamInterview> context) => context.Decide<CorrectTamInterview, CaseInterviews>(
        writer, keys.Stream("tam", context.Message.Programme, context.Message.CaseId),
        interviews => CaseInterviews.Correct(interviews, context.Message, calendar.Today));
}
