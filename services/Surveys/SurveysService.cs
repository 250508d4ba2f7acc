using Fidelity.ServiceDefaults;
using Fidelity.Surveys.Correcting;
using Fidelity.Surveys.Learning;
using Fidelity.Surveys.Publishing;
using Fidelity.Surveys.Recording;

namespace Fidelity.Surveys;

/// <summary>Owns SAM and CAM opportunities, surveys and their scores.</summary>
static class SurveysService
{
    public static void AddSurveys(this WebApplicationBuilder builder, bool declareOnly)
    {
        builder.AddEventStreams("surveys", options =>
            {
                PairSurveys.MapEvents(options);
                TeamPairs.MapEvents(options);
                Waiting.MapEvents(options);
                NextDates.MapEvents(options);
            })
            .Project<NextDates>("NextDates")
            .Publish<SurveysPublisher>("Publishing");
        builder.Services.AddSingleton<PairStreams>();
        builder.Services.AddHostedService<StreamsFallingDue<PairSurveys>>();
        builder.AddBus(declareOnly, bus => bus.AddInbox("surveys",
            typeof(RecordSurveyConsumer), typeof(CorrectSurveyConsumer), typeof(WithdrawSurveyConsumer),
            typeof(TeamChangedConsumer), typeof(ReportProgressConsumer)));
    }
}
