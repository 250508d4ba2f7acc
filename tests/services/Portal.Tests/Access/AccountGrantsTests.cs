using Fidelity.Portal.Access;

namespace Fidelity.Portal.Tests.Access;

/// <summary>What is granted, and what is refused.</summary>
public sealed class AccountGrantsTests
{
    static readonly DateOnly Day = new(2026, 10, 1);
    static readonly GrantGiven Asked = new(Guid.CreateVersion7(), Role.Consultant, "p", "nord", "contract 7", Day, Day.AddYears(1), "admin");
    static readonly Reach OfProgramme = Policy.Reach(
        new("admin", null, [], [new(Guid.CreateVersion7(), Role.Administrator, "p", null, "b", Day, Day, "x", null)]), Purpose.GiveAccess, Day);

    [Fact]
    public void A_grant_is_given_once()
    {
        var (given, events, faults) = AccountGrants.Give(null, Asked, "p", OfProgramme);
        events.ShouldBe([Asked]);
        faults.ShouldBeEmpty();
        given.All.Single().Holds(Day).ShouldBeTrue();
        AccountGrants.Give(given, Asked with { Basis = "another" }, "p", OfProgramme).Events.ShouldBeEmpty();
    }

    [Fact]
    public void It_is_ended_once_with_a_reason()
    {
        var (given, _, _) = AccountGrants.Give(null, Asked, "p", OfProgramme);
        AccountGrants.End(given, new(Asked.GrantId, Day, " ", "admin"), OfProgramme).Faults.ShouldBe([new("reason", "missing")]);
        var (ended, events, _) = AccountGrants.End(given, new(Asked.GrantId, Day, "left", "admin"), OfProgramme);
        events.Count.ShouldBe(1);
        ended.All.Single().Holds(Day).ShouldBeFalse();
        AccountGrants.End(ended, new(Asked.GrantId, Day, "again", "admin"), OfProgramme).Events.ShouldBeEmpty();
        AccountGrants.End(given, new(Guid.CreateVersion7(), Day, "unknown", "admin"), OfProgramme).Events.ShouldBeEmpty();
    }

    public static TheoryData<string, GrantGiven, string?> Wrong => new()
    {
        { "role from_post", Asked with { Role = Role.Therapist }, "p" },
        { "programme needs_programme", Asked with { Role = Role.ProgrammeDirector, Programme = null, TeamId = null }, null },
        { "programme personal_identity_number", Asked with { Programme = "19811218-9876" }, null },
        { "programme bad_id", Asked with { Programme = "P P" }, null },
        { "programme not_yours", Asked with { Programme = "q" }, null },
        { "programme not_yours", Asked with { Role = Role.Auditor, Programme = null, TeamId = null }, null },
        { "programme other_programme", Asked, "q" },
        { "team no_team", Asked with { Role = Role.Administrator }, "p" },
        { "basis missing", Asked with { Basis = "  " }, "p" },
        { "basis too_large", Asked with { Basis = new('x', 201) }, "p" },
        { "basis personal_identity_number", Asked with { Basis = "about 19811218-9876" }, "p" },
        { "until before_from", Asked with { Until = Day.AddDays(-1) }, "p" },
        { "until too_long", Asked with { Until = Day.AddDays(732) }, "p" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_not_in_order_is_not_granted(string fault, GrantGiven asked, string? within)
    {
        var (_, events, faults) = AccountGrants.Give(null, asked, within, OfProgramme);
        events.ShouldBeEmpty();
        faults.Select(found => $"{found.Field} {found.Code}").ShouldContain(fault);
    }

    [Fact]
    public void Nobody_grants_with_a_reach_for_something_else()
    {
        var seeing = Policy.Reach(
            new("auditor", null, [], [new(Guid.CreateVersion7(), Role.Auditor, "p", null, "b", Day, Day, "x", null)]), Purpose.SeeAccess, Day);
        seeing.CoversAllOf("p").ShouldBeTrue();
        AccountGrants.Give(null, Asked, "p", seeing).Faults.ShouldBe([new("programme", "not_yours")]);
        var (given, _, _) = AccountGrants.Give(null, Asked, "p", OfProgramme);
        AccountGrants.End(given, new(Asked.GrantId, Day, "r", "auditor"), seeing).Events.ShouldBeEmpty();
    }

    [Fact]
    public void Two_years_may_be_given_and_no_day_more() =>
        AccountGrants.Give(null, Asked with { From = new(2027, 1, 1), Until = new(2028, 12, 31) }, "p", OfProgramme).Faults.ShouldBeEmpty();
}
