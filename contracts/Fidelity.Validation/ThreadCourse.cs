using Fidelity.Contracts.Pir;

namespace Fidelity.Validation;

/// <summary>
/// The course of a thread on a chart: a note, what it may come from, what is done about it, and at the next review whether that helped.
/// It is shared by whoever shows what comes next and the owner, who decides.
/// </summary>
public static class ThreadCourse
{
    /// <summary>What may be written next, the expected first; empty once the thread is closed.</summary>
    /// <param name="entries">Oldest first; at least one.</param>
    public static IReadOnlyList<ThreadEntryKind> Next(IReadOnlyList<ThreadEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return entries[^1] switch
        {
            { Kind: ThreadEntryKind.Note } => [ThreadEntryKind.Hypothesis],
            { Kind: ThreadEntryKind.Hypothesis } => [ThreadEntryKind.Action, ThreadEntryKind.Hypothesis],
            { Kind: ThreadEntryKind.Action } => [ThreadEntryKind.Check, ThreadEntryKind.Action],
            { Outcome: CheckOutcome.GoesOn } => [ThreadEntryKind.Action, ThreadEntryKind.Hypothesis],
            _ => [],
        };
    }

    /// <summary>Whether there is work in it: more than a note, and not closed.</summary>
    public static bool IsOpen(IReadOnlyList<ThreadEntry> entries) => Next(entries).Count > 0 && entries[^1].Kind != ThreadEntryKind.Note;

    /// <summary>The actions that have not been checked, in the order in which they were decided.</summary>
    public static IReadOnlyList<ThreadEntry> Unchecked(IReadOnlyList<ThreadEntry> entries) =>
        [.. entries.Reverse().TakeWhile(entry => entry.Kind == ThreadEntryKind.Action).Reverse()];
}
