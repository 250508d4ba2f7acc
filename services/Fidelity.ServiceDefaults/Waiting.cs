using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Marten;

namespace Fidelity.ServiceDefaults;

/// <summary>A command was stored before the fact it rests on; it takes effect when that arrives.</summary>
public sealed record WaitBegan(Guid SubmissionId);

/// <summary>The fact arrived: this is the answer that a stored command has had to wait for.</summary>
public sealed record WaitEnded(Guid SubmissionId, SubmissionOutcome Outcome, IReadOnlyList<Cause> Causes, Score? Score = null)
{
    public SubmissionAnswered Answer => new(SubmissionId, Outcome, Causes, Score);
}

public static class Waiting
{
    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<WaitBegan>("wait_began");
        options.Events.MapEventType<WaitEnded>("wait_ended");
    }
}
