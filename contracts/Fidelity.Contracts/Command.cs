using System.Text.Json.Serialization;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;

namespace Fidelity.Contracts;

/// <summary>What the portal asks an owner to record. The owner validates again, decides, appends and answers.</summary>
/// <param name="SubmissionId">
/// Identifies the submission: the same for every repeat of the same content, and without any pseudonym in it.
/// </param>
/// <param name="Programme">The programme whose ids the command speaks of: 1–40 of a–z, 0–9 and hyphen.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(RegisterTeam), "team")]
[JsonDerivedType(typeof(RegisterPost), "post")]
[JsonDerivedType(typeof(RegisterCase), "case")]
[JsonDerivedType(typeof(ReassignCase), "reassignment")]
[JsonDerivedType(typeof(RecordFollowUp), "follow_up")]
[JsonDerivedType(typeof(RecordTamInterview), "tam_interview")]
[JsonDerivedType(typeof(RecordTamAttempt), "tam_attempt")]
[JsonDerivedType(typeof(CorrectTamInterview), "tam_correction")]
[JsonDerivedType(typeof(WithdrawTamInterview), "tam_withdrawal")]
[JsonDerivedType(typeof(RecordSurvey), "survey")]
[JsonDerivedType(typeof(CorrectSurvey), "survey_correction")]
[JsonDerivedType(typeof(WithdrawSurvey), "survey_withdrawal")]
[JsonDerivedType(typeof(SignReview), "review_signature")]
[JsonDerivedType(typeof(WithdrawSignature), "review_signature_withdrawal")]
[JsonDerivedType(typeof(ChangeBaseline), "baseline")]
[JsonDerivedType(typeof(WithdrawBaseline), "baseline_withdrawal")]
[JsonDerivedType(typeof(BeginThread), "thread")]
[JsonDerivedType(typeof(ContinueThread), "thread_entry")]
public abstract record Command(Guid SubmissionId, string Programme)
{
    /// <summary>
    /// How often the submission was refused before: what was refused may come again under the same id with other content, and the
    /// owner's answer says which of the two it is about.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Attempt { get; init; }
}
