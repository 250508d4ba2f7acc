using Fidelity.Measurement;
using Fidelity.Portal.Access;

namespace Fidelity.Portal.Tests.Access;

/// <summary>Who may see what, as a table: a role on team <c>nord</c> of programme <c>p</c>, and what is open to it for each purpose.</summary>
public sealed class PolicyTests
{
    static readonly DateOnly Today = new(2026, 10, 31);
    static readonly Post Therapist = new("t-1", StaffRole.Therapist, new(2026, 1, 1), null);

    /// <summary>A role, and for each purpose <c>all</c> of the team, <c>own</c> cases alone, or <c>-</c> nothing.</summary>
    public static TheoryData<Role, string> Table => new()
    {
        //                        enter follow work cases scores interview rate manage write import submit operate see give keep subscribe
        { Role.Interviewer,       "yes   -      all  all   -      all       -    -      -     -      -      -       -   -    -    -" },
        { Role.Therapist,         "yes   all    all  own   own    -         all  -      -     -      -      -       -   -    -    -" },
        { Role.Supervisor,        "yes   all    all  all   all    all       all  all    all   -      -      -       -   -    -    -" },
        { Role.Consultant,        "yes   all    all  all   all    -         -    -      all   -      -      -       -   -    -    -" },
        { Role.ProgrammeDirector, "yes   all    all  -     -      -         -    -      -     -      -      -       -   -    -    -" },
        { Role.Administrator,     "yes   -      -    -     -      -         -    -      -     all    -      all     all all  all  -" },
        { Role.Auditor,           "yes   -      -    -     -      -         -    -      -     -      -      -       all -    -    -" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Each_role_has_its_purposes_and_no_other(Role role, string expected)
    {
        var words = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var visitor = With(role);
        foreach (var (purpose, word) in Enum.GetValues<Purpose>().Zip(words))
        {
            var reach = Policy.Reach(visitor, purpose, Today);
            Policy.Allows(visitor, purpose, Today).ShouldBe(word != "-", $"{role} {purpose}");
            if (purpose == Purpose.Enter)
                continue;
            reach.Covers("p", "nord", "t-1").ShouldBe(word != "-", $"{role} {purpose} own case");
            reach.Covers("p", "nord", "t-2").ShouldBe(word == "all", $"{role} {purpose} a colleague's case");
            reach.Covers("p", "nord", null).ShouldBe(word == "all", $"{role} {purpose} the team");
            reach.Touches("p", "nord").ShouldBe(word != "-");
            // Administrators and auditors have the programme, all others the team alone.
            reach.Covers("p", "syd", "t-1").ShouldBe(word != "-" && role is Role.Administrator or Role.Auditor && word == "all", $"{role} {purpose} another team");
            reach.Covers("q", "nord", "t-1").ShouldBeFalse($"{role} {purpose} another programme");
        }

        words.Length.ShouldBe(Enum.GetValues<Purpose>().Length);
    }

    [Fact]
    public void A_post_opens_from_its_first_day_to_its_last()
    {
        var visitor = new Visitor("n", "t-1", [new("p", "nord", Therapist with { From = new(2026, 3, 1), To = new(2026, 10, 31) })], []);
        foreach (var (day, open) in new[] { ("2026-02-28", false), ("2026-03-01", true), ("2026-10-31", true), ("2026-11-01", false) })
            Policy.Reach(visitor, Purpose.FollowTeam, DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture)).Covers("p", "nord", null).ShouldBe(open, day);
    }

    [Fact]
    public void Somebody_elses_post_opens_nothing() =>
        Policy.Reach(new("n", "t-2", [new("p", "nord", Therapist)], []), Purpose.FollowTeam, Today).Scopes.ShouldBeEmpty();

    [Fact]
    public void A_case_workers_post_opens_nothing() =>
        Policy.Held(new("n", "t-1", [new("p", "nord", Therapist with { Role = StaffRole.Caseworker })], []), Today).ShouldBeEmpty();

    [Fact]
    public void A_grant_opens_from_its_first_day_to_its_last_and_nothing_once_it_is_ended()
    {
        var grant = Granted(Role.ProgrammeDirector, "p", "nord") with { From = new(2026, 10, 1), Until = new(2026, 10, 31) };
        bool Opens(Grant given, DateOnly day) => Policy.Reach(new("n", null, [], [given]), Purpose.FollowTeam, day).Covers("p", "nord", null);
        Opens(grant, new(2026, 9, 30)).ShouldBeFalse();
        Opens(grant, new(2026, 10, 1)).ShouldBeTrue();
        Opens(grant, new(2026, 10, 31)).ShouldBeTrue();
        Opens(grant, new(2026, 11, 1)).ShouldBeFalse();
        // On the day of its end as well, and whatever day that was.
        Opens(grant with { Ended = new(grant.Id, new(2026, 10, 31), "r", "b") }, new(2026, 10, 31)).ShouldBeFalse();
        Opens(grant with { Ended = new(grant.Id, new(2026, 11, 30), "r", "b") }, new(2026, 10, 31)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("nord", true, true, "nord")]
    [InlineData(null, true, true, "nord")]
    [InlineData("nord", false, true, "")]
    [InlineData("nord", true, false, "")]
    [InlineData("syd", true, true, "")]
    [InlineData(null, true, false, "")]
    public void A_consultant_of_the_roster_sees_what_a_grant_and_a_post_both_name(string? granted, bool hasGrant, bool hasPost, string seen)
    {
        var post = new TeamPost("p", "nord", new("k-1", StaffRole.Consultant, new(2026, 1, 1), hasPost ? null : new(2026, 10, 30)));
        var visitor = new Visitor("n", "k-1", [post], hasGrant ? [Granted(Role.Consultant, "p", granted)] : []);
        Policy.Reach(visitor, Purpose.SeeScores, Today).Scopes.Select(scope => scope.TeamId ?? "all").ShouldBe(seen.Length == 0 ? [] : [seen]);
    }

    [Fact]
    public void A_consultant_outside_the_roster_sees_what_a_grant_names() =>
        Policy.Reach(new("n", null, [], [Granted(Role.Consultant, "p", null)]), Purpose.SeeScores, Today).Covers("p", "nord", null).ShouldBeTrue();

    [Fact]
    public void A_token_does_what_it_was_made_for_in_its_programme()
    {
        var visitor = new Visitor("import", null, [], [], new([Purpose.SubmitRecords], "p"));
        foreach (var purpose in Enum.GetValues<Purpose>().Except([Purpose.Enter]))
            Policy.Allows(visitor, purpose, Today).ShouldBe(purpose == Purpose.SubmitRecords, purpose.ToString());
        Policy.Reach(visitor, Purpose.SubmitRecords, Today).CoversAllOf("p").ShouldBeTrue();
        Policy.Reach(visitor, Purpose.SubmitRecords, Today).CoversAllOf("q").ShouldBeFalse();
        Policy.Reach(visitor with { Token = new([Purpose.SubmitRecords], null) }, Purpose.SubmitRecords, Today).CoversAllOf("q").ShouldBeTrue();
    }

    /// <summary>Somebody with one role on the team, or the programme where roles have that, and nothing else.</summary>
    static Visitor With(Role role) => role switch
    {
        Role.Interviewer => Posted(StaffRole.Interviewer),
        Role.Therapist => Posted(StaffRole.Therapist),
        Role.Supervisor => Posted(StaffRole.Supervisor),
        Role.Consultant => Posted(StaffRole.Consultant) with { Grants = [Granted(role, "p", "nord")] },
        Role.ProgrammeDirector => new("n", null, [], [Granted(role, "p", "nord")]),
        _ => new("n", null, [], [Granted(role, "p", null)]),
    };

    static Visitor Posted(StaffRole role) => new("n", "t-1", [new("p", "nord", Therapist with { Role = role })], []);

    static Grant Granted(Role role, string programme, string? team) =>
        new(Guid.CreateVersion7(), role, programme, team, "contract", new(2026, 1, 1), new(2026, 12, 31), "a", null);
}
