using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Explaining;
using static Fidelity.Portal.Tests.Teams.Team;

namespace Fidelity.Portal.Tests.Explaining;

/// <summary>What numbers of the first half of 2026 rest on, as of 10 July.</summary>
public sealed class ExplanationTests
{
    static readonly DateOnly Today = Day(7, 10);
    static readonly Reach Team = Open(null);
    static readonly Reach Nothing = new(Purpose.SeeCases, []);

    static Reach Open(string? therapist) => new(Purpose.SeeCases, [new("demo", "norr", therapist)]);

    static Explanation? Of(
        string measure, IReadOnlyList<CaseChanged>? families = null, IReadOnlyList<TamInterviewFact>? held = null,
        IReadOnlyList<TamOpportunityFact>? due = null, IReadOnlyList<SurveyOpportunityFact>? surveys = null, Reach? cases = null, Reach? scores = null) =>
        Explanation.Of(
            Profiles.Mst.Measures.Single(definition => definition.Key == measure), Profiles.Mst, Period.Parse("2026-H1", 1),
            new(families ?? [], held ?? [], due ?? [], surveys ?? [], new Dictionary<string, Guid>()), Today, cases ?? Team, scores ?? Team);

    static CaseChanged Closed(string id, DateOnly day, DischargeReason reason = DischargeReason.Completed, Outcome3 atHome = Outcome3.Yes)
    {
        var family = Family(id, day.AddDays(-112), day);
        return family with { Reason = reason, Outcomes = family.Outcomes with { LivingAtHome = atHome } };
    }

    static IEnumerable<string> Told(Explanation explanation) => explanation.Groups.Select(group =>
        $"{Codes.Of(group.Ruling)}: {string.Join(' ', group.Records.Select(record => record.Row.Unit))}");

    static readonly CaseChanged[] Families =
    [
        Closed("first-day", Day(1, 1)), Closed("last-day", Day(6, 30), DischargeReason.LackOfEngagement, Outcome3.No),
        Closed("placed", Day(3, 15), DischargeReason.Placed, Outcome3.Unknown), Closed("moved", Day(2, 2), DischargeReason.Moved),
        Closed("eve", new(2025, 12, 31)), Closed("31-before", new(2025, 12, 1)), Closed("32-before", new(2025, 11, 30)),
        Closed("after", Day(7, 1)), Closed("tomorrow", Day(7, 11)), Family("open", Day(5, 1)),
    ];

    [Fact]
    public void Closed_cases_are_in_it_or_left_out_by_their_reason_and_outcome()
    {
        var explained = Of("living_at_home", Families)!;
        Told(explained).ShouldBe(["counts: first-day last-day", "no_full_course: moved", "outcome_unknown: placed"]);
        explained.Sums.ShouldBe([("cases", 2), ("yes", 1)]);
        (explained.Now.Numerator, explained.Now.Denominator).ShouldBe((1, 2));
        explained.InIt.Select(record => record.Reason).ShouldBe([DischargeReason.Completed, DischargeReason.LackOfEngagement]);
        explained.LeftOut[0].Records[0].Reason.ShouldBe(DischargeReason.Moved);

        // Of a reason of discharge no outcome is asked.
        Told(Of("placed", Families)!).ShouldBe(["counts: first-day placed last-day", "no_full_course: moved"]);
        Of("length_of_stay", Families)!.InIt.Select(record => record.Row.Value).ShouldBe([112, 112, 112]);
        Of("length_of_stay", Families)!.Sums.ShouldBe([("cases", 3)]);
    }

    [Fact]
    public void Just_outside_are_31_days_before_and_after_and_what_is_dated_after_today_is_not_there()
    {
        var explained = Of("completed", Families)!;
        (explained.Before, explained.After).ShouldBe((2, 1));
        explained = Of("adherence", held: [Interview("a", new(2025, 12, 31)), Interview("a", Day(7, 1), withdrawn: true), Interview("a", Day(7, 10)), Interview("a", Day(7, 11))])!;
        (explained.Before, explained.After).ShouldBe((1, 2));
        explained = Of("tam_completed", due: [Due("a", new(2025, 12, 31), Day(1, 24)), Due("b", Day(7, 2), Day(7, 24)), Due("c", Day(7, 2), Day(7, 24), OpportunityOutcome.Void)])!;
        (explained.Before, explained.After).ShouldBe((1, 1));
    }

    static readonly TamInterviewFact[] Held =
    [
        // 14/28 and 20/25: the mean of the case is .65.
        Interview("two", Day(1, 10), adherent: 14, other: 14), Interview("two", Day(2, 10), adherent: 20, other: 5),
        Interview("just-below", Day(3, 5), adherent: 17, other: 11),
        Interview("dependent", Day(3, 6), independent: false), Interview("withdrawn", Day(3, 7), withdrawn: true), Interview("can", Day(3, 8), instrument: "tam-can@1"),
        Interview("few", Day(3, 9), adherent: 10, other: 8), Interview("outside", Day(3, 10), outside: true),
    ];

    [Fact]
    public void Interviews_make_the_mean_of_their_case_first_and_each_that_is_left_out_says_why()
    {
        var explained = Of("adherence", [Family("two", Day(1, 1)), Family("just-below", Day(1, 1))], Held)!;
        Told(explained).ShouldBe(
        [
            "counts: two two just-below", "insufficient: few", "other_instrument: can", "not_independent: dependent", "withdrawn: withdrawn", "outside_case: outside",
        ]);
        explained.Sums.ShouldBe([("interviews", 3), ("cases", 2)]);
        // (13/20 + 17/28) / 2
        explained.Now.Value.ShouldBe(22 / 35d);
        var cases = ExplainedCase.Of(explained.Kind, explained.InIt);
        cases.Select(family => (family.Case, family.Records.Count, family.Value)).ShouldBe([("just-below", 1, new Fraction(17, 28)), ("two", 2, new Fraction(13, 20))]);
        Of("adherence_above", held: Held)!.Sums.ShouldBe([("interviews", 3), ("cases", 2), ("above", 1)]);
    }

    [Fact]
    public void A_therapist_is_told_of_interviews_about_the_own_work_and_no_mean_from_which_others_could_be_read()
    {
        CaseChanged[] families = [Family("two", Day(1, 1)) with { Reassignments = [new("t-2", Day(2, 1))] }, Family("just-below", Day(1, 1)) with { TherapistId = "t-2" }];
        var explained = Of("adherence", families, Held, scores: Open("t-1"))!;
        explained.InIt.Where(record => record.IsOpen).Select(record => record.Row.Date).ShouldBe([Day(1, 10)]);
        ExplainedCase.Of(explained.Kind, explained.InIt).Select(family => (family.Case, family.Records.Count, family.Value)).ShouldBe([("two", 1, null)]);
        explained = Of("adherence", families, Held, scores: Open("t-2"))!;
        ExplainedCase.Of(explained.Kind, explained.InIt).Select(family => (family.Case, family.Records.Count, family.Value))
            .ShouldBe([("just-below", 1, new Fraction(17, 28)), ("two", 1, null)]);

        // Of a case, whose it is today.
        Of("any_tam", families, due: [Due("two", Day(1, 15), Day(2, 7))], cases: Open("t-1"))!.InIt.ShouldHaveSingleItem().IsOpen.ShouldBeFalse();
        Of("any_tam", families, due: [Due("two", Day(1, 15), Day(2, 7))], cases: Open("t-2"))!.InIt.ShouldHaveSingleItem().IsOpen.ShouldBeTrue();
    }

    [Fact]
    public void Who_sees_no_family_is_told_the_counts_alone()
    {
        foreach (var measure in new[] { "living_at_home", "adherence", "tam_completed" })
        {
            TamOpportunityFact[] due = [Due("moved", Day(2, 1), Day(2, 24), OpportunityOutcome.Completed)];
            var (told, seen) = (Of(measure, Families, Held, due, cases: Nothing, scores: Nothing)!, Of(measure, Families, Held, due)!);
            told.Groups.SelectMany(group => group.Open).ShouldBeEmpty();
            Told(told).ShouldBe(Told(seen));
            told.Now.ShouldBe(seen.Now);
        }

        // Scores are not open to everybody to whom the families are.
        Of("adherence", [Family("two", Day(1, 1))], Held, scores: Nothing)!.InIt.ShouldAllBe(record => !record.IsOpen);
    }

    [Fact]
    public void What_fell_due_counts_whatever_became_of_it_unless_it_did_not_fall_due_after_all()
    {
        TamOpportunityFact[] due =
        [
            Due("a", Day(1, 1), Day(1, 24), OpportunityOutcome.Declined), Due("a", Day(2, 1), Day(2, 24), OpportunityOutcome.Completed),
            Due("b", Day(6, 30), Day(7, 23)), Due("c", Day(5, 1), Day(5, 24), OpportunityOutcome.Void), Due("d", Day(7, 1), Day(7, 24), OpportunityOutcome.Completed),
        ];
        var explained = Of("tam_completed", [Family("a", Day(1, 1))], due: due)!;
        Told(explained).ShouldBe(["counts: a a b", "void: c"]);
        explained.Sums.ShouldBe([("due", 3), ("completed", 1)]);
        explained.InIt.Select(record => record.Outcome).ShouldBe([OpportunityOutcome.Declined, OpportunityOutcome.Completed, OpportunityOutcome.Open]);
        // The portal has not yet heard of family b.
        explained.InIt.Select(record => record.IsOpen).ShouldBe([true, true, false]);

        explained = Of("any_tam", [Family("a", Day(1, 1)), Family("b", Day(1, 1))], due: due)!;
        explained.Sums.ShouldBe([("due", 3), ("cases", 2), ("given", 1)]);
        ExplainedCase.Of(explained.Kind, explained.InIt).Select(family => (family.Case, family.Value)).ShouldBe([("a", (Fraction)1), ("b", (Fraction)0)]);
    }

    [Fact]
    public void Of_surveys_nothing_is_told_but_how_many_and_of_what_raters_said_nothing_at_all()
    {
        SurveyOpportunityFact[] surveys =
        [
            Survey(Instrument.Sam, "t-1", Day(2, 1), Day(3, 17), OpportunityOutcome.Completed), Survey(Instrument.Sam, "t-2", Day(2, 1), Day(3, 17), OpportunityOutcome.Expired),
            Survey(Instrument.Sam, "t-1", Day(7, 1), Day(8, 17)), Survey(Instrument.Cam, "t-1", Day(3, 1), Day(4, 17), OpportunityOutcome.Completed),
        ];
        var explained = Of("sam_completed", surveys: surveys)!;
        explained.Sums.ShouldBe([("surveys", 2), ("completed", 1)]);
        explained.InIt.ShouldAllBe(record => !record.IsOpen && record.Row.Unit.Length == 0 && record.Outcome == null);
        Of("cam_completed", surveys: surveys)!.Sums.ShouldBe([("surveys", 1), ("completed", 1)]);
        foreach (var measure in Profiles.Mst.Measures.Where(measure => measure.RatersToShow is not null))
            Of(measure.Key, surveys: surveys).ShouldBeNull();
    }

    [Fact]
    public void It_agrees_with_a_review_that_has_the_same_value_and_counts()
    {
        var explained = Of("living_at_home", Families)!;
        explained.Agrees(explained.Now with { Target = null, Status = MeasureStatus.NotMet }).ShouldBeTrue();
        explained.Agrees(explained.Now with { Numerator = 2, Value = 1 }).ShouldBeFalse();
        explained.Agrees(explained.Now with { Denominator = 3, Value = 1 / 3d }).ShouldBeFalse();
        Of("length_of_stay", Families)!.Agrees(Of("length_of_stay", Families)!.Now with { Value = 113 }).ShouldBeFalse();
    }

    [Theory]
    [InlineData("living_at_home", BasisKind.Case, "by_discharge full_course known_outcome later exact")]
    [InlineData("completed", BasisKind.Case, "by_discharge full_course later exact")]
    [InlineData("length_of_stay", BasisKind.Case, "by_discharge full_course days later exact")]
    [InlineData("adherence", BasisKind.Interview, "by_interview stages_case own_instrument corrections later exact")]
    [InlineData("any_tam", BasisKind.Opportunity, "by_due families open_counts extra later exact")]
    [InlineData("tam_completed", BasisKind.Opportunity, "by_due open_counts extra later exact")]
    [InlineData("sam_completed", BasisKind.Opportunity, "by_due open_counts later")]
    [InlineData("cam_alliance", BasisKind.Survey, "by_survey stages_rater own_instrument shown_once")]
    public void Reasons_for_another_number_are_those_that_apply(string measure, BasisKind kind, string reasons) =>
        OtherNumbers.Reasons(Profiles.Mst.Measures.Single(definition => definition.Key == measure), kind).ShouldBe(reasons.Split(' '));
}
