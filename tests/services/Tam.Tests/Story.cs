using System.Text.Json;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Submitting;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;

namespace Fidelity.Tam.Tests;

/// <summary>
/// One case from its first message on. What arrives is handled as the consumers handle it, and everything that was
/// appended is kept, so that the state can be folded from it again.
/// </summary>
sealed class Story
{
    public Story(DateOnly today) => Today = today;

    public DateOnly Today { get; set; }

    public CaseInterviews? Current { get; private set; }

    public TeamCases Team { get; private set; } = new();

    public List<object> Appended { get; } = [];

    public CaseInterviews State => Current ?? throw new InvalidOperationException("Nothing has happened yet.");

    public IEnumerable<Opportunity> Opportunities => State.Opportunities.Values.Where(opportunity => opportunity.Outcome != OpportunityOutcome.Void);

    /// <summary>The outcomes in order of due date, void ones too.</summary>
    public string Outcomes => string.Join(' ', State.Opportunities.Values.Select(opportunity => Codes.Of(opportunity.Outcome)));

    public Decision<CaseInterviews> Submit(Contracts.Command command) => Decided(command switch
    {
        RecordTamInterview interview => CaseInterviews.Record(Current, interview, Today),
        RecordTamAttempt attempt => CaseInterviews.Record(Current, attempt, Today),
        CorrectTamInterview correction => CaseInterviews.Correct(Current, correction, Today),
        WithdrawTamInterview withdrawal => CaseInterviews.Withdraw(Current, withdrawal, Today),
        _ => throw new ArgumentException("Tam does not take this.", nameof(command)),
    });

    public IReadOnlyList<object> Learn(CaseChanged fact)
    {
        if (Current?.Case?.Version >= fact.Version)
            return [];
        Team = Team.Apply(new CaseJoined(fact.CaseId));
        return Happened(CaseInterviews.Learn(Current, fact, Team.Posts, Today));
    }

    public IReadOnlyList<object> Learn(TherapistPostsLearned posts)
    {
        if (Team.Posts.Version >= posts.Version)
            return [];
        Team = Team.Apply(posts);
        return Team.Cases.IsEmpty ? [] : Happened(CaseInterviews.Learn(Current, posts, Today));
    }

    public IReadOnlyList<object> Advance(DateOnly today)
    {
        Today = today;
        return Happened(State.Advance(today));
    }

    /// <summary>The days pass until <paramref name="today"/>, and the case is woken on its next date alone.</summary>
    public void WakeUntil(DateOnly today)
    {
        while (Current?.NextDate is { } next && next <= today)
            Advance(next);
        Today = today;
    }

    /// <summary>The state as the event store makes it: from the events alone, each written and read.</summary>
    public CaseInterviews Folded => Appended.Select(Stored).Aggregate(new CaseInterviews(), (state, happened) => (CaseInterviews)((dynamic)state).Apply((dynamic)happened));

    public static string Json(object value) => JsonSerializer.Serialize(value, FactsTable.Json);

    static object Stored(object happened) => JsonSerializer.Deserialize(Json(happened), happened.GetType(), FactsTable.Json)!;

    Decision<CaseInterviews> Decided(Decision<CaseInterviews> decision)
    {
        Happened((decision.State, decision.Events));
        return decision;
    }

    IReadOnlyList<object> Happened((CaseInterviews State, IReadOnlyList<object> Events) decided)
    {
        Current = decided.State;
        Appended.AddRange(decided.Events);
        return decided.Events;
    }
}

/// <summary>A family of team norr whose treatment by t-1 started on 12 January 2026: due 26 January, 26 February, 26 March.</summary>
static class Example
{
    public static readonly DateOnly Started = Day(1, 12);

    static readonly CaseOutcomes NotKnown = new(Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown);

    public static readonly CaseChanged Opened = new(1, "demo", "norr", "c-1", "t-1", [], Started, null, null, NotKnown, []);

    public static DateOnly Day(int month, int day) => new(2026, month, day);

    public static CaseChanged DischargedOn(DateOnly date) => Opened with { Version = 2, Discharged = date, Reason = DischargeReason.Completed };

    public static TherapistPostsLearned Therapists(long version, params Post[] posts) => new(version, posts);

    public static Post Therapist(string staff, DateOnly from, DateOnly? to = null) => new(staff, StaffRole.Therapist, from, to);

    /// <summary>28 answers, so many of them the adherent 5 and the others 1.</summary>
    public static IReadOnlyList<Answer> Fives(int count) => [.. Enumerable.Range(1, 28).Select(item => Answer.Of(item <= count ? 5 : 1))];

    public static RecordTamInterview Interview(DateOnly date, int fives = 17, string? by = "v-1", string? id = null) => new(
        Guid.CreateVersion7(), "demo", id ?? $"i-{date:MMdd}", "c-1", by, date, by is null ? InterviewMode.Online : InterviewMode.Phone, "sv", false,
        "tam-r@1", Fives(fives));

    public static RecordTamAttempt Attempt(DateOnly date, AttemptOutcome outcome) => new(Guid.CreateVersion7(), "demo", "c-1", date, outcome);

    public static CorrectTamInterview Correction(string interview, DateOnly date, int item, Answer value) =>
        new(Guid.CreateVersion7(), "demo", interview, "c-1", date, item, value, null);

    public static WithdrawTamInterview Withdrawal(string interview, DateOnly date) =>
        new(Guid.CreateVersion7(), "demo", interview, "c-1", date, "entered on the wrong case");

    /// <summary>The case is known, and today is as given.</summary>
    public static Story Known(DateOnly today)
    {
        var story = new Story(today);
        story.Learn(Opened);
        return story;
    }

    public static TamInterview Scored(this Story story, string id) => story.State.Scored[id];

    public static string Codes(this Decision<CaseInterviews> decision) =>
        string.Join(' ', decision.Causes.Select(cause => $"{cause.Code}:{cause.Field}").Prepend(decision.Outcome.ToString()));

    public static IEnumerable<string> Answers(this IEnumerable<object> events) =>
        events.OfType<WaitEnded>().Select(ended => string.Join(' ', ended.Causes.Select(cause => $"{cause.Code}:{cause.Field}").Prepend(ended.Outcome.ToString())));
}
