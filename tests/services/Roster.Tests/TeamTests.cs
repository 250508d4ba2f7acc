using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using static Fidelity.Roster.Tests.Example;

namespace Fidelity.Roster.Tests;

public sealed class TeamTests
{
    [Fact]
    public void A_team_is_registered_with_what_is_given()
    {
        var decision = Team.Register(null, NewTeam);
        decision.Codes().ShouldBe("Recorded");
        decision.Events.ShouldBe([new TeamRegistered("demo", "norr", "Team Norr", "mst@1", new(2025, 1, 1), null, 1)]);
    }

    [Fact]
    public void The_same_team_again_is_no_event()
    {
        var known = Team.Register(null, NewTeam).State;
        var repeat = Team.Register(known, NewTeam);
        repeat.Codes().ShouldBe("Recorded");
        repeat.Events.ShouldBeEmpty();
    }

    [Fact]
    public void A_repeat_may_fill_the_closing_day_and_a_blank_one_says_nothing()
    {
        var known = Team.Register(null, NewTeam).State;
        var closing = Team.Register(known, NewTeam with { Closed = Day(6, 30) });
        closing.Events.ShouldBe([new TeamClosed(Day(6, 30))]);
        closing.State.Registered!.Closed.ShouldBe(Day(6, 30));
        Team.Register(closing.State, NewTeam).Events.ShouldBeEmpty();
        Team.Register(closing.State, NewTeam with { Closed = Day(6, 30) }).Events.ShouldBeEmpty();
    }

    [Fact]
    public void Altering_what_is_filled_is_a_conflict_that_names_every_column()
    {
        var known = Team.Register(null, NewTeam with { Closed = Day(6, 30) }).State;
        var altered = NewTeam with { Name = "Team Nord", Profile = "mst-can@1", Opened = new(2025, 2, 1), Closed = Day(7, 31), PirStartMonth = 4 };
        var decision = Team.Register(known, altered);
        decision.Codes().ShouldBe(
            "Refused conflicting_id:name conflicting_id:profile conflicting_id:opened conflicting_id:closed conflicting_id:pir_start_month");
        decision.Events.ShouldBeEmpty();
        decision.State.ShouldBe(known);
    }

    [Fact]
    public void A_post_before_its_team_is_kept_waits_and_is_answered_when_the_team_comes()
    {
        var post = NewPost;
        var waiting = Team.Register(null, post);
        waiting.Codes().ShouldBe("Waiting unknown_reference:team_id");
        waiting.Events.ShouldBe([new PostStarted("t-1", StaffRole.Therapist, new(2025, 1, 1), null), new WaitBegan(post.SubmissionId)]);
        Team.Register(waiting.State, post).Events.ShouldBeEmpty();

        var registered = Team.Register(waiting.State, NewTeam);
        registered.Events.Answered().ShouldBe([post.SubmissionId]);
        registered.State.Waiting.ShouldBeEmpty();
        registered.State.Posts.ShouldBe([new Post("t-1", StaffRole.Therapist, new(2025, 1, 1), null)]);
    }

    [Fact]
    public void A_post_ends_when_a_repeat_fills_its_last_day()
    {
        var known = Team.Register(Team.Register(null, NewTeam).State, NewPost).State;
        var ending = Team.Register(known, NewPost with { To = Day(3, 31) });
        ending.Codes().ShouldBe("Recorded");
        ending.Events.ShouldBe([new PostEnded("t-1", StaffRole.Therapist, new(2025, 1, 1), Day(3, 31))]);
        ending.State.Posts.ShouldBe([new Post("t-1", StaffRole.Therapist, new(2025, 1, 1), Day(3, 31))]);
        Team.Register(ending.State, NewPost with { To = Day(3, 31) }).Events.ShouldBeEmpty();
        Team.Register(ending.State, NewPost).Events.ShouldBeEmpty();
        Team.Register(ending.State, NewPost with { To = Day(4, 30) }).Codes().ShouldBe("Refused conflicting_id:to");
    }

    [Fact]
    public void Another_role_and_a_return_are_posts_of_their_own()
    {
        var known = Team.Register(Team.Register(null, NewTeam).State, NewPost with { To = Day(3, 31) }).State;
        known = Team.Register(known, NewPost with { Role = StaffRole.Supervisor }).State;
        known = Team.Register(known, NewPost with { From = Day(6, 1) }).State;
        known.Posts.ShouldBe(
        [
            new("t-1", StaffRole.Therapist, new(2025, 1, 1), Day(3, 31)),
            new("t-1", StaffRole.Supervisor, new(2025, 1, 1), null),
            new("t-1", StaffRole.Therapist, Day(6, 1), null),
        ]);
    }
}
