using System.Text.Json;
using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;

namespace Fidelity.Roster.Tests;

/// <summary>Team norr of 2025, its therapist t-1, and a family whose treatment started on 12 January 2026.</summary>
static class Example
{
    public static readonly CaseOutcomes NotKnown = new(Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown);

    public static RegisterTeam NewTeam => new(Guid.CreateVersion7(), "demo", "norr", "Team Norr", "mst@1", new(2025, 1, 1), null, 1);

    public static RegisterPost NewPost => new(Guid.CreateVersion7(), "demo", "t-1", "norr", StaffRole.Therapist, new(2025, 1, 1), null);

    public static RegisterCase NewCase => new(Guid.CreateVersion7(), "demo", "c-1", "norr", "t-1", Day(1, 12), null, null, NotKnown);

    public static RegisterCase ClosedCase => NewCase with
    {
        Discharged = Day(5, 20),
        Reason = DischargeReason.Completed,
        Outcomes = NotKnown with { LivingAtHome = Outcome3.Yes },
    };

    public static DateOnly Day(int month, int day) => new(2026, month, day);

    public static ReassignCase Reassigned(string therapist, DateOnly from) => new(Guid.CreateVersion7(), "demo", "c-1", therapist, from);

    public static RecordFollowUp FollowUp(int months, DateOnly date) => new(Guid.CreateVersion7(), "demo", "c-1", months, date, NotKnown);

    /// <summary>The outcome, then each cause as code and column.</summary>
    public static string Codes<T>(this Decision<T> decision) =>
        string.Join(' ', decision.Causes.Select(cause => $"{cause.Code}:{cause.Field}").Prepend(decision.Outcome.ToString()));

    public static IEnumerable<Guid> Answered(this IEnumerable<object> events) => events.OfType<WaitEnded>().Select(ended => ended.SubmissionId);

    public static Decision<Case> Decide(Case? known, Command command) => command switch
    {
        RegisterCase registered => Case.Register(known, registered),
        ReassignCase reassigned => Case.Reassign(known, reassigned),
        RecordFollowUp followUp => Case.FollowUp(known, followUp),
        _ => throw new ArgumentException("A case does not take this.", nameof(command)),
    };

    public static Decision<Team> Decide(Team? known, Command command) => command switch
    {
        RegisterTeam registered => Team.Register(known, registered),
        RegisterPost post => Team.Register(known, post),
        _ => throw new ArgumentException("A team does not take this.", nameof(command)),
    };

    /// <summary>The state as the event store makes it: from the events alone, each written and read.</summary>
    public static T Folded<T>(IEnumerable<object> events) where T : class, new() => events
        .Select(happened => JsonSerializer.Deserialize(Json(happened), happened.GetType(), FactsTable.Json)!)
        .Aggregate(new T(), (state, happened) => (T)((dynamic)state).Apply((dynamic)happened));

    public static string Json(object value) => JsonSerializer.Serialize(value, value.GetType(), FactsTable.Json);
}
