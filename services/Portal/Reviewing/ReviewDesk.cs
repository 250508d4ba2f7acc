using Fidelity.Contracts;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Submitting;
using Fidelity.Portal.Access;
using Fidelity.Portal.FillingIn;
using Fidelity.Portal.Reviews;
using Fidelity.Portal.Submitting;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Portal.Reviewing;

/// <summary>A review that is worked on, with its team and its text.</summary>
/// <param name="Review">As it stands.</param>
/// <param name="SignOff">Null: nobody has signed it.</param>
/// <param name="Text">As it is written, whether or not it is what was signed.</param>
public sealed record OpenReview(TeamReviews Team, ReviewComputed Review, SignOff? SignOff, WrittenReview Text)
{
    public bool IsPresented => SignOff?.PresentedAt is not null;

    /// <summary>Whether a signature holds for the text as it is.</summary>
    public bool IsSigned => SignOff is { Signed.Text.Version: var version } && version == Text.Version;

    /// <summary>The figures that the next signature is for: those that are pinned, or today's.</summary>
    public ReviewComputed ToSign => IsSigned ? SignOff!.Signed!.Figures : Review;

    public ReviewName Name => new(Team.Team.Programme, Team.Team.TeamId, Review.Period);

    /// <summary>As what somebody may sign it.</summary>
    public IReadOnlyList<SignatoryRole> RolesOf(Visitor visitor, DateOnly today) =>
    [
        .. Policy.Held(visitor, today).Where(held => held.On.Covers(Name.Programme, Name.TeamId, null)).Select(held => held.Role switch
        {
            Role.Supervisor => SignatoryRole.Supervisor,
            Role.Consultant => SignatoryRole.Consultant,
            _ => (SignatoryRole?)null,
        }).OfType<SignatoryRole>().Distinct(),
    ];
}

/// <summary>Where supervisor and consultant work on a review: they write it, sign it, and have it examined.</summary>
sealed class ReviewDesk(TeamReviewsReader teams, ReviewParts parts, SubmitRecord records, AwaitedAnswers awaited, IBus bus, TimeProvider clock)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    static readonly Uri Pir = new("exchange:pir");

    /// <summary>Null when there is no such review in the teams that are open to whoever asks.</summary>
    public async Task<OpenReview?> Open(ReviewName name, Reach reach, CancellationToken stopping) =>
        await teams.Read(name.Programme, name.TeamId, reach, reach) is { } team && team.Of(name.Period) is { } review
            ? await Open(team, review, stopping) : null;

    public async Task<OpenReview> Open(TeamReviews team, ReviewComputed review, CancellationToken stopping) => new(
        team, review, team.SignOffs.GetValueOrDefault(review.Period),
        new(await parts.Read(new(team.Team.Programme, team.Team.TeamId, review.Period), stopping), team.GoalsBefore(review)));

    /// <summary>Signs what was seen.</summary>
    public Task<SigningAnswer> Sign(OpenReview open, SignatoryRole role, string by, Reach reach, CancellationToken stopping)
    {
        var at = clock.GetUtcNow();
        return Ask(
            new SignReview(Guid.Empty, open.Name.Programme, open.Name.TeamId, open.Name.Period, role, by, at, open.ToSign.Position, open.Text.ToText()),
            open.Name, reach, signOff => signOff?.Signatures.Contains(new(role, by, at)) == true, stopping);
    }

    public Task<SigningAnswer> WithdrawSignature(OpenReview open, SignatoryRole role, string by, Reach reach, CancellationToken stopping)
    {
        var at = clock.GetUtcNow();
        return Ask(
            new WithdrawSignature(Guid.Empty, open.Name.Programme, open.Name.TeamId, open.Name.Period, role, by, at), open.Name, reach,
            signOff => signOff?.Ended.Any(ended => ended.Signature.By == by && ended.At == at) == true, stopping);
    }

    /// <summary>Has a presented review computed again, and compared with today's records; null when no answer came in time.</summary>
    public Task<ReviewExamined?> Examine(ReviewName name, CancellationToken stopping)
    {
        var round = Guid.CreateVersion7(clock.GetUtcNow());
        return awaited.Ask<ReviewExamined>(round, async () =>
        {
            var owner = await bus.GetSendEndpoint(Pir);
            await owner.Send(new ExamineReview(round, name.Programme, name.TeamId, name.Period), context => context.ResponseAddress = Owners.Answers, stopping);
        }, Patience, stopping);
    }

    async Task<SigningAnswer> Ask(Command command, ReviewName name, Reach reach, Predicate<SignOff?> isThere, CancellationToken stopping)
    {
        var taken = await records.Take(command, stopping);
        IReadOnlyList<string> refusals = [.. taken.Faults.Select(fault => fault.Code), .. taken.Submission?.Concluded?.Causes.Select(cause => cause.Code) ?? []];
        var recorded = new Recorded(command, taken.Submission?.Concluded is { Outcome: SubmissionOutcome.Recorded });
        return new(refusals, await recorded.IsShown(
            async () => isThere((await teams.Read(name.Programme, name.TeamId, reach, reach))?.SignOffs.GetValueOrDefault(name.Period)), stopping));
    }
}

/// <summary>What came of signing.</summary>
/// <param name="Refusals">The codes of what hinders it; none when it is kept.</param>
/// <param name="IsShown">Whether it is in effect and the page shows it; false of what is kept and still on its way.</param>
public sealed record SigningAnswer(IReadOnlyList<string> Refusals, bool IsShown);
