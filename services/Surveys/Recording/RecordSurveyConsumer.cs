using Fidelity.Contracts.Surveys;
using Fidelity.ServiceDefaults;
using Fidelity.Surveys.Learning;
using MassTransit;

namespace Fidelity.Surveys.Recording;

sealed class RecordSurveyConsumer(EventWriter writer, PairStreams pairs, BusinessCalendar calendar) : IConsumer<RecordSurvey>
{
    public Task Consume(ConsumeContext<RecordSurvey> context) => context.Decide<RecordSurvey, PairSurveys>(
        writer, pairs.Key(context.Message.Programme, context.Message.Pair), streams => pairs.Open(streams, context.Message.Programme, context.Message.Pair),
        surveys => PairSurveys.Record(surveys, context.Message, calendar.Today));
}
