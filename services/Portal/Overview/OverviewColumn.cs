using Microsoft.AspNetCore.Components;

namespace Fidelity.Portal.Overview;

/// <summary>An indicator as a column of a table: what all its cells have in common.</summary>
/// <param name="Key">The measure.</param>
/// <param name="Name">Its short name in the reader's language.</param>
/// <param name="IsOwn">Whether only some profiles have it.</param>
/// <param name="IsCharted">Whether it has a control chart.</param>
/// <param name="Mark">Stands behind each figure where the measure rests on something unverified.</param>
public sealed record OverviewColumn(string Key, string Name, bool IsOwn, bool IsCharted, MarkupString Mark)
{
    /// <summary>The classes of its cells.</summary>
    public string? Classes => (IsOwn, IsCharted) switch { (true, true) => "own charted", (true, _) => "own", (_, true) => "charted", _ => null };
}
