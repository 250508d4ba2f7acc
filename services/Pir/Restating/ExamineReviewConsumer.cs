using Fidelity.Contracts.Pir;
using MassTransit;

namespace Fidelity.Pir.Restating;

sealed class ExamineReviewConsumer(ReviewExamination examination) : IConsumer<ExamineReview>
{
    public async Task Consume(ConsumeContext<ExamineReview> context)
    {
        var (round, programme, team, period) = context.Message;
        await context.RespondAsync(new ReviewExamined(
            round, await examination.Reproduce(programme, team, period, context.CancellationToken),
            await examination.Compare(programme, team, period, context.CancellationToken)));
    }
}
