using System.Globalization;
using Fidelity.Measurement;

namespace Fidelity.Validation;

/// <summary>The rules for answered forms and for corrections of their items (measurement.md §1).</summary>
public static class Forms
{
    static readonly string[] Items =
        [.. Enumerable.Range(1, Instruments.All.Max(definition => definition.Items)).Select(item => "i" + item.ToString(CultureInfo.InvariantCulture))];

    /// <summary>The column of an item, <c>i1</c> for the first.</summary>
    public static string Column(int item) => Items[item - 1];

    /// <summary>The definition with this id when it is of the kind wanted; null otherwise.</summary>
    public static InstrumentDefinition? Find(string? id, Instrument kind) =>
        id is not null && Instruments.Find(id) is { } definition && definition.Instrument == kind ? definition : null;

    /// <summary>What is wrong with the instrument and the answers, which are judged by that instrument alone.</summary>
    public static IEnumerable<(string Column, Fault Fault)> Judge(string? instrument, Instrument kind, IReadOnlyList<Answer>? answers)
    {
        if (string.IsNullOrEmpty(instrument))
            return [("instrument", Values.Missing)];
        if (Find(instrument, kind) is not { } definition)
            return [("instrument", Faults.UnknownInstrument(kind))];
        if (answers is null || answers.Count < definition.Items)
            return [(Column((answers?.Count ?? 0) + 1), new(ErrorCodes.MissingValue,
                FormattableString.Invariant($"{definition.Id} has {definition.Items} items. Give an answer, NA or blank for each.")))];
        return OffTheScale(definition, answers);
    }

    /// <summary>What is wrong with a corrected item; the definition of the corrected record decides.</summary>
    public static IEnumerable<(string Column, Fault Fault)> JudgeCorrection(InstrumentDefinition definition, int item, Answer value)
    {
        ArgumentNullException.ThrowIfNull(definition);
        if (item < 1 || item > definition.Items)
            yield return ("item", Faults.OutOfScale(1, definition.Items));
        if (!definition.Accepts(value))
            yield return ("value", Faults.OffTheScale(definition));
    }

    /// <summary>As above where the record's definition is not at hand: what every definition of its kind refuses.</summary>
    internal static IEnumerable<(string Column, Fault Fault)> JudgeCorrection(Instrument kind, int item, Answer value) =>
        Instruments.All.Where(definition => definition.Instrument == kind)
            .Select(definition => JudgeCorrection(definition, item, value).ToList())
            .MinBy(faults => faults.Count) ?? [];

    static IEnumerable<(string Column, Fault Fault)> OffTheScale(InstrumentDefinition definition, IReadOnlyList<Answer> answers)
    {
        for (var item = 1; item <= definition.Items; item++)
            if (!definition.Accepts(answers[item - 1]))
                yield return (Column(item), Faults.OffTheScale(definition));
        if (answers.Count > definition.Items)
            yield return (Column(definition.Items), new(ErrorCodes.OutOfScale,
                FormattableString.Invariant($"{definition.Id} has {definition.Items} items only. Remove the answers after the last.")));
    }
}
