namespace Fidelity.Measurement.Tests;

public sealed class IndependenceTests
{
    static readonly DateOnly Day = new(2026, 3, 10);

    static readonly Post[] Team =
    [
        new("t-1", StaffRole.Therapist, new(2026, 1, 1), null),
        new("t-2", StaffRole.Therapist, new(2026, 1, 1), new(2026, 3, 10)),
        new("t-3", StaffRole.Therapist, new(2026, 3, 11), null),
        new("s-1", StaffRole.Supervisor, new(2026, 1, 1), null),
        new("v-1", StaffRole.Interviewer, new(2026, 1, 1), null),
    ];

    [Theory]
    [InlineData(null, true)] // self-report
    [InlineData("v-1", true)]
    [InlineData("s-1", true)] // supervisors may interview
    [InlineData("t-1", false)]
    [InlineData("t-2", false)] // her last day in post
    [InlineData("t-3", true)] // begins tomorrow
    [InlineData("t-9", false)] // the case's therapist, in whatever post
    [InlineData("unknown", true)]
    public void Therapists_of_the_team_and_the_case_may_not_interview(string? interviewer, bool independent) =>
        Independence.Holds(interviewer, Day, "t-9", [], Team).ShouldBe(independent);

    [Fact]
    public void The_therapist_is_the_one_the_case_had_that_day()
    {
        Reassignment[] reassignments = [new("t-8", new(2026, 3, 11)), new("t-7", new(2026, 3, 1))];
        Independence.TherapistAt(new(2026, 2, 28), "t-9", reassignments).ShouldBe("t-9");
        Independence.TherapistAt(new(2026, 3, 10), "t-9", reassignments).ShouldBe("t-7");
        Independence.TherapistAt(new(2026, 3, 11), "t-9", reassignments).ShouldBe("t-8");
        Independence.Holds("t-9", Day, "t-9", reassignments, []).ShouldBeTrue();
        Independence.Holds("t-7", Day, "t-9", reassignments, []).ShouldBeFalse();
    }
}
