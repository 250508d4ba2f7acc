using Fidelity.Measurement;
using Fidelity.Portal.Teams;
using static Fidelity.Measurement.OpportunityOutcome;
using static Fidelity.Portal.Tests.Teams.Team;

namespace Fidelity.Portal.Tests.Teams;

/// <summary>How the interviews that fell due in a period ended.</summary>
public sealed class EndingsTests
{
    static readonly DateOnly From = Day(1, 1);
    static readonly DateOnly To = Day(6, 30);

    static Endings Of(DateOnly today, params (DateOnly Due, OpportunityOutcome Outcome)[] opportunities) =>
        Endings.Of(opportunities.Select(due => Due("c-1", due.Due, due.Due.AddDays(20), due.Outcome).Opportunity), From, To, today);

    [Fact]
    public void Every_outcome_is_counted_and_nought_is_told()
    {
        var endings = Of(Day(12, 1), (From, Completed), (Day(3, 1), Completed), (To, Expired));
        endings.Outcomes.ShouldBe(
            [(Completed, 2), (Declined, 0), (Unreachable, 0), (OptedOut, 0), (NoInterpreter, 0), (Other, 0), (Expired, 1), (Open, 0)]);
        endings.Due.ShouldBe(3);
    }

    [Fact]
    public void What_fell_due_in_another_period_has_yet_to_fall_due_or_never_did_is_not() =>
        Of(Day(4, 1), (From.AddDays(-1), Completed), (To.AddDays(1), Completed), (Day(4, 2), Completed), (Day(3, 1), OpportunityOutcome.Void)).Due.ShouldBe(0);

    [Fact]
    public void Every_outcome_has_its_place() =>
        Endings.Order.ShouldBe(Enum.GetValues<OpportunityOutcome>().Except([OpportunityOutcome.Void]), ignoreOrder: true);
}
