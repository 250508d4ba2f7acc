namespace Fidelity.Measurement;

/// <summary>What is measured: therapist, supervisor or consultant adherence.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(CodeJsonConverter<Instrument>))]
public enum Instrument
{
    /// <summary>Therapist Adherence Measure, answered by the family.</summary>
    Tam,

    /// <summary>Supervisor Adherence Measure, answered by each therapist.</summary>
    Sam,

    /// <summary>Consultant Adherence Measure, answered by each therapist and supervisor.</summary>
    Cam,
}

/// <summary>How answers become a score (measurement.md §1).</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(CodeJsonConverter<ScoringRule>))]
public enum ScoringRule
{
    /// <summary>An answer at the adherent end of the scale counts 1, any other 0; the mean over answered items, 0–1.</summary>
    TopBox,

    /// <summary>The mean of answered items, reverse-scored ones flipped, moved to 0–1.</summary>
    Linear,

    /// <summary>The mean of answered items per subscale, on the instrument's own scale; never a total.</summary>
    SubscaleMeans,
}

/// <summary>How surely a rule is known (measurement.md, introduction). Shown wherever the number is shown.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(CodeJsonConverter<SourceStatus>))]
public enum SourceStatus
{
    /// <summary>Our default until the licence holder's key is loaded.</summary>
    Unverified,

    /// <summary>Read in a public primary text.</summary>
    Verified,
}

/// <summary>One part of a definition, how surely it is known, and a sentence on why.</summary>
public sealed record KnownPart(string Part, SourceStatus Status, string Note);

/// <summary>The items of one subscale and how many of them must be answered for it to have a score.</summary>
public sealed record Subscale(string Key, IReadOnlyList<int> Items, int MinimumAnswered)
{
    /// <summary>A subscale that needs half of its items, rounded up.</summary>
    internal static Subscale NeedingHalf(string key, params IEnumerable<int> items)
    {
        int[] all = [.. items];
        return new(key, all, (all.Length + 1) / 2);
    }
}

/// <summary>
/// A version of an instrument: everything that turns answers into a score, with where it is known from. Item texts are
/// licensed and never part of it; items are numbered from 1 (measurement.md §1).
/// </summary>
public sealed record InstrumentDefinition
{
    /// <summary>Name and version, <c>tam-r@1</c>. A score always names it.</summary>
    public required string Id { get; init; }

    /// <summary>What it measures.</summary>
    public required Instrument Instrument { get; init; }

    /// <summary>The number of items.</summary>
    public required int Items { get; init; }

    /// <summary>The lowest answer on the scale.</summary>
    public required int Lowest { get; init; }

    /// <summary>The highest answer on the scale.</summary>
    public required int Highest { get; init; }

    /// <summary>How answers become a score.</summary>
    public required ScoringRule Rule { get; init; }

    /// <summary>Items whose adherent end is <see cref="Lowest"/>.</summary>
    public IReadOnlyList<int> ReverseScored { get; init; } = [];

    /// <summary>Empty unless the rule is <see cref="ScoringRule.SubscaleMeans"/>.</summary>
    public IReadOnlyList<Subscale> Subscales { get; init; } = [];

    /// <summary>How many items must be answered for a score to exist; null where each subscale has its own.</summary>
    public int? MinimumAnswered { get; init; }

    /// <summary>A score at or above it is adherent; null when the instrument has none.</summary>
    public Fraction? Threshold { get; init; }

    /// <summary>The public text it was read in.</summary>
    public required string Source { get; init; }

    /// <summary>Each part with its own status.</summary>
    public required IReadOnlyList<KnownPart> Parts { get; init; }

    /// <summary>Verified when every part is.</summary>
    public SourceStatus Status => Parts.Min(part => part.Status);

    /// <summary>True when the answer is on the scale, not applicable or blank.</summary>
    public bool Accepts(Answer answer) => answer.Value is not { } value || (value >= Lowest && value <= Highest);
}
