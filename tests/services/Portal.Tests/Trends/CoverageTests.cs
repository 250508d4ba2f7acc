using Fidelity.Measurement;
using Fidelity.Portal.Trends;

namespace Fidelity.Portal.Tests.Trends;

/// <summary>How much of what fell due was completed, by one or two calendar months.</summary>
public sealed class CoverageTests
{
    [Fact]
    public void Surveys_are_counted_by_two_months_and_what_never_fell_due_or_has_not_yet_is_not()
    {
        Opportunity[] due =
        [
            Due("2025-12-31", OpportunityOutcome.Expired), Due("2026-01-01", OpportunityOutcome.Completed), Due("2026-02-28", OpportunityOutcome.Open),
            Due("2026-02-10", OpportunityOutcome.Void), Due("2026-03-01", OpportunityOutcome.Completed), Due("2026-03-02", OpportunityOutcome.Open),
        ];
        Coverage.OfSurveys(due, new(2026, 3, 1)).ShouldBe([
            new(new(2025, 11, 1), 2, 0, 1), new(new(2026, 1, 1), 2, 1, 2), new(new(2026, 3, 1), 2, 1, 1),
        ]);
    }

    [Fact]
    public void A_month_in_which_nothing_was_due_has_no_share() =>
        Coverage.OfInterviews([new(new(2026, 1, 1), 3, 4), new(new(2026, 2, 1), 0, 0)]).ShouldBe([new(new(2026, 1, 1), 1, 3, 4)]);

    static Opportunity Due(string day, OpportunityOutcome outcome)
    {
        var date = DateOnly.ParseExact(day, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        return new(date, date.AddDays(-14), date.AddDays(40), outcome, null);
    }
}
