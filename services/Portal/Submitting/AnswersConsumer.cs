using System.Collections.Concurrent;
using Fidelity.Contracts.Submitting;
using MassTransit;

namespace Fidelity.Portal.Submitting;

/// <summary>Takes the owners' answers in and wakes whoever waits for them.</summary>
sealed class AnswersConsumer(Submissions submissions, AwaitedAnswers awaited) : IConsumer<SubmissionAnswered>, IConsumer<ProgressReported>
{
    public async Task Consume(ConsumeContext<SubmissionAnswered> context) =>
        awaited.Arrived(context.Message.SubmissionId, await submissions.Conclude(context.Message, context.CancellationToken));

    public Task Consume(ConsumeContext<ProgressReported> context)
    {
        awaited.Arrived((context.Message.Round, context.Message.Service), context.Message);
        return Task.CompletedTask;
    }
}

/// <summary>Answers that a request in this process waits for.</summary>
sealed class AwaitedAnswers
{
    readonly ConcurrentDictionary<object, TaskCompletionSource<object>> awaited = [];

    public void Arrived(object question, object answer)
    {
        if (awaited.TryGetValue(question, out var waiting))
            waiting.TrySetResult(answer);
    }

    /// <summary>Asks, and waits for the answer; null when it does not come in time.</summary>
    public async Task<T?> Ask<T>(object question, Func<Task> ask, TimeSpan patience, CancellationToken stopping) where T : class
    {
        var waiting = awaited.GetOrAdd(question, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await ask();
            return (T)await waiting.Task.WaitAsync(patience, stopping);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            awaited.TryRemove(question, out _);
        }
    }
}
