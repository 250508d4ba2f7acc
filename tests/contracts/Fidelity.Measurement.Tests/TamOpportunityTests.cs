using FsCheck.Fluent;
using static Fidelity.Measurement.OpportunityOutcome;

namespace Fidelity.Measurement.Tests;

public sealed class TamOpportunityTests
{
    static readonly DateOnly Started = new(2026, 1, 12); // due 26 January, 26 February, …
    static readonly DateOnly Later = new(2026, 12, 31);

    static DateOnly Day(int month, int day) => new(2026, month, day);

    static DatedRecord Interview(DateOnly date, bool counts = true) => new($"i-{date:MMdd}", date, counts);

    static string Of(DateOnly? discharged, IEnumerable<DatedRecord> interviews, IEnumerable<Attempt> attempts, DateOnly today) =>
        string.Join(' ', TamOpportunities.Of(Started, discharged, interviews, attempts, today).Select(o => Codes.Of(o.Outcome)));

    [Fact]
    public void The_first_is_due_after_two_weeks_and_then_monthly_without_a_gap()
    {
        TamOpportunities.Of(Started, null, [], [], Day(3, 30)).ShouldBe(
        [
            new(Day(1, 26), Day(1, 12), Day(2, 18), Expired, null),
            new(Day(2, 26), Day(2, 19), Day(3, 18), Expired, null),
            new(Day(3, 26), Day(3, 19), Day(4, 18), Open, null),
        ]);
    }

    [Fact]
    public void Due_dates_clamp_to_the_end_of_the_month_and_recover()
    {
        var due = TamOpportunities.Of(new(2025, 12, 17), null, [], [], Day(5, 1)).Select(o => o.Due);
        due.ShouldBe([new(2025, 12, 31), Day(1, 31), Day(2, 28), Day(3, 31), Day(4, 30)]);
    }

    [Fact]
    public void The_last_interval_of_a_discharged_case_ends_14_days_after_discharge()
    {
        var last = TamOpportunities.Of(Started, Day(3, 1), [], [], Later);
        last.Select(o => (o.Due, o.Last)).ShouldBe([(Day(1, 26), Day(2, 18)), (Day(2, 26), Day(3, 15))]);
        TamOpportunities.Of(Started, Day(2, 26), [], [], Later).Count.ShouldBe(2, "due on the day of discharge still falls due");
        TamOpportunities.Of(Started, Day(1, 25), [], [], Later).ShouldBeEmpty();
    }

    [Fact]
    public void A_later_discharge_leaves_the_case_open()
    {
        TamOpportunities.Of(Started, Day(4, 1), [], [], Day(3, 31)).ShouldBe(TamOpportunities.Of(Started, null, [], [], Day(3, 31)));
    }

    [Fact]
    public void The_first_interview_in_the_interval_completes_it()
    {
        var opportunities = TamOpportunities.Of(Started, null, [Interview(Day(2, 10)), Interview(Day(1, 12))], [], Day(2, 18));
        opportunities.ShouldBe([new(Day(1, 26), Day(1, 12), Day(2, 18), Completed, "i-0112")]);
    }

    [Fact]
    public void An_interview_before_the_due_date_completes_when_that_falls_due()
    {
        DatedRecord[] early = [Interview(Day(2, 19))];
        Of(null, early, [], Day(2, 25)).ShouldBe("expired");
        Of(null, early, [], Day(2, 26)).ShouldBe("expired completed");
    }

    [Fact]
    public void Only_interviews_that_count_and_already_exist_complete()
    {
        Of(null, [Interview(Day(1, 20), counts: false)], [], Day(2, 1)).ShouldBe("open");
        Of(null, [Interview(Day(1, 20), counts: false), Interview(Day(1, 21))], [], Day(2, 1)).ShouldBe("completed");
        Of(null, [Interview(Day(2, 2))], [], Day(2, 1)).ShouldBe("open");
    }

    [Fact]
    public void The_earliest_ending_attempt_decides_and_the_first_two_outcomes_end_nothing()
    {
        Attempt[] attempts =
        [
            new(Day(2, 3), AttemptOutcome.Declined), new(Day(2, 2), AttemptOutcome.Unreachable),
            new(Day(2, 1), AttemptOutcome.NoAnswer), new(Day(1, 31), AttemptOutcome.CallBack),
        ];
        Of(null, [], attempts, Day(2, 1)).ShouldBe("open");
        Of(null, [], attempts, Day(2, 3)).ShouldBe("unreachable");
    }

    [Fact]
    public void An_interview_completes_even_after_an_ending_attempt() =>
        Of(null, [Interview(Day(2, 5))], [new(Day(2, 2), AttemptOutcome.Declined)], Day(2, 6)).ShouldBe("completed");

    [Fact]
    public void Facts_of_one_day_are_told_apart_by_id_and_by_outcome_in_whatever_order_they_come()
    {
        DatedRecord[] sameDay = [new("i-2", Day(2, 2), true), new("i-1", Day(2, 2), true)];
        Attempt[] attempts = [new(Day(2, 2), AttemptOutcome.Other), new(Day(2, 2), AttemptOutcome.Declined)];
        TamOpportunities.Of(Started, null, sameDay, [], Day(2, 3)).Single().CompletedBy.ShouldBe("i-1");
        TamOpportunities.Of(Started, null, [.. sameDay.Reverse()], [], Day(2, 3)).Single().CompletedBy.ShouldBe("i-1");
        Of(null, [], attempts, Day(2, 3)).ShouldBe("declined");
        Of(null, [], attempts.Reverse(), Day(2, 3)).ShouldBe("declined");
    }

    [Fact]
    public void Opting_out_lasts_until_the_family_gives_an_interview_again()
    {
        Attempt[] optOut = [new(Day(2, 1), AttemptOutcome.OptedOut)];
        Of(null, [], optOut, Day(3, 26)).ShouldBe("opted_out opted_out opted_out");
        Of(null, [Interview(Day(3, 1))], optOut, Day(4, 20)).ShouldBe("opted_out completed expired");
        Of(null, [Interview(Day(2, 10))], optOut, Day(3, 20)).ShouldBe("completed expired", "given in the same interval, after opting out");
        Of(null, [Interview(Day(1, 20))], optOut, Day(3, 20)).ShouldBe("completed opted_out", "given before opting out");
        Of(null, [Interview(Day(2, 1))], optOut, Day(3, 20)).ShouldBe("completed opted_out", "given on the day of opting out");
        Of(null, [Interview(Day(4, 10))], optOut, Day(4, 26)).ShouldBe("opted_out opted_out completed open", "nothing is lifted backwards");
        Of(null, [Interview(Day(3, 1), counts: false)], optOut, Day(3, 26)).ShouldBe("opted_out opted_out opted_out");
    }

    [Fact]
    public void A_recorded_ending_decides_before_a_lasting_opt_out()
    {
        Attempt[] attempts = [new(Day(2, 1), AttemptOutcome.OptedOut), new(Day(3, 2), AttemptOutcome.Unreachable)];
        Of(null, [], attempts, Day(3, 1)).ShouldBe("opted_out opted_out");
        Of(null, [], attempts, Day(3, 26)).ShouldBe("opted_out unreachable opted_out");
    }

    [Fact]
    public void An_opt_out_lasts_though_an_earlier_attempt_decided()
    {
        Attempt[] attempts = [new(Day(2, 1), AttemptOutcome.Declined), new(Day(2, 3), AttemptOutcome.OptedOut)];
        Of(null, [], attempts, Day(2, 26)).ShouldBe("declined opted_out");
    }

    [Theory]
    [InlineData("2026-01-11", false)]
    [InlineData("2026-01-12", true)]
    [InlineData("2026-03-15", true)]
    [InlineData("2026-03-16", false)]
    public void An_interview_belongs_to_the_case_from_start_to_14_days_after_discharge(string date, bool within) =>
        TamOpportunities.WithinCase(Started, Day(3, 1), DateOnly.Parse(date, null)).ShouldBe(within);

    [Fact]
    public void The_next_change_is_the_next_due_date_end_of_interval_or_future_fact()
    {
        TamOpportunities.NextChange(Started, null, [], [], Started).ShouldBe(Day(1, 26));
        TamOpportunities.NextChange(Started, null, [], [], Day(2, 1)).ShouldBe(Day(2, 19), "the open interval ends");
        TamOpportunities.NextChange(Started, null, [Interview(Day(1, 20))], [], Day(2, 1)).ShouldBe(Day(2, 26));
        TamOpportunities.NextChange(Started, Day(2, 5), [Interview(Day(1, 20))], [], Day(2, 1)).ShouldBe(Day(2, 5));
        TamOpportunities.NextChange(Started, null, [Interview(Day(2, 3), counts: false)], [], Day(2, 1)).ShouldBe(Day(2, 3));
        TamOpportunities.NextChange(Started, null, [], [new(Day(2, 2), AttemptOutcome.NoAnswer)], Day(2, 1)).ShouldBe(Day(2, 2));
        TamOpportunities.NextChange(Started, Day(2, 20), [], [], Day(2, 20)).ShouldBe(Day(3, 7), "fourteen days after discharge are over");
        TamOpportunities.NextChange(Started, Day(2, 20), [], [], Day(3, 7)).ShouldBeNull();
    }

    [Fact]
    public void The_next_due_date_is_the_first_after_today_and_none_after_the_discharge()
    {
        TamOpportunities.NextDue(Started, null, Day(1, 1)).ShouldBe(Day(1, 26));
        TamOpportunities.NextDue(Started, null, Day(1, 26)).ShouldBe(Day(2, 26));
        TamOpportunities.NextDue(Started, null, Day(2, 25)).ShouldBe(Day(2, 26));
        TamOpportunities.NextDue(Started, Day(2, 25), Day(2, 1)).ShouldBe(Day(2, 26), "a later discharge leaves a case open");
        TamOpportunities.NextDue(Started, Day(2, 25), Day(2, 25)).ShouldBeNull();
    }

    [Fact]
    public void Nothing_falls_due_before_the_next_due_date_and_something_does_on_it() =>
        Property.Holds(Gens.CaseHistory, history =>
        {
            var open = history with { Discharged = null };
            var next = TamOpportunities.NextDue(open.Started, open.Discharged, open.Today)!.Value;
            (open with { Today = next.AddDays(-1) }).Opportunities.ShouldAllBe(o => o.Due <= open.Today);
            (open with { Today = next }).Opportunities[^1].Due.ShouldBe(next);
        });

    [Fact]
    public void Nothing_changes_before_the_next_change() =>
        Property.Holds(Gens.CaseHistory, history =>
        {
            var end = history.NextChange ?? history.Today.AddDays(400);
            for (var day = history.Today; day < end; day = day.AddDays(1))
                (history with { Today = day }).Opportunities.ShouldBe(history.Opportunities);
        });

    [Fact]
    public void The_order_of_facts_does_not_matter() =>
        Property.Holds(
            from history in Gens.CaseHistory
            from interviews in Gen.Shuffle(history.Interviews.ToArray())
            from attempts in Gen.Shuffle(history.Attempts.ToArray())
            select (history, other: history with { Interviews = [.. interviews], Attempts = [.. attempts] }),
            t => t.other.Opportunities.ShouldBe(t.history.Opportunities));

    [Fact]
    public void Each_due_date_has_one_opportunity_and_each_outcome_its_ground() =>
        Property.Holds(Gens.CaseHistory, history =>
        {
            var (opportunities, today) = (history.Opportunities, history.Today);
            opportunities.Select(o => o.Due).ShouldBeUnique();
            opportunities.Select(o => o.CompletedBy).OfType<string>().ShouldBeUnique();
            opportunities.Zip(opportunities.Skip(1)).ShouldAllBe(pair => pair.First.Last.AddDays(1) == pair.Second.First);
            foreach (var o in opportunities)
            {
                var within = history.Interviews.Where(i => i.Counts && o.First <= i.Date && i.Date <= o.Last && i.Date <= today).ToList();
                (o.Due <= today && o.First <= o.Due && o.Due <= o.Last).ShouldBeTrue();
                (o.Outcome == Completed).ShouldBe(within.Count > 0);
                (o.Outcome == Completed).ShouldBe(o.CompletedBy is not null);
                if (o.Outcome == Completed)
                    within.Single(i => i.Id == o.CompletedBy).Date.ShouldBe(within.Min(i => i.Date));
                if (o.Outcome is Open or Expired)
                    (o.Outcome == Open).ShouldBe(today <= o.Last);
                o.Outcome.ShouldNotBe(OpportunityOutcome.Void);
            }
        });
}
