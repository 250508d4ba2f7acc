using Fidelity.Contracts.Pir;
using Fidelity.Measurement;

namespace Fidelity.Portal.Reviewing;

/// <summary>A review's text to be read: of one that is presented what was signed, of any other what is written so far.</summary>
public sealed record ShownText(OpenReview Open)
{
    ReviewText? Signed => Open.IsPresented ? Open.SignOff!.Signed!.Text : null;

    public bool IsDraft => Signed is null;

    public string Strengths => Signed?.Strengths ?? Open.Text.Part(WrittenReview.Strengths).Of("text");

    public string Areas => Signed?.AreasToImprove ?? Open.Text.Part(WrittenReview.Areas).Of("text");

    public IReadOnlyList<(string Text, string Owner, DateOnly? Due)> Goals => Signed is { } signed
        ? [.. signed.Goals.Select(goal => (goal.Text, goal.Owner, (DateOnly?)goal.Due))]
        : [.. Open.Text.Goals.Select(goal => (goal.Of("text"), goal.Of("owner"), WrittenReview.Day(goal.Of("due"))))];

    /// <summary>The goals of the review before, with what became of each; no outcome where nobody has said it.</summary>
    public IReadOnlyList<(Goal Goal, GoalOutcome? Outcome, string? Note)> FollowUps =>
    [
        .. Open.Text.FollowUps.Select(followUp => Signed is { } signed
            ? (followUp.Goal, Said(signed, followUp.Goal)?.Outcome, Said(signed, followUp.Goal)?.Note)
            : (followUp.Goal, Codes.TryParse<GoalOutcome>(followUp.Written.Of("outcome"), out var outcome) ? outcome : (GoalOutcome?)null, (string?)followUp.Written.Of("note"))),
    ];

    static GoalFollowUp? Said(ReviewText signed, Goal goal) => signed.FollowUps.FirstOrDefault(said => said.Goal == goal.Id);
}
