using Fidelity.Measurement;
using Fidelity.Measurement.Tests;
using FsCheck.Fluent;
using Property = Fidelity.Measurement.Tests.Property;

namespace Fidelity.Pir.Tests;

/// <summary>measurement.md §6: what leaves of SAM and CAM, and when.</summary>
public sealed class RaterProtectionTests
{
    const string Competence = "cam_competence";

    static readonly DateOnly InPeriod = new(2026, 2, 1);
    static readonly DateOnly LastDay = new(2026, 6, 30);
    static readonly DateOnly After = new(2026, 7, 1);

    static readonly IReadOnlyList<string> Protected =
        [.. Profiles.Mst.Measures.Where(measure => measure.RatersToShow is not null).Select(measure => measure.Key)];

    readonly Watched _review = new() { Today = new(2026, 2, 10) };

    [Fact]
    public void Every_value_of_SAM_and_CAM_is_protected_in_every_profile_and_nothing_else()
    {
        foreach (var profile in Profiles.All)
        {
            profile.Measures.Where(measure => measure.RatersToShow is not null).Select(measure => measure.Key).ShouldBe(
            [
                "sam_principles", "sam_analytical_process", "sam_structure_and_process", "sam_clinician_development",
                "cam_competence", "cam_procedures", "cam_alliance",
            ]);
            profile.Measures.ShouldAllBe(measure => measure.RatersToShow == null || measure.RatersToShow == 3);
        }
    }

    [Fact]
    public void Of_what_changed_a_number_of_SAM_or_CAM_only_the_causes_leave()
    {
        Answer("t-1", "t-2");
        _review.Come(After);
        var review = _review.Review!.Latest!;
        BasisChange[] changes =
        [
            new(ChangeCause.Late, null, new("", "t-3", InPeriod, Ruling.Counts, 4)),
            new(ChangeCause.Withdrawn, new("", "t-1", InPeriod, Ruling.Counts, 4), new("", "t-1", InPeriod, Ruling.Withdrawn, null)),
        ];
        foreach (var measure in review.Measures)
        {
            var told = RaterProtection.MayLeave(review, measure, changes);
            told.Select(change => change.Cause).ShouldBe([ChangeCause.Late, ChangeCause.Withdrawn], measure.Measure);
            if (Protected.Contains(measure.Measure) || measure.Measure is "sam_completed" or "cam_completed")
                told.ShouldAllBe(change => change.Before == null && change.After == null, measure.Measure);
            else
                told.ShouldBe(changes, measure.Measure);
        }
    }

    [Fact]
    public void Before_the_period_has_ended_only_completion_counts_leave()
    {
        Answer("t-1", "t-2", "t-3", "s-1");
        _review.Come(LastDay);
        ShouldBeWithheld(_review.Left[Competence], WithheldReason.PeriodRunning);
        (_review.Left["cam_completed"].Numerator, _review.Left["cam_completed"].Denominator).ShouldBe((4, 5));
        _review.Computed[Competence].Value.ShouldBe(4, "inside it is computed all the same");
    }

    [Fact]
    public void With_fewer_than_three_raters_only_completion_counts_leave()
    {
        Answer("t-1", "t-2");
        _review.Arrive(Watched.Survey("t-2", InPeriod.AddDays(1), 5));
        _review.Come(After);
        ShouldBeWithheld(_review.Left[Competence], WithheldReason.TooFewRaters);
        _review.Left["cam_completed"].Numerator.ShouldBe(3);
        _review.Computed[Competence].Denominator.ShouldBe(2, "three surveys of two raters");
    }

    [Fact]
    public void After_the_period_and_with_three_raters_the_value_leaves_with_its_interval()
    {
        Answer("t-1", "t-2", "t-3");
        _review.Come(After);
        _review.Left[Competence].ShouldBe(_review.Computed[Competence]);
        _review.Left[Competence].Withheld.ShouldBeNull();
        _review.Left[Competence].Status.ShouldBe(MeasureStatus.NoTarget);
        ShouldBeWithheld(_review.Left["sam_principles"], WithheldReason.TooFewRaters);
    }

    [Fact]
    public void A_value_waits_until_records_have_come_to_rest()
    {
        _review.Today = After;
        foreach (var rater in new[] { "t-1", "t-2", "t-3" })
            _review.Arrive(Watched.Survey(rater, InPeriod, 4), atRest: false);
        ShouldBeWithheld(_review.Left[Competence], WithheldReason.NotAtRest);
        _review.Review!.AwaitsRest.ShouldBeTrue();
        _review.Arrive(Watched.Survey("s-1", InPeriod, 2), atRest: false);
        _review.Come(After);
        _review.Left[Competence].Value.ShouldBe(3.5, "the whole import is in it");
        _review.Review!.AwaitsRest.ShouldBeFalse();
    }

    [Fact]
    public void Late_surveys_corrections_and_withdrawals_never_alter_what_was_shown()
    {
        Answer("t-1", "t-2", "t-3");
        _review.Come(After);
        var shown = _review.Left[Competence];

        var late = Watched.Survey("s-1", InPeriod, 1);
        _review.Arrive(late);
        _review.Computed[Competence].Value.ShouldBe(3.25);
        _review.Left[Competence].ShouldBe(shown);
        _review.Replace(_review.Find("s-1")!, Watched.Survey("s-1", InPeriod, 6));
        _review.Left[Competence].ShouldBe(shown);
        _review.Replace(_review.Find("s-1")!, late with { Counts = false });
        _review.Left[Competence].ShouldBe(shown);
        _review.Left["cam_completed"].Numerator.ShouldBe(4, "counts go on");
    }

    [Fact]
    public void A_late_third_rater_makes_a_value_that_never_left_leave_once()
    {
        Answer("t-1", "t-2");
        _review.Come(After);
        _review.Arrive(Watched.Survey("t-3", InPeriod, 1));
        _review.Left[Competence].Value.ShouldBe(3);
        _review.Arrive(Watched.Survey("s-1", InPeriod, 6));
        _review.Left[Competence].Value.ShouldBe(3);
    }

    [Fact]
    public void Subtracting_recomputations_tells_nothing()
    {
        // Whoever knows of a mean before and after one survey knows that survey: 4 × 3.25 − 3 × 4 = 1.
        Answer("t-1", "t-2", "t-3");
        _review.Come(LastDay);
        _review.Arrive(Watched.Survey("s-1", InPeriod, 1));
        var inside = _review.History.Select(moment => moment.Computed[Competence]).Where(measure => measure.Denominator >= 3).ToList();
        (inside[^1].Denominator * inside[^1].Value - inside[0].Denominator * inside[0].Value).ShouldBe(1, "the attack works on what is computed");

        _review.Come(After);
        _review.Arrive(Watched.Survey("k-9", InPeriod, 2));
        ValuesThatLeft(_review, Competence).ShouldBe([3.25]);
    }

    [Fact]
    public void Whatever_arrives_whenever_each_value_leaves_at_most_once_and_of_enough_raters() => Property.Holds(
        from steps in Gens.Some(
            from what in Gen.Elements("survey", "survey", "correction", "withdrawal", "day")
            from rater in Gen.Choose(1, 5)
            from answer in Gen.Choose(1, 6)
            from days in Gen.Choose(0, 60)
            from atRest in Gen.Elements(true, false)
            select (what, rater, answer, days, atRest), 30)
        select steps,
        steps =>
        {
            var review = new Watched { Today = InPeriod };
            review.Come(InPeriod);
            foreach (var (what, rater, answer, days, atRest) in steps)
                Take(review, what, $"t-{rater}", answer, days, atRest);
            review.Come(After.AddDays(400));

            foreach (var key in Protected)
            {
                ValuesThatLeft(review, key).Count.ShouldBeLessThanOrEqualTo(1);
                foreach (var (asOf, left, _) in review.History)
                {
                    if (left[key].Withheld is { } reason)
                        ShouldBeWithheld(left[key], reason);
                    else
                        (asOf > Watched.Period.To && left[key].Denominator >= 3).ShouldBeTrue();
                }
            }

            foreach (var (_, left, computed) in review.History)
                left.Values.Where(measure => !Protected.Contains(measure.Measure)).ShouldAllBe(measure => measure == computed[measure.Measure]);
        });

    [Fact]
    public void A_review_says_the_same_when_nothing_changed_and_shows_nothing_twice()
    {
        Answer("t-1", "t-2", "t-3");
        _review.Come(After);
        var moments = _review.History.Count;
        _review.Come(After.AddDays(30));
        _review.History.Count.ShouldBe(moments);
        _review.Review!.Shown.Select(shown => shown.Measure).ShouldBe(["cam_competence", "cam_procedures", "cam_alliance"]);
    }

    void Answer(params IReadOnlyList<string> raters)
    {
        foreach (var rater in raters)
            _review.Arrive(Watched.Survey(rater, InPeriod, 4));
    }

    static void Take(Watched review, string what, string rater, int answer, int days, bool atRest)
    {
        switch (what)
        {
            case "survey":
                review.Arrive(Watched.Survey(rater, InPeriod.AddDays(2 * days), answer), atRest);
                break;
            case "correction" when review.Find(rater) is { } survey:
                review.Replace(survey, Watched.Survey(rater, survey.Date, answer), atRest);
                break;
            case "withdrawal" when review.Find(rater) is { } survey:
                review.Replace(survey, survey with { Counts = false }, atRest);
                break;
            default:
                review.Come(review.Today.AddDays(days), atRest);
                break;
        }
    }

    static IReadOnlyList<double?> ValuesThatLeft(Watched review, string measure) =>
        [.. review.History.Select(moment => moment.Left[measure]).Where(left => left.Withheld is null).Select(left => left.Value).Distinct()];

    static void ShouldBeWithheld(MeasureResult measure, WithheldReason reason)
    {
        measure.Withheld.ShouldBe(reason);
        measure.Status.ShouldBe(MeasureStatus.Withheld);
        (measure.Value, measure.Numerator, measure.Denominator, measure.Low, measure.High).ShouldBe((null, null, 0, null, null));
    }
}
