using System.Collections.Immutable;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Marten;

namespace Fidelity.Roster;

public sealed record TeamRegistered(
    string Programme, string TeamId, string Name, string Profile, DateOnly Opened, DateOnly? Closed, int PirStartMonth);

public sealed record TeamClosed(DateOnly Closed);

public sealed record PostStarted(string StaffId, StaffRole Role, DateOnly From, DateOnly? To);

public sealed record PostEnded(string StaffId, StaffRole Role, DateOnly From, DateOnly To);

/// <summary>A team and its posts. A post may come before its team and waits for it.</summary>
public sealed record Team
{
    public string Id { get; set; } = "";

    public TeamRegistered? Registered { get; init; }

    public ImmutableList<Post> Posts { get; init; } = [];

    public ImmutableList<Guid> Waiting { get; init; } = [];

    public Team Apply(TeamRegistered happened) => this with { Registered = happened };

    public Team Apply(TeamClosed happened) => this with { Registered = Registered! with { Closed = happened.Closed } };

    public Team Apply(PostStarted happened) => this with { Posts = Posts.Add(new(happened.StaffId, happened.Role, happened.From, happened.To)) };

    public Team Apply(PostEnded happened) => this with
    {
        Posts = [.. Posts.Select(post => IsSame(post, happened.StaffId, happened.Role, happened.From) ? post with { To = happened.To } : post)],
    };

    public Team Apply(WaitBegan happened) => this with { Waiting = Waiting.Add(happened.SubmissionId) };

    public Team Apply(WaitEnded happened) => this with { Waiting = Waiting.Remove(happened.SubmissionId) };

    public static Decision<Team> Register(Team? team, RegisterTeam command)
    {
        team ??= new Team();
        if (team.Registered is not { } known)
        {
            var registered = new TeamRegistered(
                command.Programme, command.TeamId, command.Name, command.Profile, command.Opened, command.Closed, command.PirStartMonth);
            WaitEnded[] ended = [.. team.Waiting.Select(waiting => new WaitEnded(waiting, SubmissionOutcome.Recorded, []))];
            return Decision.Recorded(ended.Aggregate(team.Apply(registered), (state, end) => state.Apply(end)), [registered, .. ended]);
        }

        var filling = Filling.Of(
            new RegisterTeam(command.SubmissionId, known.Programme, known.TeamId, known.Name, known.Profile, known.Opened, known.Closed, known.PirStartMonth),
            command);
        if (filling.Altered.Count > 0)
            return Decision.Refused(team, [.. filling.Altered.Select(column => Conflicting.Content("team", column))]);
        if (filling.Merged.Closed is not { } closed || known.Closed is not null)
            return Decision.Recorded(team);
        var closing = new TeamClosed(closed);
        return Decision.Recorded(team.Apply(closing), closing);
    }

    public static Decision<Team> Register(Team? team, RegisterPost command)
    {
        team ??= new Team();
        List<object> events = [];
        if (team.Posts.Find(post => IsSame(post, command.StaffId, command.Role, command.From)) is not { } known)
        {
            var started = new PostStarted(command.StaffId, command.Role, command.From, command.To);
            team = team.Apply(started);
            events.Add(started);
        }
        else if (command.To is { } to && known.To is null)
        {
            var ended = new PostEnded(command.StaffId, command.Role, command.From, to);
            team = team.Apply(ended);
            events.Add(ended);
        }
        else if (command.To is not null && command.To != known.To)
        {
            return Decision.Refused(team, Conflicting.Content("post", "to"));
        }

        if (team.Registered is not null)
            return Decision.Recorded(team, events);
        if (!team.Waiting.Contains(command.SubmissionId))
        {
            var began = new WaitBegan(command.SubmissionId);
            team = team.Apply(began);
            events.Add(began);
        }

        return Decision.Waiting(team, events, new Cause(ErrorCodes.UnknownReference, "team_id",
            "The team is not registered yet. The post takes effect when it is."));
    }

    static bool IsSame(Post post, string staff, StaffRole role, DateOnly from) => post.Staff == staff && post.Role == role && post.From == from;

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<TeamRegistered>("team_registered");
        options.Events.MapEventType<TeamClosed>("team_closed");
        options.Events.MapEventType<PostStarted>("post_started");
        options.Events.MapEventType<PostEnded>("post_ended");
        options.Projections.LiveStreamAggregation<Team>();
    }
}

static class Conflicting
{
    public static Cause Content(string what, string column) => new(ErrorCodes.ConflictingId, column,
        $"The {what} is already recorded with another {column}. A filled value is not altered by a repeat; leave it blank or give the same.");
}
