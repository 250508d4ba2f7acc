using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Marten;

namespace Fidelity.Pir;

/// <summary>The first signature: figures and text are what they are from here on.</summary>
public sealed record FiguresPinned(ReviewCalculated Figures, ReviewText Text, IReadOnlyList<string> Versions);

public sealed record SignatureGiven(Guid SubmissionId, Signature Signature);

public sealed record SignatureEnded(Guid? SubmissionId, Signature Signature, SignatureEnding Ending, DateTimeOffset At);

/// <summary>The second signature was given.</summary>
public sealed record Presented(DateTimeOffset At);

public sealed record Restated(long Position, DateOnly AsOf, IReadOnlyList<RestatedMeasure> Changes);

/// <summary>The signing of one team's review of one period, and what becomes of it when later records say otherwise (measurement.md §7).</summary>
public sealed record ReviewSignOff
{
    public string Id { get; set; } = "";

    /// <summary>Whose signing of which period; null before anybody signed.</summary>
    public (string Programme, string TeamId, string Period)? Of { get; init; }

    public FiguresPinned? Pinned { get; init; }

    public IReadOnlyList<SignatureGiven> Signatures { get; init; } = [];

    public IReadOnlyList<SignatureEnded> Ended { get; init; } = [];

    /// <summary>The submissions that have been decided on: another of the same name is a repeat.</summary>
    public IReadOnlyList<Guid> Decided { get; init; } = [];

    public DateTimeOffset? PresentedAt { get; init; }

    public Restated? Restatement { get; init; }

    public ReviewSignOff Apply(FiguresPinned happened) => this with
    {
        Pinned = happened, Of = (happened.Figures.Programme, happened.Figures.TeamId, happened.Figures.Period),
    };

    public ReviewSignOff Apply(SignatureGiven happened) => this with
    {
        Signatures = [.. Signatures, happened], Decided = [.. Decided, happened.SubmissionId],
    };

    public ReviewSignOff Apply(SignatureEnded happened)
    {
        var left = Signatures.Where(given => given.Signature != happened.Signature).ToList();
        return this with
        {
            Signatures = left, Ended = [.. Ended, happened], Pinned = left is [] ? null : Pinned,
            Decided = happened.SubmissionId is { } decided ? [.. Decided, decided] : Decided,
        };
    }

    public ReviewSignOff Apply(Presented happened) => this with { PresentedAt = happened.At };

    public ReviewSignOff Apply(Restated happened) => this with { Restatement = happened };

    /// <summary>Signs: the first signature pins what was seen, the second presents it.</summary>
    /// <param name="known">The signing so far.</param>
    /// <param name="review">The review as it is computed now; null when there is none.</param>
    /// <param name="before">The signing of the period before.</param>
    public static Decision<ReviewSignOff> Sign(ReviewSignOff? known, Review? review, ReviewSignOff? before, SignReview command)
    {
        var signOff = known ?? new ReviewSignOff();
        if (signOff.Decided.Contains(command.SubmissionId))
            return Decision.Recorded(signOff);
        if (Hindrance(signOff, review, before, command) is { } hindrance)
            return Decision.Refused(signOff, hindrance);

        var events = new List<object>();
        // A signature stands for a text: with another text the first one has ended.
        if (signOff.Pinned is { } pinned && pinned.Text.Version != command.Text.Version)
            events.AddRange(signOff.Signatures.Select(given => new SignatureEnded(null, given.Signature, SignatureEnding.TextChanged, command.At)));
        if (signOff.Pinned is null || events.Count > 0)
            events.Add(new FiguresPinned(review!.Latest!, command.Text, VersionsOf(review.Latest!)));
        var first = events.Count > 0;
        events.Add(new SignatureGiven(command.SubmissionId, new(command.Role, command.SignedBy, command.At)));
        if (!first)
            events.Add(new Presented(command.At));
        return Decision.Recorded(signOff.After(events), events);
    }

    static Cause? Hindrance(ReviewSignOff signOff, Review? review, ReviewSignOff? before, SignReview command)
    {
        if (review?.Latest is not { State: not ReviewState.Void } latest)
            return new(SigningCodes.NoReview, "period", "There is no such review. Choose another period.");
        if (signOff.PresentedAt is not null)
            return new(SigningCodes.Presented, null, "The review has been presented. It stands as it is.");
        if (latest.State == ReviewState.Provisional)
            return new(SigningCodes.PeriodRunning, "period", "The period has not ended. Sign after its last day.");
        if (review.AwaitsRest)
            return new(SigningCodes.RecordsArriving, null, "Records are still arriving. Sign when they have come to rest, within the hour.");
        var sameText = signOff.Pinned is { } pinned && pinned.Text.Version == command.Text.Version;
        if (command.Position != (sameText ? signOff.Pinned!.Figures : latest).Position)
            return new(SigningCodes.FiguresChanged, null, "The figures have changed since you looked. Look at them again, then sign.");
        if (sameText && signOff.Signatures.Any(given => given.Signature.Role == command.Role))
            return new(SigningCodes.RoleHasSigned, null, "It has been signed for this role. The other role's signature is missing.");
        if (sameText && signOff.Signatures.Any(given => given.Signature.By == command.SignedBy))
            return new(SigningCodes.SamePerson, null, "You have signed already. The second signature is another person's.");
        return before is { PresentedAt: not null, Pinned.Text.Goals: var goals } && goals.Any(goal => command.Text.FollowUps.All(followUp => followUp.Goal != goal.Id))
            ? new(SigningCodes.FollowUpMissing, "follow_ups", "A goal of the review before is not followed up. Say of each what became of it, then sign.")
            : null;
    }

    /// <summary>Takes a signature back, until the review is presented.</summary>
    public static Decision<ReviewSignOff> Withdraw(ReviewSignOff? known, WithdrawSignature command)
    {
        var signOff = known ?? new ReviewSignOff();
        if (signOff.Decided.Contains(command.SubmissionId))
            return Decision.Recorded(signOff);
        if (signOff.PresentedAt is not null)
            return Decision.Refused(signOff, new Cause(SigningCodes.Presented, null, "The review has been presented. It stands as it is."));
        if (signOff.Signatures.FirstOrDefault(given => given.Signature.Role == command.Role && given.Signature.By == command.WithdrawnBy) is not { } given)
            return Decision.Refused(signOff, new Cause(SigningCodes.NoSignature, null, "There is no such signature of yours any more."));
        var ended = new SignatureEnded(command.SubmissionId, given.Signature, SignatureEnding.Withdrawn, command.At);
        return Decision.Recorded(signOff.Apply(ended), ended);
    }

    /// <summary>Notes what today's records say otherwise than what was presented; an event only when that changed.</summary>
    public static (ReviewSignOff State, IReadOnlyList<object> Events) Restate(ReviewSignOff known, Restated restated)
    {
        if (known.PresentedAt is null || known.Restatement?.Position >= restated.Position || Same(known.Restatement?.Changes ?? [], restated.Changes))
            return (known, []);
        return (known.Apply(restated), [restated]);
    }

    static bool Same(IReadOnlyList<RestatedMeasure> changes, IReadOnlyList<RestatedMeasure> others) =>
        changes.Count == others.Count && changes.Zip(others).All(pair =>
            pair.First with { Causes = pair.Second.Causes } == pair.Second && pair.First.Causes.SequenceEqual(pair.Second.Causes));

    ReviewSignOff After(IEnumerable<object> events) => events.Aggregate(this, (signOff, happened) => happened switch
    {
        FiguresPinned pinned => signOff.Apply(pinned),
        SignatureGiven given => signOff.Apply(given),
        SignatureEnded ended => signOff.Apply(ended),
        Presented presented => signOff.Apply(presented),
        _ => signOff,
    });

    static IReadOnlyList<string> VersionsOf(ReviewCalculated figures)
    {
        var profile = Profiles.Find(figures.Profile)!;
        return [profile.Id, profile.Tam.Id, profile.Sam.Id, profile.Cam.Id, RaterProtection.Version];
    }

    public static string StreamKey(InstallationKeys keys, string programme, string team, string period) =>
        keys.Stream("sign-off", programme, team, period);

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<FiguresPinned>("figures_pinned");
        options.Events.MapEventType<SignatureGiven>("signature_given");
        options.Events.MapEventType<SignatureEnded>("signature_ended");
        options.Events.MapEventType<Presented>("presented");
        options.Events.MapEventType<Restated>("restated");
        options.Projections.LiveStreamAggregation<ReviewSignOff>();
    }
}
