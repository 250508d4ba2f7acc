using System.Globalization;
using Fidelity.Measurement;
using Fidelity.Validation;
using Microsoft.Extensions.Primitives;

namespace Fidelity.Portal.Answering;

/// <summary>What is filled in on a form, and how far it has come.</summary>
static class FilledIn
{
    const int Longest = 40;

    /// <summary>
    /// What of a sent form may be kept, by column: answers on the scale, <c>NA</c> or nothing, and the short values of the other columns.
    /// Whether these are right is judged when the form is submitted.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Of(
        IEnumerable<KeyValuePair<string, StringValues>> sent, InstrumentDefinition definition, IReadOnlyList<string> others)
    {
        var items = Items(definition).ToHashSet(StringComparer.Ordinal);
        return sent.Select(field => (field.Key, Value: field.Value.ToString().Trim()))
            .Where(field => items.Contains(field.Key)
                ? Answer.TryParse(field.Value, out var answer) && definition.Accepts(answer)
                : others.Contains(field.Key, StringComparer.Ordinal) && IsShortWord(field.Value))
            .ToDictionary(field => field.Key, field => field.Value, StringComparer.Ordinal);
    }

    /// <summary>The columns of a definition's items, in order.</summary>
    public static IEnumerable<string> Items(InstrumentDefinition definition) => Enumerable.Range(1, definition.Items).Select(Forms.Column);

    /// <summary>How many items have a number or <c>NA</c>.</summary>
    public static int Answered(IReadOnlyDictionary<string, string> content, InstrumentDefinition definition) =>
        Items(definition).Count(item => content.GetValueOrDefault(item, "").Length > 0);

    /// <summary>How many items have a number, which alone make a score (measurement.md §1).</summary>
    public static int Numbered(IReadOnlyDictionary<string, string> content, InstrumentDefinition definition) =>
        Items(definition).Count(item => int.TryParse(content.GetValueOrDefault(item, ""), NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>The number of an item, from its column.</summary>
    public static int Number(string column) => int.Parse(column.AsSpan(1), CultureInfo.InvariantCulture);

    static bool IsShortWord(string value) =>
        value.Length <= Longest && !value.Contains('\0', StringComparison.Ordinal) && !PersonalIdentityNumber.IsIn(value);
}
