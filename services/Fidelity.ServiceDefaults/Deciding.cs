using Fidelity.Contracts;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.Validation;
using MassTransit;

namespace Fidelity.ServiceDefaults;

/// <summary>What a stream decides on a command: the events to append, the state they lead to, and the answer.</summary>
public sealed record Decision<TState>(
    TState State, IReadOnlyList<object> Events, SubmissionOutcome Outcome, IReadOnlyList<Cause> Causes, Score? Score = null);

public static class Decision
{
    public static Decision<TState> Recorded<TState>(TState state, params IReadOnlyList<object> events) =>
        new(state, events, SubmissionOutcome.Recorded, []);

    public static Decision<TState> Waiting<TState>(TState state, IReadOnlyList<object> events, Cause reason) =>
        new(state, events, SubmissionOutcome.Waiting, [reason]);

    public static Decision<TState> Refused<TState>(TState state, params IReadOnlyList<Cause> causes) =>
        new(state, [], SubmissionOutcome.Refused, causes);
}

/// <summary>Handles a command in the one way there is: validate, decide, save, answer.</summary>
public static class Deciding
{
    public static Task Decide<TCommand, TState>(
        this ConsumeContext<TCommand> context, EventWriter writer, string key, Func<TState?, Decision<TState>> decide)
        where TCommand : Command
        where TState : class =>
        context.Decide(writer, key, streams => streams.Open<TState>(key), decide);

    /// <summary>As above, where more is done to open the stream.</summary>
    public static async Task Decide<TCommand, TState>(
        this ConsumeContext<TCommand> context, EventWriter writer, string key, Func<OpenStreams, Task<OpenStreams.OpenStream<TState>>> open,
        Func<TState?, Decision<TState>> decide)
        where TCommand : Command
        where TState : class
    {
        var command = context.Message;
        var faults = CommandValidation.Check(command);
        if (faults.Count > 0)
        {
            await context.RespondAsync(new SubmissionAnswered(command.SubmissionId, SubmissionOutcome.Refused, faults, Attempt: command.Attempt));
            return;
        }

        var decision = await writer.Write(async streams =>
        {
            var stream = await open(streams);
            var decision = stream.State is IErasable { IsErased: true } ? Decision.Refused(stream.State, ErasedStreams.Refusal) : decide(stream.State);
            stream.Append(decision.State, decision.Events);
            return decision;
        }, context.CancellationToken, Wanted.Whole<TState>(key));
        await context.RespondAsync(new SubmissionAnswered(
            command.SubmissionId, decision.Outcome, decision.Causes, decision.Score, command.Attempt));
    }
}
