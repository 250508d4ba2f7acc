using Fidelity.ServiceDefaults;
using Fidelity.Tam.Correcting;
using Fidelity.Tam.Erasing;
using Fidelity.Tam.Learning;
using Fidelity.Tam.Publishing;
using Fidelity.Tam.Recording;

namespace Fidelity.Tam;

/// <summary>Owns TAM opportunities, attempts, interviews and their scores.</summary>
static class TamService
{
    public static void AddTam(this WebApplicationBuilder builder, bool declareOnly)
    {
        builder.AddEventStreams("tam", options =>
            {
                CaseInterviews.MapEvents(options);
                TeamCases.MapEvents(options);
                Waiting.MapEvents(options);
                ErasedStreams.MapEvents(options);
                NextDates.MapEvents(options);
            })
            .Project<NextDates>("NextDates")
            .Publish<TamPublisher>("Publishing");
        builder.Services.AddHostedService<StreamsFallingDue<CaseInterviews>>();
        builder.AddBus(declareOnly, bus => bus.AddInbox("tam",
            typeof(RecordTamInterviewConsumer), typeof(RecordTamAttemptConsumer), typeof(CorrectTamInterviewConsumer),
            typeof(WithdrawTamInterviewConsumer), typeof(TeamChangedConsumer), typeof(CaseChangedConsumer),
            typeof(EraseCaseConsumer), typeof(ReportProgressConsumer)));
    }
}
