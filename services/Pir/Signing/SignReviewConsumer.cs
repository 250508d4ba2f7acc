using Fidelity.Contracts.Pir;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Pir.Signing;

sealed class SignReviewConsumer(EventWriter writer, InstallationKeys keys) : IConsumer<SignReview>
{
    public Task Consume(ConsumeContext<SignReview> context)
    {
        var command = context.Message;
        var (programme, team) = (command.Programme, command.TeamId);
        Review? review = null;
        ReviewSignOff? before = null;
        return context.Decide<SignReview, ReviewSignOff>(
            writer, Key(command.Period), async streams =>
            {
                review = Review.Of((await streams.OpenNewest<ReviewCalculated>(keys.Stream("pir", programme, team, command.Period))).State);
                // How the halves of a year are named does not depend on its first month.
                before = (await streams.Open<ReviewSignOff>(Key(Period.Parse(command.Period, startMonth: 1).Previous.Name))).State;
                return await streams.Open<ReviewSignOff>(Key(command.Period));
            }, signOff => ReviewSignOff.Sign(signOff, review, before, command));

        string Key(string period) => ReviewSignOff.StreamKey(keys, programme, team, period);
    }
}
