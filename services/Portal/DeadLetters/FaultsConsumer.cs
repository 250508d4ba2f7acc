using MassTransit;

namespace Fidelity.Portal.DeadLetters;

/// <summary>
/// MassTransit tells whoever sent a command that it could not be handled, with a copy of it. The command is in its owner's
/// error queue, where it is shown and returned; the copy is let go, or it would be a second dead letter.
/// </summary>
sealed class FaultsConsumer : IConsumer<Fault>
{
    public Task Consume(ConsumeContext<Fault> context) => Task.CompletedTask;
}
