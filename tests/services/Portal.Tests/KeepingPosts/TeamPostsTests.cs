using Fidelity.Measurement;
using Fidelity.Portal.KeepingPosts;
using static Fidelity.Portal.Tests.Teams.Team;

namespace Fidelity.Portal.Tests.KeepingPosts;

/// <summary>Who is in post and was, and which posts a supervisor ends.</summary>
public sealed class TeamPostsTests
{
    static readonly DateOnly Today = Day(6, 10);

    static readonly Post Supervisor = new("s-1", StaffRole.Supervisor, Day(1, 1), null);
    static readonly Post Therapist = new("t-1", StaffRole.Therapist, Day(1, 1), null);
    static readonly Post Leaving = new("t-2", StaffRole.Therapist, Day(1, 1), Today);
    static readonly Post Coming = new("i-1", StaffRole.Interviewer, Day(7, 1), null);
    static readonly Post Left = new("t-3", StaffRole.Therapist, Day(1, 1), Today.AddDays(-1));
    static readonly Post LeftBefore = new("t-4", StaffRole.Therapist, Day(1, 1), Day(2, 1));

    static readonly TeamPosts Posts = TeamPosts.Of([LeftBefore, Coming, Leaving, Left, Supervisor, Therapist], Today);

    [Fact]
    public void Who_is_in_post_until_today_or_comes_is_not_among_those_who_left()
    {
        Posts.Now.ShouldBe([Therapist, Leaving, Supervisor, Coming]);
        Posts.Before.ShouldBe([Left, LeftBefore]);
    }

    [Fact]
    public void A_last_day_is_set_once_and_not_for_supervisors_and_consultants()
    {
        Posts.Endable.ShouldBe([Therapist, Coming]);
        Posts.Find("t-1|therapist|2026-01-01").ShouldBe(Therapist);
        Posts.Find("s-1|supervisor|2026-01-01").ShouldBeNull();
        Posts.Find("t-2|therapist|2026-01-01").ShouldBeNull();
    }

    [Fact]
    public void The_end_of_a_post_says_which_it_is()
    {
        Posts.Ending(With(), "t-1|therapist|2026-01-01", "2026-06-30").ShouldBe(new Dictionary<string, string>
        {
            ["staff_id"] = "t-1", ["team_id"] = "norr", ["role"] = "therapist", ["from"] = "2026-01-01", ["to"] = "2026-06-30",
        }, ignoreOrder: true);
        Posts.Ending(With(), "s-1|supervisor|2026-01-01", "2026-06-30").Keys.ShouldBe(["team_id", "to"], ignoreOrder: true);
    }
}
