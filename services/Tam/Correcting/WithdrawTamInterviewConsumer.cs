using Fidelity.Contracts.Tam;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Tam.Correcting;

sealed class WithdrawTamInterviewConsumer(EventWriter writer, InstallationKeys keys, BusinessCalendar calendar) : IConsumer<WithdrawTamInterview>
{
    public Task Consume(ConsumeContext<WithdrawTamInterview> context) => context.Decide<WithdrawTamInterview, CaseInterviews>(
        writer, keys.Stream("tam", context.Message.Programme, context.Message.CaseId),
        interviews => CaseInterviews.Withdraw(interviews, context.Message, calendar.Today));
}
