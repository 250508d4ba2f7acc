using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Submitting;
using MassTransit;

namespace Fidelity.Portal.Submitting;

/// <summary>Takes the owners' answers in and wakes whoever waits for the last word on a submission.</summary>
sealed class AnswersConsumer(Submissions submissions, AwaitedAnswers awaited) : IConsumer<SubmissionAnswered>, IConsumer<ProgressReported>, IConsumer<ReviewExamined>
{
    public async Task Consume(ConsumeContext<SubmissionAnswered> context)
    {
        var submission = await submissions.Conclude(context.Message, context.CancellationToken);
        if (submission.IsSettled)
            awaited.Arrived(context.Message.SubmissionId, submission);
    }

    public Task Consume(ConsumeContext<ProgressReported> context)
    {
        awaited.Arrived((context.Message.Round, context.Message.Service), context.Message);
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<ReviewExamined> context)
    {
        awaited.Arrived(context.Message.Round, context.Message);
        return Task.CompletedTask;
    }
}

/// <summary>Answers that requests in this process wait for; several may wait for the same one.</summary>
sealed class AwaitedAnswers
{
    readonly Lock gate = new();
    readonly Dictionary<object, List<TaskCompletionSource<object>>> awaited = [];

    public void Arrived(object question, object answer)
    {
        lock (gate)
        {
            foreach (var waiting in awaited.GetValueOrDefault(question) ?? [])
                waiting.TrySetResult(answer);
        }
    }

    /// <summary>Asks, and waits for the answer; null when it does not come in time.</summary>
    public async Task<T?> Ask<T>(object question, Func<Task> ask, TimeSpan patience, CancellationToken stopping) where T : class
    {
        var waiting = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        Wait(question, waiting);
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
            Leave(question, waiting);
        }
    }

    void Wait(object question, TaskCompletionSource<object> waiting)
    {
        lock (gate)
        {
            if (!awaited.TryGetValue(question, out var others))
                awaited.Add(question, others = []);
            others.Add(waiting);
        }
    }

    void Leave(object question, TaskCompletionSource<object> waiting)
    {
        lock (gate)
        {
            awaited[question].Remove(waiting);
            if (awaited[question].Count == 0)
                awaited.Remove(question);
        }
    }
}
