using Fidelity.Measurement;

namespace Fidelity.Contracts.Pir;

/// <summary>Writes a note on a month of a team's chart. A note is a thread of which nothing more has come yet.</summary>
/// <param name="TeamId">The team.</param>
/// <param name="ThreadId">Given when the form was shown, so that what is sent twice is one note.</param>
/// <param name="Series">The chart.</param>
/// <param name="Month">First day of the month that it is about; no later than <paramref name="Date"/>.</param>
/// <param name="Author">Who writes it, by staff id or sign-in name.</param>
/// <param name="Date">The day on which it is written.</param>
/// <param name="Text">The note, in at most 2,000 characters.</param>
public sealed record BeginThread(
    Guid SubmissionId, string Programme, string TeamId, Guid ThreadId, TrendSeries Series, DateOnly Month, string Author, DateOnly Date, string Text)
    : Command(SubmissionId, Programme);
