using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.KeepingCases;
using static Fidelity.Portal.Tests.Teams.Team;

namespace Fidelity.Portal.Tests.KeepingCases;

/// <summary>Open cases whose therapist leaves the team.</summary>
public sealed class CaseloadTests
{
    static readonly DateOnly Today = Day(6, 10);

    static IReadOnlyList<(string, DateOnly?)> Left(CaseChanged family, params Post[] posts) =>
        [.. new Caseload([new(family, [])], [], 0).LeftBy(posts, Today).Select(left => (left.Therapist, left.Last))];

    static Post Therapist(string staff, DateOnly from, DateOnly? to = null) => new(staff, StaffRole.Therapist, from, to);

    [Fact]
    public void A_case_is_left_by_who_is_not_in_post_or_has_a_last_day()
    {
        var family = Family("c-1", Day(3, 2));
        Left(family, Therapist("t-1", Day(1, 1))).ShouldBeEmpty();
        Left(family, Therapist("t-1", Day(1, 1), Day(6, 30))).ShouldBe([("t-1", Day(6, 30))]);
        Left(family, Therapist("t-1", Day(1, 1), Today.AddDays(-1))).ShouldBe([("t-1", null)]);
        Left(family, Therapist("t-2", Day(1, 1))).ShouldBe([("t-1", null)]);
        Left(family, Therapist("t-1", Day(1, 1), Day(6, 30)), new("t-1", StaffRole.Interviewer, Day(1, 1), null)).ShouldBe([("t-1", Day(6, 30))], "who interviews treats nobody");
        Left(family, Therapist("t-1", Day(1, 1), Day(6, 30)), new("t-1", StaffRole.Supervisor, Day(6, 1), null)).ShouldBeEmpty();
        Left(family, Therapist("t-1", Day(1, 1), Day(6, 30)), Therapist("t-1", Day(7, 1))).ShouldBeEmpty("they go on in another post");
    }

    [Fact]
    public void It_is_not_left_when_it_is_given_to_somebody_else_or_discharged_by_then()
    {
        var (family, leaving) = (Family("c-1", Day(3, 2)), Therapist("t-1", Day(1, 1), Day(6, 30)));
        Left(family with { Reassignments = [new("t-2", Day(7, 1))] }, leaving, Therapist("t-2", Day(1, 1))).ShouldBeEmpty();
        Left(family with { Reassignments = [new("t-2", Day(7, 2))] }, leaving, Therapist("t-2", Day(1, 1))).ShouldBe([("t-1", Day(6, 30))], "a day nobody has it");
        Left(Family("c-1", Day(3, 2), Day(7, 1)), leaving).ShouldBeEmpty();
        Left(Family("c-1", Day(3, 2), Day(7, 2)), leaving).ShouldBe([("t-1", Day(6, 30))]);
    }
}
