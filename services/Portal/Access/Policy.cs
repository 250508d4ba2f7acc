using System.Text.Json.Serialization;
using Fidelity.Measurement;

namespace Fidelity.Portal.Access;

/// <summary>What somebody is here. The first three come from posts, the others from grants; a case worker's post gives nothing.</summary>
[JsonConverter(typeof(CodeJsonConverter<Role>))]
public enum Role
{
    /// <summary>Calls families.</summary>
    Interviewer,

    /// <summary>Treats families.</summary>
    Therapist,

    /// <summary>Leads a team.</summary>
    Supervisor,

    /// <summary>Consults to teams.</summary>
    Consultant,

    /// <summary>Follows teams, and sees no family.</summary>
    ProgrammeDirector,

    /// <summary>Makes accounts and grants, and sees no team.</summary>
    Administrator,

    /// <summary>Sees who has access to what, and why.</summary>
    Auditor,
}

/// <summary>What something is done for. Every route names one.</summary>
[JsonConverter(typeof(CodeJsonConverter<Purpose>))]
public enum Purpose
{
    /// <summary>To be here at all: what everybody sees who has signed in.</summary>
    Enter,

    /// <summary>To follow teams by their figures: reviews and trends.</summary>
    FollowTeam,

    /// <summary>To do a team's work: what is due and what came of it, as counts.</summary>
    WorkOnTeam,

    /// <summary>To know the families: whose interview is due, and what came of each.</summary>
    SeeCases,

    /// <summary>To read single interviews. Each speaks of a therapist.</summary>
    SeeScores,

    /// <summary>To call families, and to record what they answer.</summary>
    Interview,

    /// <summary>To rate the own supervisor or consultant.</summary>
    Rate,

    /// <summary>To open and end a team's cases and posts.</summary>
    ManageTeam,

    /// <summary>To write what a team's figures mean, and to sign it.</summary>
    WriteReview,

    /// <summary>To bring in a programme's files, and to see what came of them.</summary>
    ImportFiles,

    /// <summary>To bring in records as a program, and to ask what became of them.</summary>
    SubmitRecords,

    /// <summary>To keep the service running.</summary>
    Operate,

    /// <summary>To see accounts, grants and tokens.</summary>
    SeeAccess,

    /// <summary>To give and to end access.</summary>
    GiveAccess,

    /// <summary>To answer for what is kept of families: to give a family what is kept of it, and to erase it when its time has come.</summary>
    KeepRecords,

    /// <summary>To have programs told of what happens, as a program. An administrator does it on a page, by the right to give access.</summary>
    Subscribe,
}

/// <summary>A person's post, and the team it is on.</summary>
public sealed record TeamPost(string Programme, string TeamId, Post Post);

/// <summary>What a token lets a program do, in one programme or in all.</summary>
public sealed record TokenScope(IReadOnlyList<Purpose> Purposes, string? Programme);

/// <summary>Whoever asks, and all that their access rests on.</summary>
/// <param name="Name">The sign-in name, or the token's.</param>
/// <param name="Staff">The person in the roster who it is; null for who is not in it.</param>
/// <param name="Posts">Every post that this person has had.</param>
/// <param name="Grants">Every grant that the account was given.</param>
/// <param name="Token">What the token is for, when it is a program that asks.</param>
public sealed record Visitor(
    string Name, string? Staff, IReadOnlyList<TeamPost> Posts, IReadOnlyList<Grant> Grants, TokenScope? Token = null)
{
    /// <summary>By what name records and forms speak of them.</summary>
    public string Holder => Staff ?? Name;
}

/// <summary>Some of what there is.</summary>
/// <param name="Programme">Null: every programme.</param>
/// <param name="TeamId">Null: every team there.</param>
/// <param name="OnlyOf">The therapist whose cases alone are meant; null: every case there.</param>
public sealed record Scope(string? Programme, string? TeamId = null, string? OnlyOf = null)
{
    public bool Covers(string? programme, string? team, string? therapist) =>
        (Programme is null || Programme == programme) && (TeamId is null || TeamId == team) && (OnlyOf is null || OnlyOf == therapist);
}

/// <summary>
/// Who may see what (deploy/adr/0007-access.md): the one place where it is decided, for pages, API, lists and counts alike.
/// </summary>
public static class Policy
{
    /// <summary>How much of what a role is held on is open for a purpose.</summary>
    enum Extent
    {
        Nothing,
        OwnCases,
        Everything,
    }

    static Extent Of(Role role, Purpose purpose) => (role, purpose) switch
    {
        (Role.Interviewer, Purpose.WorkOnTeam or Purpose.SeeCases or Purpose.Interview) => Extent.Everything,
        (Role.Therapist, Purpose.FollowTeam or Purpose.WorkOnTeam) => Extent.Everything,
        (Role.Therapist, Purpose.SeeCases or Purpose.SeeScores) => Extent.OwnCases,
        (Role.Supervisor or Role.Consultant, Purpose.FollowTeam or Purpose.WorkOnTeam or Purpose.SeeCases or Purpose.SeeScores) => Extent.Everything,
        (Role.Supervisor or Role.Consultant, Purpose.WriteReview) => Extent.Everything,
        (Role.Therapist or Role.Supervisor, Purpose.Rate) => Extent.Everything,
        (Role.Supervisor, Purpose.Interview or Purpose.ManageTeam) => Extent.Everything,
        (Role.ProgrammeDirector, Purpose.FollowTeam or Purpose.WorkOnTeam) => Extent.Everything,
        (Role.Administrator, Purpose.Operate or Purpose.SeeAccess or Purpose.GiveAccess or Purpose.KeepRecords or Purpose.ImportFiles) => Extent.Everything,
        (Role.Auditor, Purpose.SeeAccess) => Extent.Everything,
        _ => Extent.Nothing,
    };

    /// <summary>Whether somebody may come for a purpose, whatever there is to see then.</summary>
    public static bool Allows(Visitor visitor, Purpose purpose, DateOnly today) =>
        purpose == Purpose.Enter || Reach(visitor, purpose, today).Scopes.Count > 0;

    /// <summary>All that is open to somebody for a purpose today.</summary>
    public static Reach Reach(Visitor visitor, Purpose purpose, DateOnly today) => visitor.Token is { } token
        ? new(purpose, token.Purposes.Contains(purpose) ? [new(token.Programme)] : [])
        : new(purpose,
        [
            .. Held(visitor, today).Select(held => Of(held.Role, purpose) switch
            {
                Extent.Everything => held.On,
                Extent.OwnCases => held.On with { OnlyOf = visitor.Staff },
                _ => null,
            }).OfType<Scope>().Distinct(),
        ]);

    /// <summary>The roles that somebody has today, and on what.</summary>
    public static IEnumerable<(Role Role, Scope On)> Held(Visitor visitor, DateOnly today)
    {
        var posts = visitor.Posts.Where(held => held.Post.Staff == visitor.Staff && held.Post.Covers(today)).ToList();
        foreach (var held in posts)
        {
            if (OfPost(held.Post.Role) is { } role)
                yield return (role, new(held.Programme, held.TeamId));
        }

        foreach (var grant in visitor.Grants.Where(grant => grant.Holds(today)))
        {
            if (grant.Role != Role.Consultant || visitor.Staff is null)
            {
                yield return (grant.Role, new(grant.Programme, grant.TeamId));
                continue;
            }

            // Of who is in the roster, the grant needs the post: when that ends, the grant gives nothing.
            foreach (var held in posts.Where(held =>
                         held.Post.Role == StaffRole.Consultant && new Scope(grant.Programme, grant.TeamId).Covers(held.Programme, held.TeamId, null)))
                yield return (Role.Consultant, new(held.Programme, held.TeamId));
        }
    }

    /// <summary>What whoever operates the installation may give: access to all of it.</summary>
    public static Reach Installation { get; } = new(Purpose.GiveAccess, [new(null)]);

    /// <summary>
    /// What was open when something was asked for that is made later: a file comes out the same then, and whoever fetches it is asked
    /// for what is open to them today.
    /// </summary>
    public static Reach Recorded(Purpose purpose, IReadOnlyList<Scope> scopes) => new(purpose, scopes);

    public static Reach Nothing { get; } = new(Purpose.Enter, []);

    static Role? OfPost(StaffRole post) => post switch
    {
        StaffRole.Interviewer => Role.Interviewer,
        StaffRole.Therapist => Role.Therapist,
        StaffRole.Supervisor => Role.Supervisor,
        _ => null,
    };
}
