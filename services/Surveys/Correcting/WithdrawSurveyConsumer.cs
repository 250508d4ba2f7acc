using Fidelity.Contracts.Surveys;
using Fidelity.ServiceDefaults;
using Fidelity.Surveys.Learning;
using MassTransit;

namespace Fidelity.Surveys.Correcting;

sealed class WithdrawSurveyConsumer(EventWriter writer, PairStreams pairs, BusinessCalendar calendar) : IConsumer<WithdrawSurvey>
{
    public Task Consume(ConsumeContext<WithdrawSurvey> context) => context.Decide<WithdrawSurvey, PairSurveys>(
        writer, pairs.Key(context.Message.Programme, context.Message.Pair), streams => pairs.Open(streams, context.Message.Programme, context.Message.Pair),
        surveys => PairSurveys.Withdraw(surveys, context.Message, calendar.Today));
}
