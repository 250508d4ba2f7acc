using Fidelity.Contracts.Surveys;
using Fidelity.ServiceDefaults;
using Fidelity.Surveys.Learning;
using MassTransit;

namespace Fidelity.Surveys.Correcting;

sealed class CorrectSurveyConsumer(EventWriter writer, PairStreams pairs, BusinessCalendar calendar) : IConsumer<CorrectSurvey>
{
    public Task Consume(ConsumeContext<CorrectSurvey> context) => context.Decide<CorrectSurvey, PairSurveys>(
        writer, pairs.Key(context.Message.Programme, context.Message.Pair), streams => pairs.Open(streams, context.Message.Programme, context.Message.Pair),
        surveys => PairSurveys.Correct(surveys, context.Message, calendar.Today));
}
