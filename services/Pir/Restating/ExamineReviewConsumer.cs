using Fidelity.Contracts.Pir;
using MassTransit;

namespace Fidelity.Pir.Restating;

sealed class ExamineReviewConsumer(ReviewExamination examination) : IConsumer<ExamineReview>
{
    public async Task Consume(ConsumeContext<ExamineReview> context)
    {
        var ((round, programme, team, period), stopping) = (context.Message, context.CancellationToken);
        await context.RespondAsync(await examination.Presented(programme, team, period, stopping) is not { } presented
            ? new ReviewExamined(round, Reproduction.NotPresented, [])
            : new ReviewExamined(round, await examination.Reproduce(presented, stopping), (await examination.Compare(presented, stopping)).Differences));
    }
}
