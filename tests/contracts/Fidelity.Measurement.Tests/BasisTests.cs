using FsCheck;
using FsCheck.Fluent;

namespace Fidelity.Measurement.Tests;

/// <summary>What is in a number and what is left out of it (measurement.md §4), and the whole of what changed one (§7).</summary>
public sealed class BasisTests
{
    static readonly Period H1 = Period.Parse("2026-H1", 1);
    static readonly DateOnly Today = new(2026, 12, 31);
    static readonly CaseOutcomes AllUnknown = new(default, default, default, default, default);

    static IReadOnlyList<BasisRow> Rows(string measure, TeamFacts facts) => new PeriodBasis(Profiles.Mst, H1, facts, Today).Of(measure).Rows;

    static CaseFacts Closed(string id, DischargeReason reason, Outcome3 home) => new(id, new(2026, 1, 10), new(2026, 5, 20), reason, AllUnknown with { LivingAtHome = home });

    static InterviewScore Tam(string id, Fraction? value, Ruling? leftOut = null, string definition = "tam-r@1") =>
        new("c-" + id, new(2026, 3, 1), definition, value, leftOut is null) { Id = id, LeftOut = leftOut ?? default };

    [Fact]
    public void A_closed_case_is_in_an_outcome_unless_it_had_no_full_course_or_the_outcome_is_not_known()
    {
        TeamFacts facts = new()
        {
            Cases =
            [
                Closed("yes", DischargeReason.Completed, Outcome3.Yes), Closed("no", DischargeReason.Placed, Outcome3.No),
                Closed("unknown", DischargeReason.LackOfEngagement, Outcome3.Unknown), Closed("moved", DischargeReason.Moved, Outcome3.Yes),
                Closed("later", DischargeReason.Completed, Outcome3.Yes) with { Discharged = new(2026, 7, 1) },
                Closed("open", DischargeReason.Completed, Outcome3.Unknown) with { Discharged = null, Reason = null },
            ],
        };
        Rows("living_at_home", facts).Select(row => (row.Record, row.Ruling, row.Value)).ShouldBe(
        [
            ("yes", Ruling.Counts, (Fraction?)1), ("no", Ruling.Counts, 0), ("unknown", Ruling.OutcomeUnknown, null), ("moved", Ruling.NoFullCourse, null),
        ]);
        Rows("length_of_stay", facts).Where(row => row.Ruling == Ruling.Counts).ShouldAllBe(row => row.Value == 130, "10 January to 20 May");
    }

    [Fact]
    public void An_interview_is_in_adherence_unless_one_rule_leaves_it_out()
    {
        TeamFacts facts = new()
        {
            Interviews =
            [
                Tam("1", 0.5m), Tam("2", null), Tam("3", 0.5m, Ruling.NotIndependent), Tam("4", 0.5m, Ruling.Withdrawn), Tam("5", 0.5m, Ruling.OutsideCase),
                Tam("6", 0.5m, definition: "tam-can@1"), Tam("7", 0.5m) with { Date = new(2026, 7, 1) },
            ],
        };
        Rows("adherence", facts).Select(row => row.Ruling).ShouldBe(
            [Ruling.Counts, Ruling.Insufficient, Ruling.NotIndependent, Ruling.Withdrawn, Ruling.OutsideCase, Ruling.OtherInstrument]);
    }

    [Fact]
    public void What_never_fell_due_after_all_is_left_out_of_completion()
    {
        TeamFacts facts = new()
        {
            TamOpportunities = [Due("c-1", 2, OpportunityOutcome.Completed), Due("c-1", 3, OpportunityOutcome.Void), Due("c-2", 3, OpportunityOutcome.Expired)],
        };
        Rows("tam_completed", facts).Select(row => (row.Record, row.Ruling, row.Value)).ShouldBe(
        [
            ("c-1/2026-02-01", Ruling.Counts, (Fraction?)1), ("c-1/2026-03-01", Ruling.Void, null), ("c-2/2026-03-01", Ruling.Counts, 0),
        ]);
    }

    [Theory]
    [InlineData(null, "1/2", ChangeCause.Late)]
    [InlineData("1/2", null, ChangeCause.Gone)]
    [InlineData("1/2", "3/4", ChangeCause.Corrected)]
    public void A_score_changes_a_number_for_one_cause(string? before, string? after, ChangeCause cause) =>
        BasisChanges.Between(Adherence(before), Adherence(after)).ShouldHaveSingleItem().Cause.ShouldBe(cause);

    [Theory]
    [InlineData(null, Ruling.Withdrawn, ChangeCause.Withdrawn)]
    [InlineData(null, Ruling.NotIndependent, ChangeCause.Reassigned)]
    [InlineData(Ruling.NotIndependent, null, ChangeCause.Reassigned)]
    [InlineData(Ruling.OutsideCase, null, ChangeCause.CaseDates)]
    public void A_ruling_changes_a_number_for_one_cause(Ruling? before, Ruling? after, ChangeCause cause)
    {
        var (then, now) = (Basis("adherence", new() { Interviews = [Tam("1", 0.5m, before)] }), Basis("adherence", new() { Interviews = [Tam("1", 0.5m, after)] }));
        BasisChanges.Between(then, now).ShouldHaveSingleItem().Cause.ShouldBe(cause);
    }

    [Theory]
    [InlineData(OpportunityOutcome.Expired, OpportunityOutcome.Completed, ChangeCause.CompletedLate)]
    [InlineData(OpportunityOutcome.Completed, OpportunityOutcome.Expired, ChangeCause.NoLongerCompleted)]
    [InlineData(OpportunityOutcome.Expired, OpportunityOutcome.Void, ChangeCause.Rescheduled)]
    public void An_opportunity_changes_a_number_for_one_cause(OpportunityOutcome before, OpportunityOutcome after, ChangeCause cause)
    {
        // Another pair's, due on the same day, has no name of its own and stays what it was.
        TeamFacts Surveys(OpportunityOutcome outcome) => new()
        {
            SamOpportunities = [Due("", 3, OpportunityOutcome.Completed).Opportunity, Due("", 3, outcome).Opportunity],
        };
        BasisChanges.Between(Basis("sam_completed", Surveys(before)), Basis("sam_completed", Surveys(after))).ShouldHaveSingleItem().Cause.ShouldBe(cause);
    }

    [Fact]
    public void The_changes_explain_the_whole_of_any_difference()
    {
        var measures = Profiles.Mst.Measures.Where(measure => measure.RatersToShow is null).ToList();
        Property.Holds(
            from before in Facts
            from after in Facts
            select (before, after),
            facts =>
            {
                foreach (var measure in measures)
                {
                    var (then, now) = (Basis(measure.Key, facts.before), Basis(measure.Key, facts.after));
                    var changes = BasisChanges.Between(then, now);
                    var exchanged = then.Rows.ToList();
                    foreach (var change in changes.Where(change => change.Before is not null))
                        exchanged.Remove(change.Before!).ShouldBeTrue();
                    exchanged.AddRange(changes.Select(change => change.After).OfType<BasisRow>());
                    Recounted(measure.Key, exchanged).ShouldBe(Told(Measures.Of(measure, now)), measure.Key);
                    changes.ShouldAllBe(change => change.Before != change.After);
                }
            });
    }

    /// <summary>A measure counted from rows as plainly as can be.</summary>
    static (double? Value, int Denominator) Recounted(string measure, List<BasisRow> rows)
    {
        var counting = rows.Where(row => row.Ruling == Ruling.Counts).ToList();
        var values = measure switch
        {
            "adherence" => counting.GroupBy(row => row.Unit).Select(scores => Fraction.Mean(scores.Select(row => row.Value!.Value))),
            "adherence_above" => counting.GroupBy(row => row.Unit).Select(scores => (Fraction)(Fraction.Mean(scores.Select(row => row.Value!.Value)) >= 0.61m ? 1 : 0)),
            "any_tam" => counting.GroupBy(row => row.Unit).Select(due => (Fraction)(due.Any(row => row.Value == 1) ? 1 : 0)),
            _ => counting.Select(row => row.Value!.Value),
        };
        var all = values.ToList();
        return (all.Count == 0 ? null : Fraction.Mean(all).ToDouble(), all.Count);
    }

    static (double? Value, int Denominator) Told(MeasureResult result) => (result.Value, result.Denominator);

    static Gen<TeamFacts> Facts { get; } =
        from cases in Gens.Some(
            from id in Gen.Choose(1, 6)
            from reason in Gen.Elements(Enum.GetValues<DischargeReason>())
            from home in Gen.Elements(Enum.GetValues<Outcome3>())
            from day in Gen.Choose(0, 60)
            select Closed($"c-{id}", reason, home) with { Discharged = new DateOnly(2026, 5, 20).AddDays(day) }, 8)
        from interviews in Gens.Some(
            from id in Gen.Choose(1, 8)
            from value in Gens.Score
            from isScored in Gen.Elements(true, true, false)
            from leftOut in Gen.Elements<Ruling?>(null, null, null, Ruling.Withdrawn, Ruling.NotIndependent, Ruling.OutsideCase)
            select Tam($"{id}", isScored ? value : null, leftOut), 10)
        from due in Gens.Some(
            from id in Gen.Choose(1, 4)
            from month in Gen.Choose(1, 6)
            from outcome in Gen.Elements(Enum.GetValues<OpportunityOutcome>())
            select Due($"c-{id}", month, outcome), 12)
        from pairs in Gens.Some(
            from month in Gen.Choose(1, 3)
            from outcome in Gen.Elements(OpportunityOutcome.Completed, OpportunityOutcome.Expired, OpportunityOutcome.Void)
            select Due("", month, outcome).Opportunity, 8)
        select new TeamFacts
        {
            Cases = [.. cases.DistinctBy(known => known.Id)], Interviews = [.. interviews.DistinctBy(interview => interview.Id)],
            TamOpportunities = [.. due.DistinctBy(one => (one.Case, one.Opportunity.Due))], SamOpportunities = pairs,
        };

    static CaseOpportunity Due(string family, int month, OpportunityOutcome outcome) =>
        new(family, new(new(2026, month, 1), new(2026, month, 1), new(2026, month, 24), outcome, outcome == OpportunityOutcome.Completed ? "i" : null));

    static MeasureBasis Basis(string measure, TeamFacts facts) => new PeriodBasis(Profiles.Mst, H1, facts, Today).Of(measure);

    static MeasureBasis Adherence(string? score) => Basis("adherence", new()
    {
        Interviews = Fraction.TryParse(score, out var value) ? [Tam("1", value)] : [],
    });
}
