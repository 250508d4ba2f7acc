using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Submitting;
using Fidelity.Contracts.Surveys;
using Fidelity.Measurement;

namespace Fidelity.Surveys.Tests;

/// <summary>A team of two therapists, a supervisor and a consultant, and what may be recorded of them.</summary>
static class Examples
{
    public static readonly RatingPair Sam = new(Instrument.Sam, "norr", "t-1", "s-1");
    public static readonly RatingPair Cam = new(Instrument.Cam, "norr", "t-1", "k-1");

    public static readonly Post Therapist = new("t-1", StaffRole.Therapist, Day(1, 10), null);
    public static readonly Post Supervisor = new("s-1", StaffRole.Supervisor, Day(1, 1), null);
    public static readonly Post Consultant = new("k-1", StaffRole.Consultant, Day(1, 1), null);

    public static DateOnly Day(int month, int day) => new(2026, month, day);

    public static TeamChanged Team(long version, params IReadOnlyList<Post> posts) =>
        new(version, "demo", "norr", "Team Norr", "mst@1", new(2025, 1, 1), null, 1, posts);

    public static RecordSurvey Survey(string id, DateOnly date, RatingPair? pair = null, int answer = 4) => new(
        Submission(id), "demo", id, pair ?? Sam, date, pair?.Instrument == Instrument.Cam ? "cam@1" : "sam@1",
        [.. Enumerable.Repeat(Answer.Of(answer), pair?.Instrument == Instrument.Cam ? 23 : 43)]);

    public static CorrectSurvey Correction(string id, DateOnly date, int item, Answer value, RatingPair? pair = null) => new(
        Submission($"{id} {date} {item} {value}"), "demo", id, pair ?? Sam, date, item, value, null);

    public static WithdrawSurvey Withdrawal(string id, DateOnly date, RatingPair? pair = null) =>
        new(Submission($"{id} withdrawn"), "demo", id, pair ?? Sam, date, null);

    public static IReadOnlyList<Cause> Causes(this ServiceDefaults.Decision<PairSurveys> decision, SubmissionOutcome outcome)
    {
        decision.Outcome.ShouldBe(outcome);
        return decision.Causes;
    }

    static Guid Submission(string words) => new(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(words)).AsSpan(0, 16));
}
