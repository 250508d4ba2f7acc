using System.Text.Json.Serialization;
using Fidelity.Measurement;

namespace Fidelity.Contracts.Tam;

/// <summary>Records one TAM interview (formats.md §1, <c>tam.csv</c>).</summary>
/// <param name="InterviewId">The caller's own id of the interview, unique among the programme's interviews and surveys.</param>
/// <param name="CaseId">The family that was interviewed.</param>
/// <param name="InterviewerId">Who interviewed; null for on-line self-report.</param>
/// <param name="Date">The day of the interview.</param>
/// <param name="Mode">How it was held.</param>
/// <param name="Language">Language of the interview, a BCP 47 tag such as <c>sv</c>; null when not stated.</param>
/// <param name="Interpreter">Whether an interpreter took part; null when not stated.</param>
/// <param name="Instrument">The definition that was used, such as <c>tam-r@1</c>.</param>
/// <param name="Answers">One answer for each item, in the items' order.</param>
public sealed record RecordTamInterview(
    Guid SubmissionId, string Programme, string InterviewId, string CaseId, string? InterviewerId, DateOnly Date,
    InterviewMode Mode, string? Language, bool? Interpreter, string Instrument, IReadOnlyList<Answer> Answers)
    : Command(SubmissionId, Programme);

/// <summary>How an interview was held.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InterviewMode>))]
public enum InterviewMode
{
    /// <summary>By telephone.</summary>
    [JsonStringEnumMemberName("phone")] Phone,

    /// <summary>Face to face.</summary>
    [JsonStringEnumMemberName("in_person")] InPerson,

    /// <summary>On a paper form.</summary>
    [JsonStringEnumMemberName("paper")] Paper,

    /// <summary>On line, by the caregiver alone.</summary>
    [JsonStringEnumMemberName("online")] Online,
}
