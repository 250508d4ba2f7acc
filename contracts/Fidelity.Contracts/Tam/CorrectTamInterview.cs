using Fidelity.Measurement;

namespace Fidelity.Contracts.Tam;

/// <summary>Corrects one item of an interview (formats.md §1, <c>corrections.csv</c>).</summary>
/// <param name="InterviewId">The interview.</param>
/// <param name="CaseId">The interview's case, known from its submission.</param>
/// <param name="Date">The day of the correction; of several for one item the latest holds.</param>
/// <param name="Item">The item's number, from 1.</param>
/// <param name="Value">What the item's answer is instead.</param>
/// <param name="Reason">Why, in at most 2,000 characters.</param>
public sealed record CorrectTamInterview(
    Guid SubmissionId, string Programme, string InterviewId, string CaseId, DateOnly Date, int Item, Answer Value, string? Reason)
    : Command(SubmissionId, Programme);
