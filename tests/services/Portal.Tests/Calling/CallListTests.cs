using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Calling;
using static Fidelity.Portal.Tests.Teams.Team;

namespace Fidelity.Portal.Tests.Calling;

/// <summary>Whom an interviewer calls, and in what order.</summary>
public sealed class CallListTests
{
    static readonly DateTime Now = new(2026, 6, 10, 13, 30, 0);

    static IReadOnlyList<Call> Of(
        IReadOnlyList<TamOpportunityFact> due, IReadOnlyList<RecordTamAttempt>? attempts = null, IReadOnlyDictionary<string, CallNote>? notes = null,
        IReadOnlyDictionary<(string, DateOnly), Guid>? begun = null, IReadOnlySet<(string, DateOnly)>? justHeld = null, TeamChanged? team = null,
        string interviewer = "v-1", IReadOnlyList<CaseChanged>? families = null) =>
        CallList.Of(
            [
                new(
                    team ?? With(), new(families ?? [.. due.Select(one => Family(one.CaseId, Day(1, 10)))], due, [], attempts ?? [], []),
                    notes ?? new Dictionary<string, CallNote>(), begun ?? new Dictionary<(string, DateOnly), Guid>(), new Dictionary<(string, DateOnly), DateTime>(), justHeld ?? new HashSet<(string, DateOnly)>()),
            ], interviewer, Now);

    static string[] Cases(IReadOnlyList<Call> calls) => [.. calls.Select(call => call.Due.Case)];

    static CallNote At(int day, int hour) => CallNote.None with { CallBackAt = new DateTime(2026, 6, day, hour, 0, 0) };

    [Fact]
    public void Who_asked_to_be_called_by_now_comes_first_and_who_asked_for_later_comes_last()
    {
        Cases(Of(
            [Due("later", Day(6, 1), Day(6, 11)), Due("soon", Day(6, 1), Day(6, 12)), Due("next", Day(6, 1), Day(7, 1)), Due("now", Day(6, 1), Day(7, 1)), Due("earlier", Day(6, 1), Day(7, 1))],
            notes: new Dictionary<string, CallNote> { ["later"] = At(10, 14), ["now"] = At(10, 13), ["earlier"] = At(9, 9) }))
            .ShouldBe(["earlier", "now", "soon", "next", "later"]);
    }

    [Fact]
    public void Of_those_whose_interval_ends_on_one_day_the_one_that_is_best_called_now_is_first_and_then_the_one_least_tried()
    {
        Cases(Of(
            [Due("evening", Day(6, 1), Day(7, 1)), Due("tried", Day(6, 1), Day(7, 1)), Due("any", Day(6, 1), Day(7, 1)), Due("afternoon", Day(6, 1), Day(7, 1))],
            [Attempt("tried", Day(6, 9), AttemptOutcome.NoAnswer)],
            new Dictionary<string, CallNote> { ["evening"] = CallNote.None with { Best = TimeOfDay.Evening }, ["afternoon"] = CallNote.None with { Best = TimeOfDay.Afternoon } }))
            .ShouldBe(["afternoon", "any", "tried", "evening"]);
    }

    [Fact]
    public void Nobody_is_called_whose_interview_has_ended()
    {
        foreach (var ended in Enum.GetValues<OpportunityOutcome>().Except([OpportunityOutcome.Open]))
            Of([Due("c-1", Day(6, 1), Day(7, 1), ended)]).ShouldBeEmpty(ended.ToString());
        Of([Due("c-1", Day(6, 11), Day(7, 1))]).ShouldBeEmpty("it has not fallen due");
        Of([Due("c-1", Day(5, 1), Day(6, 9))]).ShouldBeEmpty("its interval is over");
    }

    [Theory]
    [InlineData(AttemptOutcome.NoAnswer, true)]
    [InlineData(AttemptOutcome.CallBack, true)]
    [InlineData(AttemptOutcome.Declined, false)]
    [InlineData(AttemptOutcome.Unreachable, false)]
    [InlineData(AttemptOutcome.OptedOut, false)]
    [InlineData(AttemptOutcome.NoInterpreter, false)]
    [InlineData(AttemptOutcome.Other, false)]
    public void Whoever_said_no_a_moment_ago_is_not_called_again_though_the_interview_is_not_known_to_have_ended(AttemptOutcome outcome, bool listed) =>
        Cases(Of([Due("c-1", Day(6, 1), Day(7, 1))], [Attempt("c-1", Day(6, 10), outcome)])).ShouldBe(listed ? ["c-1"] : []);

    [Fact]
    public void A_refusal_ends_the_interview_of_its_interval_only() =>
        Cases(Of([Due("c-1", Day(6, 1), Day(7, 1))], [Attempt("c-1", Day(5, 24), AttemptOutcome.Declined)])).ShouldBe(["c-1"]);

    [Fact]
    public void An_interview_that_was_submitted_a_moment_ago_is_not_asked_for_again() =>
        Cases(Of([Due("c-1", Day(6, 1), Day(7, 1)), Due("c-2", Day(6, 1), Day(7, 1))], justHeld: new HashSet<(string, DateOnly)> { ("c-1", Day(6, 1)), ("c-2", Day(5, 1)) }))
            .ShouldBe(["c-2"]);

    [Fact]
    public void A_form_that_was_begun_waits_at_its_due_date()
    {
        var form = Guid.CreateVersion7();
        Of([Due("c-1", Day(6, 1), Day(7, 1))], begun: new Dictionary<(string, DateOnly), Guid> { [("c-1", Day(6, 1))] = form }).Single().Begun.ShouldBe(form);
        Of([Due("c-1", Day(6, 1), Day(7, 1))], begun: new Dictionary<(string, DateOnly), Guid> { [("c-1", Day(5, 1))] = form }).Single().Begun.ShouldBeNull();
    }

    [Fact]
    public void A_therapist_of_the_team_may_not_interview_its_families()
    {
        var team = With(new Post("t-2", StaffRole.Therapist, Day(1, 1), null), new Post("v-1", StaffRole.Interviewer, Day(1, 1), null));
        Of([Due("c-1", Day(6, 1), Day(7, 1))], team: team, interviewer: "v-1").Single().Independent.ShouldBeTrue();
        Of([Due("c-1", Day(6, 1), Day(7, 1))], team: team, interviewer: "t-2").Single().Independent.ShouldBeFalse();
        Of([Due("c-1", Day(6, 1), Day(7, 1))], team: team, interviewer: "t-1").Single().Independent.ShouldBeFalse("the family is t-1's");
    }

    [Fact]
    public void A_family_that_is_not_known_yet_is_called_as_soon_as_it_is()
    {
        Of([Due("c-1", Day(6, 1), Day(7, 1)), Due("c-2", Day(6, 1), Day(7, 1))], families: [Family("c-2", Day(1, 10))]).Single().Due.Case.ShouldBe("c-2");
    }
}
