using Fidelity.Contracts.Pir;

namespace Fidelity.Pir.Publishing;

/// <summary>What the others are told of reviews: figures as they may be shown (<see cref="RaterProtection"/>).</summary>
static class TellingReviews
{
    public static ReviewComputed Told(this ReviewCalculated review, long version = 0) => new ReviewComputed(
        version, review.Programme, review.TeamId, review.Period, review.From, review.To, review.State, review.Profile, review.Position, review.AsOf,
        review.DataTo, review.Closed, review.FullCourse, RaterProtection.MayLeave(review)) { Closures = review.Closures, Interviews = review.Interviews };

    public static SignOff Told(this ReviewSignOff signOff) => new(
        [.. signOff.Signatures.Select(given => given.Signature)],
        [.. signOff.Ended.Select(ended => new EndedSignature(ended.Signature, ended.Ending, ended.At))],
        signOff.Pinned is not { } pinned ? null : new(pinned.Figures.Told(), pinned.Text, pinned.Versions), signOff.PresentedAt,
        signOff.Restatement is not { } restatement ? null : new(restatement.Position, restatement.AsOf, restatement.Changes));
}
