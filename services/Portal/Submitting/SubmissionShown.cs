using Fidelity.Measurement;

namespace Fidelity.Portal.Submitting;

/// <summary>A submission and what became of it.</summary>
/// <param name="Submission">Its name here: the same whenever the same record is submitted again.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Status">The address to ask again.</param>
/// <param name="Score">The score of a recorded interview; null for everything else.</param>
/// <param name="Causes">Why it was refused, or what it waits for.</param>
sealed record SubmissionShown(Guid Submission, SubmissionState State, string Status, ScoreShown? Score, IReadOnlyList<Problem.Fault> Causes)
{
    public static SubmissionShown Of(Guid id, Submission submission, DateTimeOffset now) => new(
        id, submission.StateAt(now), $"/api/v1/submissions/{id}",
        submission.Concluded?.Score is { } score ? ScoreShown.Of(score) : null,
        [
            .. (submission.IsErased ? [ServiceDefaults.ErasedStreams.Refusal] : submission.Concluded?.Causes ?? []).Select(cause =>
                new Problem.Fault(cause.Code, RecordDocument.Pointer(cause.Field), null, cause.Message)),
        ]);
}

/// <summary>A score with what it rests on.</summary>
/// <param name="Value">The score; null when it is insufficient and so does not exist.</param>
/// <param name="Sufficiency">Whether enough items were answered for a score.</param>
/// <param name="Definition">The instrument definition that it was computed by.</param>
/// <param name="Answered">Items answered with a number.</param>
/// <param name="NotApplicable">Items that do not apply.</param>
/// <param name="Blank">Items not answered.</param>
/// <param name="MinimumAnswered">How many items the definition asks for.</param>
/// <param name="Threshold">The score from which on the definition calls it adherent; null when it has no threshold.</param>
sealed record ScoreShown(
    double? Value, Sufficiency Sufficiency, string Definition, int Answered, int NotApplicable, int Blank, int? MinimumAnswered, double? Threshold)
{
    public static ScoreShown Of(Score score)
    {
        var definition = Instruments.Find(score.Definition);
        return new(
            score.Value?.ToDouble(), score.IsSufficient ? Sufficiency.Sufficient : Sufficiency.Insufficient, score.Definition,
            score.Answered, score.NotApplicable, score.Blank, definition?.MinimumAnswered, definition?.Threshold?.ToDouble());
    }
}

/// <summary>Whether a score exists.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(CodeJsonConverter<Sufficiency>))]
enum Sufficiency
{
    /// <summary>Enough items were answered.</summary>
    Sufficient,

    /// <summary>Too few items were answered.</summary>
    Insufficient,
}
