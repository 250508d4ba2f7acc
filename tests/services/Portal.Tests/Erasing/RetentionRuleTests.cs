namespace Fidelity.Portal.Tests.Erasing;

/// <summary>A programme has one rule at a time, within bounds, and every rule says what it rests on.</summary>
public sealed class RetentionRuleTests
{
    static readonly RetentionRuleSet TwoYears = new(24, "plan for retention", "administrator");

    [Fact]
    public void A_rule_holds_until_the_next_or_its_end()
    {
        var (set, events, fault) = RetentionRule.Set(null, TwoYears);
        fault.ShouldBeNull();
        events.ShouldBe([TwoYears]);
        set.Before(new(2026, 10, 31)).ShouldBe(new DateOnly(2024, 10, 31));
        RetentionRule.Set(set, TwoYears).Events.ShouldBeEmpty("it holds already");

        var longer = RetentionRule.Set(set, TwoYears with { Months = 60 }).State;
        longer.Before(new(2026, 10, 31)).ShouldBe(new DateOnly(2021, 10, 31));
        var ended = RetentionRule.End(longer, new("decision 7", "administrator"));
        ended.State.Before(new(2026, 10, 31)).ShouldBeNull();
        RetentionRule.End(ended.State, new("decision 7", "administrator")).Events.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(11, "plan", "months")]
    [InlineData(601, "plan", "months")]
    [InlineData(12, " ", "basis_missing")]
    [InlineData(600, "for 19811218-9876", "identity_number")]
    public void What_is_no_rule_is_told_and_changes_nothing(int months, string basis, string code)
    {
        var (state, events, fault) = RetentionRule.Set(null, new(months, basis, "administrator"));
        (fault?.Code, state.Now).ShouldBe((code, null));
        events.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(12)]
    [InlineData(600)]
    public void The_bounds_are_rules(int months) => RetentionRule.Set(null, TwoYears with { Months = months }).Fault.ShouldBeNull();
}
