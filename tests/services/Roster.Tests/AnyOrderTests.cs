using Fidelity.Contracts;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.Measurement.Tests;
using Fidelity.ServiceDefaults;
using FsCheck;
using FsCheck.Fluent;
using Property = Fidelity.Measurement.Tests.Property;
using static Fidelity.Roster.Tests.Example;

namespace Fidelity.Roster.Tests;

/// <summary>Rows of one import, in whatever order and however often they arrive, make the same team and the same case.</summary>
public sealed class AnyOrderTests
{
    [Fact]
    public void Rows_of_a_team_in_any_order_and_repeated_make_the_same_team() =>
        Property.Holds(InAnyOrder(TeamRows), rows =>
        {
            var (team, events, answers) = Arrive<Team>(rows.Arrived, Decide);
            team.Registered.ShouldBe(new TeamRegistered("demo", "norr", "Team Norr", "mst@1", new(2025, 1, 1), Day(6, 30), 1));
            team.Posts.ShouldBe(
                rows.Given.OfType<Contracts.Roster.RegisterPost>().GroupBy(post => (post.StaffId, post.Role, post.From))
                    .Select(post => new Post(post.Key.StaffId, post.Key.Role, post.Key.From, post.Max(row => row.To))),
                ignoreOrder: true);
            EndsWell(team, team.Waiting, rows, events, answers);
        });

    [Fact]
    public void Rows_of_a_case_in_any_order_and_repeated_make_the_same_case() =>
        Property.Holds(InAnyOrder(CaseRows), rows =>
        {
            var (@case, events, answers) = Arrive<Case>(rows.Arrived, Decide);
            @case.Opened.ShouldBe(new CaseOpened("demo", "c-1", "norr", "t-1", Day(1, 12)));
            @case.Discharge.ShouldBe(new CaseDischarged(Day(5, 20), DischargeReason.Completed));
            @case.Outcomes.ShouldBe(NotKnown with { LivingAtHome = Outcome3.Yes, NoNewArrest = Outcome3.No });
            @case.Reassignments.Select(given => (given.Therapist, given.From)).ShouldBe(
                rows.Given.OfType<Contracts.Roster.ReassignCase>().Select(given => (given.TherapistId, given.From)), ignoreOrder: true);
            @case.FollowUps.Select(given => (given.Months, given.Date)).ShouldBe(
                rows.Given.OfType<Contracts.Roster.RecordFollowUp>().Select(given => (given.Months, given.Date)), ignoreOrder: true);
            EndsWell(@case, @case.Waiting, rows, events, answers);
        });

    /// <summary>Everyone has in the end been told that theirs is recorded, and the events alone make the same state.</summary>
    static void EndsWell<T>(T state, IEnumerable<Guid> waiting, Rows rows, List<object> events, Dictionary<Guid, SubmissionOutcome> answers)
        where T : class, new()
    {
        waiting.ShouldBeEmpty();
        rows.Given.ShouldAllBe(row => answers[row.SubmissionId] == SubmissionOutcome.Recorded);
        Json(Folded<T>(events)).ShouldBe(Json(state));
    }

    static (T State, List<object> Events, Dictionary<Guid, SubmissionOutcome> Answers) Arrive<T>(
        IEnumerable<Command> commands, Func<T?, Command, Decision<T>> decide) where T : class
    {
        var (state, events, answers) = ((T?)null, new List<object>(), new Dictionary<Guid, SubmissionOutcome>());
        foreach (var command in commands)
        {
            var decision = decide(state, command);
            state = decision.State;
            events.AddRange(decision.Events);
            answers[command.SubmissionId] = decision.Outcome;
            foreach (var ended in decision.Events.OfType<WaitEnded>())
                answers[ended.SubmissionId] = ended.Outcome;
        }
        return (state!, events, answers);
    }

    sealed record Rows(Command[] Given, Command[] Arrived);

    static Gen<Rows> InAnyOrder(Gen<Command[]> rows) =>
        from given in rows
        from repeated in Gen.SubListOf(given)
        from arrived in Gen.Shuffle((Command[])[.. given, .. repeated])
        select new Rows(given, arrived);

    static Gen<Command[]> TeamRows =>
        from posts in Gens.Posts
        let ended = posts.DistinctBy(post => (post.Staff, post.Role, post.From))
        select (Command[])
        [
            NewTeam, NewTeam with { Closed = Day(6, 30) },
            .. ended.Select(post => NewPost with { StaffId = post.Staff, Role = post.Role, From = post.From }),
            .. ended.Where(post => post.To is not null).Select(post => NewPost with { StaffId = post.Staff, Role = post.Role, From = post.From, To = post.To }),
        ];

    static Gen<Command[]> CaseRows =>
        from reassigned in Gens.Some(Gens.Date, 5)
        from months in Gen.SubListOf(6, 18)
        select (Command[])
        [
            NewCase, ClosedCase, ClosedCase with { Outcomes = NotKnown with { NoNewArrest = Outcome3.No } },
            .. reassigned.Distinct().Select((date, index) => Reassigned($"t-{index}", date)),
            .. months.Select(month => FollowUp(month, Day(5, 20).AddMonths(month))),
        ];
}
