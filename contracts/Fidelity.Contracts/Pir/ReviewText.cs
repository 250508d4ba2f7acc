using System.Text.Json.Serialization;
using Fidelity.Measurement;

namespace Fidelity.Contracts.Pir;

/// <summary>What supervisor and consultant write in a review (measurement.md §7).</summary>
/// <param name="Version">How often it has been changed: of two texts of one review with the same version, both say the same.</param>
/// <param name="Strengths">What goes well; at most 10,000 characters.</param>
/// <param name="AreasToImprove">What is to become better; at most 10,000 characters.</param>
/// <param name="Goals">What is to be reached, in the order in which they were set.</param>
/// <param name="FollowUps">What became of the goals of the review before, one for each.</param>
public sealed record ReviewText(
    long Version, string Strengths, string AreasToImprove, IReadOnlyList<Goal> Goals, IReadOnlyList<GoalFollowUp> FollowUps);

/// <summary>A goal of a review.</summary>
/// <param name="Id">Tells it from every other goal.</param>
/// <param name="Text">What is to be reached; at most 2,000 characters.</param>
/// <param name="Owner">Who answers for it, by name or post; at most 200 characters.</param>
/// <param name="Due">The day by which it is to be reached.</param>
public sealed record Goal(Guid Id, string Text, string Owner, DateOnly Due);

/// <summary>What became of a goal.</summary>
/// <param name="Goal">The goal, of the review before.</param>
/// <param name="Outcome">Whether it was reached.</param>
/// <param name="Note">What there is to say of it, in at most 2,000 characters; null when nothing.</param>
public sealed record GoalFollowUp(Guid Goal, GoalOutcome Outcome, string? Note);

/// <summary>Whether a goal was reached.</summary>
[JsonConverter(typeof(CodeJsonConverter<GoalOutcome>))]
public enum GoalOutcome
{
    /// <summary>Wholly.</summary>
    Reached,

    /// <summary>In part.</summary>
    PartlyReached,

    /// <summary>Not.</summary>
    NotReached,

    /// <summary>It was given up.</summary>
    Dropped,
}
