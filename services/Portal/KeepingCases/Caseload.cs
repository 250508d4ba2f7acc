using Fidelity.Contracts.Roster;
using Fidelity.Measurement;

namespace Fidelity.Portal.KeepingCases;

/// <summary>A team's cases.</summary>
/// <param name="Open">Those in treatment, by id.</param>
/// <param name="Discharged">The others, last discharged first, as many as are shown.</param>
/// <param name="AllDischarged">How many there are of them.</param>
public sealed record Caseload(IReadOnlyList<CaseFile> Open, IReadOnlyList<CaseFile> Discharged, int AllDischarged)
{
    /// <summary>Whether a post lets somebody have cases.</summary>
    public static bool Treats(Post post)
    {
        ArgumentNullException.ThrowIfNull(post);
        return post.Role is StaffRole.Therapist or StaffRole.Supervisor;
    }

    /// <summary>
    /// The open cases that are left without a therapist: theirs has no post to treat families on the team, or one that ends while the case is open and
    /// nobody else's yet.
    /// </summary>
    public IReadOnlyList<LeftCase> LeftBy(IReadOnlyList<Post> posts, DateOnly today) =>
    [
        .. from file in Open
           let therapist = file.TherapistAt(today)
           let held = posts.Where(post => post.Staff == therapist && Treats(post) && !(post.To < today)).ToList()
           where held.All(post => post.To is not null)
           let last = held.Count == 0 ? (DateOnly?)null : held.Max(post => post.To)
           let after = last?.AddDays(1) ?? today
           where file.IsOpen(after) && file.TherapistAt(after) == therapist
           select new LeftCase(file.Case, therapist, last),
    ];
}

/// <summary>An open case that needs another therapist.</summary>
/// <param name="Last">The therapist's last day in post; null when that has passed.</param>
public sealed record LeftCase(CaseChanged Case, string Therapist, DateOnly? Last);
