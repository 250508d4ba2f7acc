using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Answering;
using Fidelity.Portal.Following;
using Fidelity.Portal.Teams;
using static Fidelity.Portal.Tests.Teams.Team;

namespace Fidelity.Portal.Tests.Following;

/// <summary>How far a team has come with what it collects, on 10 June of a period that began on 1 January.</summary>
public sealed class CollectingTests
{
    static readonly DateOnly Today = Day(6, 10);

    static Collecting Of(
        IReadOnlyList<TamOpportunityFact>? due = null, IReadOnlyList<RecordTamAttempt>? attempts = null, IReadOnlyList<TamInterviewFact>? held = null,
        IReadOnlyList<CaseChanged>? families = null, IReadOnlyList<SurveyOpportunityFact>? surveys = null, IReadOnlyList<Draft>? drafts = null)
    {
        families ??= [.. (due ?? []).Select(one => one.CaseId).Distinct().Select(family => Family(family, Day(1, 10)))];
        return Collecting.Of(
            With(), new(families, due ?? [], surveys ?? [], attempts ?? [], held ?? []), new(families, due ?? [], attempts ?? [], held ?? []), drafts ?? [],
            Day(1, 1), Day(6, 30), Today);
    }

    static Draft Form(string family, DateOnly due, string programme = "demo") => new(
        Guid.Empty, Instrument.Tam, programme, "norr", family, due, new Dictionary<string, string>(), "v-1", new(2026, 6, 9), "v-1", new(2026, 6, 9), null);

    [Fact]
    public void What_ends_within_seven_days_from_today_on_is_listed_with_the_first_to_end_on_top()
    {
        var collecting = Of(
            [
                Due("yesterday", Day(5, 15), Day(6, 9)), Due("last", Day(5, 20), Day(6, 16)), Due("next-week", Day(5, 21), Day(6, 17)),
                Due("today", Day(5, 16), Day(6, 10)), Due("given", Day(5, 16), Day(6, 10), OpportunityOutcome.Completed),
            ],
            [Attempt("last", Day(6, 8), AttemptOutcome.NoAnswer)],
            families: [Family("today", Day(1, 10)) with { Reassignments = [new("t-2", Day(6, 1)), new("t-3", Day(7, 1))] }, Family("last", Day(1, 10))],
            drafts: [Form("last", Day(4, 20)), Form("last", Day(5, 20), "other"), Form("today", Day(5, 16))]);
        collecting.ThisWeek.Select(one => (one.Due.Case, one.Therapist, one.Due.DaysLeft)).ShouldBe([("today", "t-2", 0), ("last", "t-1", 6)]);
        collecting.ThisWeek.Select(one => one.Begun is not null).ShouldBe([true, false]);
        collecting.ThisWeek[1].Due.SoFar.ShouldBe([new(Day(6, 8), "attempt.no_answer")]);
    }

    [Fact]
    public void Of_surveys_it_is_told_how_many_end_and_never_how_many_of_those_are_answered()
    {
        SurveyOpportunityFact[] Answered(params OpportunityOutcome[] outcomes) =>
            [.. outcomes.Select((outcome, number) => Survey(Instrument.Sam, $"t-{number}", Day(5, 1), Day(6, 16), outcome)), Survey(Instrument.Cam, "t-1", Day(5, 1), Day(6, 17))];
        foreach (var surveys in new[] { Answered(OpportunityOutcome.Open, OpportunityOutcome.Open), Answered(OpportunityOutcome.Completed, OpportunityOutcome.Open) })
            Of(surveys: surveys).Surveys.ShouldBe([(Instrument.Sam, 2), (Instrument.Cam, 0)]);
    }

    [Fact]
    public void Interviews_of_the_period_that_were_not_given_are_told_by_what_became_of_them()
    {
        var collecting = Of(
            [
                Due("before", new(2025, 12, 31), Day(1, 23), OpportunityOutcome.Declined), Due("late", Day(3, 2), Day(3, 25), OpportunityOutcome.Expired),
                Due("early", Day(1, 1), Day(1, 24), OpportunityOutcome.Expired), Due("gone", Day(4, 1), Day(4, 24), OpportunityOutcome.Declined),
                Due("given", Day(4, 1), Day(4, 24), OpportunityOutcome.Completed), Due("tried", Day(6, 1), Day(6, 24)), Due("untried", Day(6, 1), Day(6, 24)),
            ],
            [Attempt("gone", Day(4, 3), AttemptOutcome.Declined), Attempt("gone", Day(4, 2), AttemptOutcome.NoAnswer), Attempt("gone", Day(5, 2), AttemptOutcome.NoAnswer),
                Attempt("tried", Day(6, 9), AttemptOutcome.CallBack), Attempt("untried", Day(6, 11), AttemptOutcome.NoAnswer)]);
        collecting.NotReached.Select(group => (group.Outcome, string.Join(' ', group.Families.Select(family => family.Case))))
            .ShouldBe([(OpportunityOutcome.Declined, "gone"), (OpportunityOutcome.Expired, "early late"), (OpportunityOutcome.Open, "tried")]);
        collecting.NotReached[0].Families[0].SoFar.ShouldBe([new(Day(4, 2), "attempt.no_answer"), new(Day(4, 3), "attempt.declined")]);
        collecting.NotReached[1].Families[0].SoFar.ShouldBeEmpty();
    }

    [Fact]
    public void An_interview_that_does_not_count_is_why_its_due_date_was_missed()
    {
        var missed = Of(
            [Due("c-1", Day(3, 2), Day(3, 25), OpportunityOutcome.Expired), Due("c-2", Day(6, 1), Day(6, 24))],
            held: [Interview("c-1", Day(3, 4), independent: false), Interview("c-2", Day(6, 2), withdrawn: true)]).NotReached;
        missed[0].Families.ShouldHaveSingleItem().SoFar.ShouldBe([new(Day(3, 4), "held.not_independent")]);
        missed[1].Families.ShouldHaveSingleItem().SoFar.ShouldBe([new(Day(6, 2), "held.withdrawn")]);
    }

    [Fact]
    public void Of_a_family_that_opted_out_before_it_is_told_when()
    {
        var missed = Of(
            [Due("c-1", Day(2, 2), Day(2, 25), OpportunityOutcome.OptedOut), Due("c-1", Day(3, 2), Day(3, 25), OpportunityOutcome.OptedOut)],
            [Attempt("c-1", Day(1, 5), AttemptOutcome.OptedOut), Attempt("c-1", Day(2, 3), AttemptOutcome.OptedOut), Attempt("c-1", Day(2, 20), AttemptOutcome.NoAnswer)]).NotReached
            .ShouldHaveSingleItem().Families;
        missed.Select(one => one.OptedOut).ShouldBe([null, Day(2, 3)]);
        missed[0].SoFar.Select(happened => happened.Text).ShouldBe(["attempt.opted_out", "attempt.no_answer"]);
    }

    [Fact]
    public void Families_without_an_interview_that_counts_are_listed_with_most_passed_on_top()
    {
        var without = Of(
            [
                Due("one", Day(5, 1), Day(5, 24), OpportunityOutcome.Unreachable), Due("one", Day(6, 1), Day(6, 24)),
                Due("two", Day(4, 1), Day(4, 24), OpportunityOutcome.Expired), Due("two", Day(5, 1), Day(5, 24), OpportunityOutcome.Expired),
                Due("given", Day(4, 1), Day(4, 24), OpportunityOutcome.Completed), Due("given", Day(5, 1), Day(5, 24), OpportunityOutcome.Expired),
                Due("insufficient", Day(4, 1), Day(4, 24), OpportunityOutcome.Completed), Due("tomorrow", Day(6, 1), Day(6, 24)),
            ],
            held:
            [
                Interview("given", Day(4, 2)), Interview("two", Day(4, 2), withdrawn: true), Interview("one", Day(5, 2), independent: false),
                Interview("insufficient", Day(4, 2), adherent: 10, other: 0), Interview("tomorrow", Day(6, 11)),
            ],
            families:
            [
                Family("one", Day(1, 10)), Family("two", Day(1, 10), discharged: Day(5, 20)) with { Reassignments = [new("t-2", Day(5, 1)), new("t-3", Day(6, 1))] },
                Family("given", Day(1, 10)), Family("insufficient", Day(1, 10)), Family("tomorrow", Day(1, 10)), Family("new", Day(6, 9)),
            ]).WithoutTam;
        without.ShouldBe(
        [
            new("two", "t-2", Day(1, 10), Day(5, 20), Passed: 2, Due: 2, Open: null),
            new("one", "t-1", Day(1, 10), null, Passed: 1, Due: 2, Open: Day(6, 24)),
            new("tomorrow", "t-1", Day(1, 10), null, Passed: 0, Due: 1, Open: Day(6, 24)),
        ]);
    }
}
