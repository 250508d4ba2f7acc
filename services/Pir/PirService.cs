using Fidelity.Pir.Annotating;
using Fidelity.Pir.Computing;
using Fidelity.Pir.Erasing;
using Fidelity.Pir.Publishing;
using Fidelity.Pir.Rebasing;
using Fidelity.Pir.Receiving;
using Fidelity.Pir.Restating;
using Fidelity.Pir.Signing;
using Fidelity.ServiceDefaults;

namespace Fidelity.Pir;

/// <summary>
/// Owns periods, measures and reviews, computed from the facts that the other services publish; and what people write on a team's charts.
/// </summary>
static class PirService
{
    public static void AddPir(this WebApplicationBuilder builder, bool declareOnly)
    {
        builder.AddEventStreams("pir", options =>
            {
                Facts.MapEvents(options);
                ErasedStreams.MapEvents(options);
                Review.MapEvents(options);
                TeamTrend.MapEvents(options);
                FrozenFigures.MapEvents(options);
                ReviewSignOff.MapEvents(options);
                Baseline.MapEvents(options);
                TrendThread.MapEvents(options);
            })
            .Table(TeamsAwaitingRest.Table)
            .Project<TeamRecords>(TeamRecords.Name)
            .Publish<PirPublisher>("Publishing")
            .Publish<RestatingReviews>("Restating");
        builder.Services.AddSingleton<TeamsAwaitingRest>();
        builder.Services.AddSingleton<IPendingWork, PendingReviews>();
        builder.Services.AddSingleton<PastFacts>();
        builder.Services.AddSingleton<ReviewExamination>();
        builder.Services.AddHostedService<ComputingReviews>();
        builder.Services.AddHostedService<PeriodsEnding>();
        builder.AddBus(declareOnly, bus => bus.AddInbox("pir",
            typeof(FactsConsumer), typeof(ChangeBaselineConsumer), typeof(WithdrawBaselineConsumer), typeof(BeginThreadConsumer),
            typeof(ContinueThreadConsumer), typeof(SignReviewConsumer), typeof(WithdrawSignatureConsumer), typeof(ExamineReviewConsumer),
            typeof(EraseCaseConsumer), typeof(ReportProgressConsumer)));
    }
}
