using System.Text.Json.Serialization;
using Fidelity.Measurement;

namespace Fidelity.Contracts.Surveys;

/// <summary>
/// One survey as it stands, published under the name of what happened to it. It says what one rater answered about one
/// person, so only the service that computes measures may keep it (measurement.md §6).
/// </summary>
/// <param name="Pair">Who rates whom.</param>
/// <param name="Survey">The survey with its corrections applied.</param>
public abstract record SurveyFact(long Version, string Programme, RatingPair Pair, Survey Survey)
    : Fact(Version, Programme, Pair.TeamId)
{
    /// <inheritdoc />
    protected override Thing Subject() => new("survey", Survey.SurveyId);
}

/// <summary>A survey was scored, or scored anew because something it rests on became known.</summary>
public sealed record SurveyScored(long Version, string Programme, RatingPair Pair, Survey Survey)
    : SurveyFact(Version, Programme, Pair, Survey);

/// <summary>A survey was corrected; the scores are of the corrected answers.</summary>
public sealed record SurveyCorrected(long Version, string Programme, RatingPair Pair, Survey Survey)
    : SurveyFact(Version, Programme, Pair, Survey);

/// <summary>A survey was withdrawn.</summary>
public sealed record SurveyWithdrawn(long Version, string Programme, RatingPair Pair, Survey Survey)
    : SurveyFact(Version, Programme, Pair, Survey);

/// <summary>A survey and what it counts as.</summary>
/// <param name="SurveyId">The caller's id of it.</param>
/// <param name="Date">The day the survey was answered.</param>
/// <param name="Instrument">The definition that it was answered and scored by.</param>
/// <param name="Answers">The answers, corrections applied.</param>
/// <param name="Scores">The score of each subscale by its key; its value is null when insufficient. There is no total.</param>
/// <param name="Withdrawn">Whether it was withdrawn.</param>
/// <param name="OutsidePost">Whether one of the two was not in post on the team that day, so that it counts nowhere.</param>
/// <param name="Completes">Due date of the opportunity it completes; null when it completes none.</param>
public sealed record Survey(
    string SurveyId, DateOnly Date, string Instrument, IReadOnlyList<Answer> Answers, IReadOnlyDictionary<string, Score> Scores,
    bool Withdrawn, bool OutsidePost, DateOnly? Completes)
{
    /// <summary>What measures count and what may complete an opportunity (measurement.md §2, §4), sufficiency aside.</summary>
    [JsonIgnore]
    public bool Counts => !Withdrawn && !OutsidePost;
}
