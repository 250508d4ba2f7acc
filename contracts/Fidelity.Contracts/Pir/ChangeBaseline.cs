using Fidelity.Measurement;

namespace Fidelity.Contracts.Pir;

/// <summary>Lets the limits of a team's chart be computed anew from a month on (measurement.md §5).</summary>
/// <param name="TeamId">The team.</param>
/// <param name="ChangeId">
/// Given when the form was shown, so that what is sent twice is one change, and what is set again after it was withdrawn is another.
/// </param>
/// <param name="Series">The chart.</param>
/// <param name="Month">First day of the first month of the new phase; no later than <paramref name="Date"/>.</param>
/// <param name="Author">Who changes it, by staff id or sign-in name.</param>
/// <param name="Date">The day of the change.</param>
/// <param name="Reason">Why, in at most 2,000 characters.</param>
public sealed record ChangeBaseline(
    Guid SubmissionId, string Programme, string TeamId, Guid ChangeId, TrendSeries Series, DateOnly Month, string Author, DateOnly Date, string Reason)
    : Command(SubmissionId, Programme);
