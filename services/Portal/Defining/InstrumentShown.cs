using Fidelity.Measurement;

namespace Fidelity.Portal.Defining;

/// <summary>A version of an instrument: everything that turns answers into a score, with where it is known from (measurement.md §1).</summary>
/// <param name="Id">Its name and version. A score always names it.</param>
/// <param name="Instrument">What it measures.</param>
/// <param name="Items">How many items it has, numbered from 1.</param>
/// <param name="Lowest">The lowest answer on the scale.</param>
/// <param name="Highest">The highest answer on the scale.</param>
/// <param name="Rule">How answers become a score.</param>
/// <param name="ReverseScored">The items whose adherent end is the lowest answer.</param>
/// <param name="Subscales">The subscales, each with a score of its own and never a total; empty when the whole has a score.</param>
/// <param name="MinimumAnswered">How many items must be answered for a score to exist; null where each subscale has its own minimum.</param>
/// <param name="Threshold">A score at or above it is adherent; null when it has none.</param>
/// <param name="Source">The public text that it was read in.</param>
/// <param name="Status">Verified when every part is.</param>
/// <param name="Parts">How surely each part is known, and why.</param>
sealed record InstrumentShown(
    string Id, Instrument Instrument, int Items, int Lowest, int Highest, ScoringRule Rule, IReadOnlyList<int> ReverseScored,
    IReadOnlyList<SubscaleShown> Subscales, int? MinimumAnswered, double? Threshold, string Source, SourceStatus Status, IReadOnlyList<PartShown> Parts)
{
    public static InstrumentShown Of(InstrumentDefinition definition) => new(
        definition.Id, definition.Instrument, definition.Items, definition.Lowest, definition.Highest, definition.Rule, definition.ReverseScored,
        [.. definition.Subscales.Select(subscale => new SubscaleShown(subscale.Key, subscale.Items, subscale.MinimumAnswered))],
        definition.MinimumAnswered, definition.Threshold?.ToDouble(), definition.Source, definition.Status,
        [.. definition.Parts.Select(part => new PartShown(part.Part, part.Status, part.Note))]);
}

/// <summary>A subscale of an instrument.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Items">The numbers of its items; an item may count in two subscales.</param>
/// <param name="MinimumAnswered">How many of them must be answered for it to have a score.</param>
sealed record SubscaleShown(string Key, IReadOnlyList<int> Items, int MinimumAnswered);

/// <summary>How surely one part of a definition is known.</summary>
/// <param name="Part">The part.</param>
/// <param name="Status">How surely it is known.</param>
/// <param name="Note">What it is, and why it is known so.</param>
sealed record PartShown(string Part, SourceStatus Status, string Note);
