using System.Globalization;
using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.Figures;

namespace Fidelity.Portal.KeepingPosts;

/// <summary>Who is on a team.</summary>
/// <param name="Now">In post today or from a day to come, by role.</param>
/// <param name="Before">Who has left, last first.</param>
public sealed record TeamPosts(IReadOnlyList<Post> Now, IReadOnlyList<Post> Before)
{
    /// <summary>
    /// What a supervisor starts and ends. The posts of supervisors and consultants open all that there is of a team: who gives them, and
    /// takes them, answers for the programme.
    /// </summary>
    public static readonly IReadOnlyList<StaffRole> Kept = [StaffRole.Therapist, StaffRole.Interviewer, StaffRole.Caseworker];

    public static TeamPosts Of(IReadOnlyList<Post> posts, DateOnly today)
    {
        var over = posts.ToLookup(post => post.To < today);
        return new(
            [.. over[false].OrderBy(post => post.Role).ThenBy(post => post.Staff, StringComparer.Ordinal).ThenBy(post => post.From)],
            [.. over[true].OrderByDescending(post => post.To).ThenBy(post => post.Staff, StringComparer.Ordinal)]);
    }

    /// <summary>The posts that can be given a last day here; one that is set stays.</summary>
    public IReadOnlyList<Post> Endable => [.. Now.Where(post => post.To is null && Kept.Contains(post.Role))];

    /// <summary>One of those, as a form names it; null for anything else.</summary>
    public Post? Find(string name) => Endable.FirstOrDefault(post => NameOf(post) == name);

    public static string NameOf(Post post)
    {
        ArgumentNullException.ThrowIfNull(post);
        return string.Create(CultureInfo.InvariantCulture, $"{post.Staff}|{Codes.Of(post.Role)}|{post.From:yyyy-MM-dd}");
    }

    /// <summary>The row of the import file that ends a post.</summary>
    public IReadOnlyDictionary<string, string> Ending(TeamChanged team, string name, string last)
    {
        ArgumentNullException.ThrowIfNull(team);
        var row = new Dictionary<string, string>(StringComparer.Ordinal) { ["team_id"] = team.TeamId, ["to"] = last };
        if (Find(name) is { } post)
            (row["staff_id"], row["role"], row["from"]) = (post.Staff, Codes.Of(post.Role), Dates.Machine(post.From));
        return row;
    }
}
