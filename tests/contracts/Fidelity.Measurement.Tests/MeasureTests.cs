using FsCheck.Fluent;
using static Fidelity.Measurement.MeasureStatus;

namespace Fidelity.Measurement.Tests;

public sealed class MeasureTests
{
    static readonly Period H1 = Period.Parse("2026-H1", 1);
    static readonly DateOnly Today = new(2026, 12, 31);
    static readonly CaseOutcomes AllUnknown = new(default, default, default, default, default);
    static readonly Fraction JustBelow = new(17, 28);

    static MeasureResult Of(string measure, TeamFacts facts, ProgrammeProfile? profile = null, DateOnly? today = null) =>
        Measures.Compute(profile ?? Profiles.Mst, H1, facts, today ?? Today).Single(result => result.Measure == measure);

    static CaseFacts Case(int i, DischargeReason reason = DischargeReason.Completed, int days = 100, Outcome3 home = default) =>
        new($"c-{i}", new DateOnly(2026, 6, 30).AddDays(-days), new(2026, 6, 30), reason, AllUnknown with { LivingAtHome = home });

    static InterviewScore Tam(int i, Fraction? value, string definition = "tam-r@1", bool counts = true, DateOnly? date = null) =>
        new($"c-{i}", date ?? new(2026, 3, 1), definition, value, counts);

    static CaseOpportunity Due(int i, OpportunityOutcome outcome, DateOnly? due = null) =>
        new($"c-{i}", new(
            due ?? new(2026, 3, 1), new(2026, 2, 22), new(2026, 3, 24), outcome, outcome == OpportunityOutcome.Completed ? "i" : null));

    static IReadOnlyList<T> Times<T>(int count, Func<int, T> one) => [.. Enumerable.Range(1, count).Select(one)];

    [Fact]
    public void An_outcome_is_a_share_of_full_course_cases_where_it_is_known()
    {
        TeamFacts facts = new()
        {
            Cases =
            [
                .. Times(9, i => Case(i, home: Outcome3.Yes)), Case(10, home: Outcome3.No), Case(11, home: Outcome3.Unknown),
                Case(12, DischargeReason.Moved, home: Outcome3.No), Case(13, DischargeReason.Administrative),
                Case(14, DischargeReason.PlacedPriorEvent),
            ],
        };
        Of("living_at_home", facts).ShouldSatisfyAllConditions(
            result => result.Numerator.ShouldBe(9), result => result.Denominator.ShouldBe(10), result => result.Value.ShouldBe(0.9),
            result => result.Target.ShouldBe(">= 0.9"), result => result.Status.ShouldBe(Met));
        Of("completed", facts).Denominator.ShouldBe(11);
        Of("no_new_arrest", facts).ShouldBe(new("no_new_arrest", MeasureKind.Share, null, 0, 0, null, null, ">= 0.9", Insufficient));
    }

    [Fact]
    public void A_target_below_is_not_met_at_the_bound()
    {
        TeamFacts facts = new() { Cases = Times(20, i => Case(i, i == 1 ? DischargeReason.LackOfEngagement : DischargeReason.Completed)) };
        Of("lack_of_engagement", facts).Status.ShouldBe(NotMet, "1 of 20 is not below 5 %");
        Of("placed", facts).Status.ShouldBe(Met);
        Of("completed", facts).Status.ShouldBe(Met);
    }

    [Theory]
    [InlineData(99, NotMet)]
    [InlineData(100, Met)]
    [InlineData(140, Met)]
    [InlineData(141, NotMet)]
    public void Length_of_stay_has_both_ends(int days, MeasureStatus status)
    {
        var result = Of("length_of_stay", new() { Cases = Times(5, i => Case(i, days: days)) });
        result.ShouldBe(new("length_of_stay", MeasureKind.Mean, days, null, 5, days, days, "100-140", status));
    }

    [Fact]
    public void A_case_closed_after_today_or_outside_the_period_is_not_closed_in_it()
    {
        TeamFacts facts = new()
        {
            Cases = [Case(1), Case(2) with { Discharged = new(2026, 7, 1) }, Case(3) with { Discharged = null, Reason = null }],
        };
        Of("completed", facts).Denominator.ShouldBe(1);
        Of("completed", facts, today: new(2026, 6, 29)).Denominator.ShouldBe(0);
    }

    [Fact]
    public void Adherence_is_the_mean_over_cases_of_each_case_s_mean()
    {
        // Case 1 has .50 and .72, whose mean is exactly .61; one interview of many must not outweigh a case.
        TeamFacts facts = new() { Interviews = [Tam(1, 0.50m), Tam(1, 0.72m), .. Times(4, i => Tam(i + 1, 0.61m))] };
        Of("adherence", facts).ShouldSatisfyAllConditions(
            result => result.Value.ShouldBe(0.61), result => result.Denominator.ShouldBe(5), result => result.Status.ShouldBe(Met));
        Of("adherence_above", facts).Numerator.ShouldBe(5);
        TeamFacts below = new() { Interviews = Times(5, i => Tam(i, JustBelow)) };
        Of("adherence", below).Status.ShouldBe(NotMet, "17/28 rounds to .61 and is below it");
        Of("adherence_above", below).Numerator.ShouldBe(0);
    }

    [Fact]
    public void Only_valid_scores_of_the_profile_s_own_instrument_fill_adherence()
    {
        TeamFacts facts = new()
        {
            Interviews =
            [
                Tam(1, 1), Tam(2, null), Tam(3, 1, counts: false), Tam(4, 1, "tam-can@1"),
                Tam(5, 1, date: new(2026, 7, 1)), Tam(6, 1, "tam-r-linear@1"),
            ],
        };
        Of("adherence", facts).Denominator.ShouldBe(1);
        Of("adherence", facts, Profiles.MstCan).Denominator.ShouldBe(1);
        Of("adherence", facts, today: new(2026, 2, 28)).Denominator.ShouldBe(0);
    }

    [Fact]
    public void Opportunities_count_by_due_date_while_they_are_open_and_not_when_void()
    {
        TeamFacts facts = new()
        {
            TamOpportunities =
            [
                Due(1, OpportunityOutcome.Completed), Due(1, OpportunityOutcome.Expired, new(2026, 4, 1)), Due(2, OpportunityOutcome.Open),
                Due(3, OpportunityOutcome.Void), Due(4, OpportunityOutcome.Completed, new(2026, 7, 1)),
            ],
        };
        (Of("tam_completed", facts).Numerator, Of("tam_completed", facts).Denominator).ShouldBe((1, 3));
        (Of("any_tam", facts).Numerator, Of("any_tam", facts).Denominator).ShouldBe((1, 2));
        Of("tam_completed", facts, today: new(2026, 3, 31)).Denominator.ShouldBe(2);
    }

    [Fact]
    public void SAM_and_CAM_are_means_over_raters_and_need_three_of_them()
    {
        static SurveyScore Sam(string rater, Fraction? value, string definition = "sam@1", bool counts = true) =>
            new(rater, new(2026, 2, 2), definition, new Dictionary<string, Fraction?> { ["principles"] = value }, counts);

        TeamFacts two = new()
        {
            Surveys =
            [
                Sam("t-1", 5), Sam("t-1", 4), Sam("t-2", 2),
                Sam("t-3", null), Sam("t-4", 1, counts: false), Sam("t-5", 1, "cam@1"),
            ],
        };
        Of("sam_principles", two).ShouldSatisfyAllConditions(
            result => result.Value.ShouldBe(3.25), result => result.Denominator.ShouldBe(2), result => result.Status.ShouldBe(Insufficient),
            result => result.Low.ShouldNotBeNull());
        Of("sam_principles", two with { Surveys = [.. two.Surveys, Sam("t-3", 3)] }).Status.ShouldBe(NoTarget);
        Of("cam_alliance", two).Value.ShouldBeNull();
    }

    [Fact]
    public void Below_five_there_is_a_value_and_no_verdict()
    {
        var result = Of("living_at_home", new() { Cases = Times(4, i => Case(i, home: Outcome3.Yes)) });
        (result.Value, result.Denominator, result.Status).ShouldBe((1, 4, Insufficient));
        result.Low.ShouldNotBeNull();
        var one = Of("adherence", new() { Interviews = [Tam(1, 1)] });
        (one.Value, one.Low, one.Status).ShouldBe((1, null, Insufficient));
    }

    [Fact]
    public void A_profile_lists_its_measures_with_what_is_known_of_them()
    {
        Profiles.Mst.Measures.Select(measure => measure.Key).ShouldBe(
        [
            "living_at_home", "in_school_or_work", "no_new_arrest", "completed", "lack_of_engagement", "placed", "length_of_stay",
            "adherence", "adherence_above", "any_tam", "tam_completed", "sam_completed", "cam_completed",
            "sam_principles", "sam_analytical_process", "sam_structure_and_process", "sam_clinician_development",
            "cam_competence", "cam_procedures", "cam_alliance",
        ]);
        Profiles.MstCan.Measures.ShouldAllBe(measure => measure.Target == null && measure.Key != "adherence_above");
        Profiles.Find("mst-can@1").ShouldBe(Profiles.MstCan);
        Profiles.Find("mst").ShouldBeNull();
        Profiles.Mst.TargetOf("adherence").ShouldBe(Target.AtLeast(0.61m));
        Profiles.Mst.TargetOf("sam_completed").ShouldBeNull();
    }

    [Fact]
    public void A_profile_with_a_measure_nobody_defined_is_an_error() =>
        Should.Throw<ArgumentException>(() => Measures.Compute(
            Profiles.Mst with { Measures = [new("happiness", MeasureKind.Mean, null, 5, SourceStatus.Unverified)] }, H1, new(), Today));

    [Fact]
    public void The_order_of_facts_does_not_matter() =>
        Property.Holds(
            from cases in Gens.Some(
                from i in Gen.Choose(1, 99)
                from days in Gen.Choose(0, 170)
                from reason in Gen.Elements(Enum.GetValues<DischargeReason>())
                from home in Gen.Elements(Enum.GetValues<Outcome3>())
                select Case(i, reason, days, home), 20)
            from tams in Gens.Some(from i in Gen.Choose(1, 9) from score in Gens.Score select Tam(i, score), 20)
            from due in Gens.Some(
                from i in Gen.Choose(1, 9)
                from outcome in Gen.Elements(Enum.GetValues<OpportunityOutcome>())
                select Due(i, outcome), 20)
            from shuffledCases in Gen.Shuffle(cases.ToArray())
            from shuffledTams in Gen.Shuffle(tams.ToArray())
            from shuffledDue in Gen.Shuffle(due.ToArray())
            select (Facts: new TeamFacts { Cases = cases, Interviews = tams, TamOpportunities = due },
                Shuffled: new TeamFacts { Cases = shuffledCases, Interviews = shuffledTams, TamOpportunities = shuffledDue }),
            t =>
            {
                var results = Measures.Compute(Profiles.Mst, H1, t.Facts, Today);
                Measures.Compute(Profiles.Mst, H1, t.Shuffled, Today).ShouldBe(results);
                results.ShouldAllBe(result => result.Value == null == (result.Denominator == 0));
                results.ShouldAllBe(result => !(result.Low > result.Value) && !(result.High < result.Value));
            });
}
