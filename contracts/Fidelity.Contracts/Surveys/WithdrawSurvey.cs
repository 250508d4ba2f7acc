namespace Fidelity.Contracts.Surveys;

/// <summary>Withdraws a survey: it is kept, and counts nowhere (formats.md §1, <c>withdrawals.csv</c>).</summary>
/// <param name="SurveyId">The survey.</param>
/// <param name="Pair">The survey's pair, known from its submission.</param>
/// <param name="Date">The day of the withdrawal.</param>
/// <param name="Reason">Why, in at most 2,000 characters.</param>
public sealed record WithdrawSurvey(Guid SubmissionId, string Programme, string SurveyId, RatingPair Pair, DateOnly Date, string? Reason)
    : Command(SubmissionId, Programme);
