using System.Text.Json.Serialization;
using Fidelity.Contracts;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Marten;

namespace Fidelity.Portal;

/// <param name="Command">What was submitted; null once its family has been erased.</param>
public sealed record SubmissionAccepted(Command? Command, ImportRowName? Row);

public sealed record SubmissionConcluded(SubmissionOutcome Outcome, IReadOnlyList<Cause> Causes, Score? Score, DateTimeOffset At);

/// <summary>The row of an import that a submission came from.</summary>
public sealed record ImportRowName(Guid ImportId, string File, int Line);

/// <summary>Where a submission stands.</summary>
[JsonConverter(typeof(CodeJsonConverter<SubmissionState>))]
public enum SubmissionState
{
    /// <summary>Kept, and its owner has not answered yet.</summary>
    Accepted,

    /// <summary>Kept by its owner, and in effect as soon as the record it rests on is there.</summary>
    Waiting,

    /// <summary>In effect.</summary>
    Recorded,

    /// <summary>Not in effect, for the causes named.</summary>
    Refused,
}

/// <summary>One submission from its acceptance to its owner's answer.</summary>
public sealed record Submission : IErasable
{
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    public string Id { get; set; } = "";

    public Command? Command { get; init; }

    public SubmissionConcluded? Concluded { get; init; }

    public bool IsErased { get; init; }

    /// <summary>Whether its owner has said its last word on it.</summary>
    public bool IsSettled => IsErased || Concluded is { Outcome: not SubmissionOutcome.Waiting };

    /// <summary>
    /// What to show: a wait that has lasted a day is a refusal, with what it waited for as its cause, until the fact arrives after all.
    /// </summary>
    public SubmissionState StateAt(DateTimeOffset now) => Concluded switch
    {
        _ when IsErased => SubmissionState.Refused,
        null => SubmissionState.Accepted,
        { Outcome: SubmissionOutcome.Recorded } => SubmissionState.Recorded,
        { Outcome: SubmissionOutcome.Waiting, At: var at } when now - at <= LongestWait => SubmissionState.Waiting,
        _ => SubmissionState.Refused,
    };

    public Submission Apply(SubmissionAccepted happened) => this with { Command = happened.Command, Concluded = null };

    public Submission Apply(SubmissionConcluded happened) => this with { Concluded = happened };

    public Submission Apply(StreamErased happened) => new()
    {
        Id = Id, IsErased = true, Concluded = Concluded is null ? null : Concluded with { Causes = [], Score = null },
    };

    /// <summary>Accepts a submission, or finds that it was accepted before. What was refused may come again, put right.</summary>
    public static (Submission State, IReadOnlyList<object> Events) Accept(Submission? known, SubmissionAccepted accepted)
    {
        var state = known ?? new Submission();
        if (state.IsErased)
            return (state, []);
        if (state.Command is { } before)
        {
            if (state.Concluded is not { Outcome: SubmissionOutcome.Refused })
                return (state, []);
            accepted = accepted with { Command = accepted.Command! with { Attempt = before.Attempt + 1 } };
        }

        return (state.Apply(accepted), [accepted]);
    }

    /// <summary>
    /// Notes the owner's answer. A submission that waited gets a second one; a repeated answer says nothing new, nor does one to what
    /// was refused before and has since come again, put right.
    /// </summary>
    public static (Submission State, IReadOnlyList<object> Events) Conclude(Submission? known, SubmissionAnswered answer, DateTimeOffset now)
    {
        var state = known ?? new Submission();
        if (state.IsSettled || state.Concluded?.Outcome == answer.Outcome || answer.Attempt < state.Command?.Attempt)
            return (state, []);
        var concluded = new SubmissionConcluded(answer.Outcome, answer.Causes, answer.Score, now);
        return (state.Apply(concluded), [concluded]);
    }

    /// <summary>Forgets what was submitted. What became of it stays, and what had no last word yet has it with this.</summary>
    public (Submission State, IReadOnlyList<object> Events) Erase(DateTimeOffset now)
    {
        var erased = new StreamErased();
        if (IsSettled)
            return (Apply(erased), [erased]);
        var refused = new SubmissionConcluded(SubmissionOutcome.Refused, [], null, now);
        return (Apply(refused).Apply(erased), [refused, erased]);
    }

    public static void MapEvents(StoreOptions options)
    {
        options.Events.AddMaskingRuleForProtectedInformation<SubmissionAccepted>(accepted => accepted with { Command = null });
        options.Events.AddMaskingRuleForProtectedInformation<SubmissionConcluded>(concluded => concluded with { Causes = [], Score = null });
        options.Events.MapEventType<SubmissionAccepted>("submission_accepted");
        options.Events.MapEventType<SubmissionConcluded>("submission_concluded");
        options.Projections.LiveStreamAggregation<Submission>();
    }
}
