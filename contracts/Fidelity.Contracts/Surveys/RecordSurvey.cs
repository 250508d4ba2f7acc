using Fidelity.Measurement;

namespace Fidelity.Contracts.Surveys;

/// <summary>Records one SAM or CAM survey (formats.md §1, <c>sam.csv</c> and <c>cam.csv</c>).</summary>
/// <param name="SurveyId">The caller's own id of the survey, unique among the programme's interviews and surveys.</param>
/// <param name="Pair">Who rates whom.</param>
/// <param name="Date">The day the survey was answered.</param>
/// <param name="Instrument">The definition that was used, <c>sam@1</c> or <c>cam@1</c>.</param>
/// <param name="Answers">One answer for each item, in the items' order.</param>
public sealed record RecordSurvey(
    Guid SubmissionId, string Programme, string SurveyId, RatingPair Pair, DateOnly Date, string Instrument,
    IReadOnlyList<Answer> Answers) : Command(SubmissionId, Programme);

/// <summary>Who rates whom: a therapist a supervisor (SAM), or a member of the team its consultant (CAM).</summary>
/// <param name="Instrument"><see cref="Instrument.Sam"/> or <see cref="Instrument.Cam"/>.</param>
/// <param name="TeamId">The team on which both are in post.</param>
/// <param name="RaterId">Who rates.</param>
/// <param name="RatedId">The supervisor or consultant who is rated.</param>
public sealed record RatingPair(Instrument Instrument, string TeamId, string RaterId, string RatedId);
