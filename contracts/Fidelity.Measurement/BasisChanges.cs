using System.Text.Json.Serialization;

namespace Fidelity.Measurement;

/// <summary>Why one record makes a measure another than it was (measurement.md §7).</summary>
[JsonConverter(typeof(CodeJsonConverter<ChangeCause>))]
public enum ChangeCause
{
    /// <summary>It became known later.</summary>
    Late,

    /// <summary>It was corrected, or filled in.</summary>
    Corrected,

    /// <summary>It was withdrawn.</summary>
    Withdrawn,

    /// <summary>The interviewer's independence changed with posts or with the case's therapist.</summary>
    Reassigned,

    /// <summary>It lies outside its case now, or no longer: the case's dates became known.</summary>
    CaseDates,

    /// <summary>It never fell due after all, or did.</summary>
    Rescheduled,

    /// <summary>Something that completes it became known later.</summary>
    CompletedLate,

    /// <summary>What completed it counts no longer.</summary>
    NoLongerCompleted,

    /// <summary>It is not known any more.</summary>
    Gone,
}

/// <summary>A record that makes a measure another than it was.</summary>
/// <param name="Cause">Why.</param>
/// <param name="Before">The record then; null when it was not known, or may not be told.</param>
/// <param name="After">The record now; null when it is not known any more, or may not be told.</param>
public sealed record BasisChange(ChangeCause Cause, BasisRow? Before, BasisRow? After);

/// <summary>The difference between what a measure rested on and what it rests on now.</summary>
public static class BasisChanges
{
    /// <summary>
    /// Every record that the measure sees otherwise, with its cause. With these exchanged, the one basis is the other: they explain the
    /// whole difference.
    /// </summary>
    public static IReadOnlyList<BasisChange> Between(MeasureBasis before, MeasureBasis after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var then = before.Rows.ToLookup(row => (row.Record, row.Unit, row.Date));
        var now = after.Rows.ToLookup(row => (row.Record, row.Unit, row.Date));
        return
        [
            .. then.Select(rows => rows.Key).Union(now.Select(rows => rows.Key))
                .OrderBy(key => key.Date).ThenBy(key => key.Record, StringComparer.Ordinal).ThenBy(key => key.Unit, StringComparer.Ordinal)
                .SelectMany(key => Changed(after.Kind, Without(then[key], now[key]), Without(now[key], then[key]))),
        ];
    }

    /// <summary>What of rows is left when each of others has taken its like: what belongs to surveys has no id, and several may be alike.</summary>
    static List<BasisRow> Without(IEnumerable<BasisRow> rows, IEnumerable<BasisRow> others)
    {
        var left = rows.ToList();
        foreach (var other in others)
            left.Remove(other);
        return left;
    }

    static IEnumerable<BasisChange> Changed(BasisKind kind, List<BasisRow> before, List<BasisRow> after) =>
        Enumerable.Range(0, Math.Max(before.Count, after.Count)).Select(place =>
        {
            var (was, became) = (before.ElementAtOrDefault(place), after.ElementAtOrDefault(place));
            return new BasisChange(Cause(kind, was, became), was, became);
        });

    static ChangeCause Cause(BasisKind kind, BasisRow? before, BasisRow? after) => (before, after) switch
    {
        (null, _) => ChangeCause.Late,
        (_, null) => ChangeCause.Gone,
        (_, { Ruling: Ruling.Withdrawn }) => ChangeCause.Withdrawn,
        ({ Ruling: Ruling.NotIndependent }, _) or (_, { Ruling: Ruling.NotIndependent }) => ChangeCause.Reassigned,
        ({ Ruling: Ruling.OutsideCase }, _) or (_, { Ruling: Ruling.OutsideCase }) => ChangeCause.CaseDates,
        ({ Ruling: Ruling.Void }, _) or (_, { Ruling: Ruling.Void }) => ChangeCause.Rescheduled,
        _ when kind is BasisKind.Opportunity => before!.Value < after!.Value ? ChangeCause.CompletedLate : ChangeCause.NoLongerCompleted,
        _ => ChangeCause.Corrected,
    };
}
