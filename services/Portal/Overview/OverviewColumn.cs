using Microsoft.AspNetCore.Components;

namespace Fidelity.Portal.Overview;

/// <summary>An indicator as a column of a table: what all its cells have in common.</summary>
/// <param name="Key">The measure.</param>
/// <param name="Name">Its short name in the reader's language.</param>
/// <param name="IsOwn">Whether only some profiles have it.</param>
/// <param name="Mark">Stands behind each figure where the measure rests on something unverified.</param>
public sealed record OverviewColumn(string Key, string Name, bool IsOwn, MarkupString Mark);
