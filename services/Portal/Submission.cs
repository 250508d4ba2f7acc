using Fidelity.Contracts;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Marten;

namespace Fidelity.Portal;

public sealed record SubmissionAccepted(Command Command, ImportRowName? Row);

public sealed record SubmissionConcluded(SubmissionOutcome Outcome, IReadOnlyList<Cause> Causes, Score? Score, DateTimeOffset At)
{
    static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    /// <summary>What to show: a wait that has lasted a day is a refusal, with what it waited for as its cause, until the fact arrives after all.</summary>
    public SubmissionOutcome Shown(DateTimeOffset now) =>
        Outcome == SubmissionOutcome.Waiting && now - At > LongestWait ? SubmissionOutcome.Refused : Outcome;
}

/// <summary>The row of an import that a submission came from.</summary>
public sealed record ImportRowName(Guid ImportId, string File, int Line);

/// <summary>One submission from its acceptance to its owner's answer.</summary>
public sealed record Submission
{
    public string Id { get; set; } = "";

    public Command? Command { get; init; }

    public SubmissionConcluded? Concluded { get; init; }

    public Submission Apply(SubmissionAccepted happened) => this with { Command = happened.Command, Concluded = null };

    public Submission Apply(SubmissionConcluded happened) => this with { Concluded = happened };

    /// <summary>Accepts a submission, or finds that it was accepted before. What was refused may come again, put right.</summary>
    public static (Submission State, IReadOnlyList<object> Events) Accept(Submission? known, SubmissionAccepted accepted)
    {
        var state = known ?? new Submission();
        return state.Command is null || state.Concluded is { Outcome: SubmissionOutcome.Refused }
            ? (state.Apply(accepted), [accepted])
            : (state, []);
    }

    /// <summary>Notes the owner's answer. A submission that waited gets a second one; a repeated answer says nothing new.</summary>
    public static (Submission State, IReadOnlyList<object> Events) Conclude(Submission? known, SubmissionAnswered answer, DateTimeOffset now)
    {
        var state = known ?? new Submission();
        var settled = state.Concluded is { Outcome: not SubmissionOutcome.Waiting };
        if (settled || state.Concluded?.Outcome == answer.Outcome)
            return (state, []);
        var concluded = new SubmissionConcluded(answer.Outcome, answer.Causes, answer.Score, now);
        return (state.Apply(concluded), [concluded]);
    }

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<SubmissionAccepted>("submission_accepted");
        options.Events.MapEventType<SubmissionConcluded>("submission_concluded");
        options.Projections.LiveStreamAggregation<Submission>();
    }
}
