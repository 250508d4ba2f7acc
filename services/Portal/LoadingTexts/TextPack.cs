using System.Globalization;
using Fidelity.Measurement;
using Fidelity.Portal.Importing;
using Fidelity.Validation;

namespace Fidelity.Portal.LoadingTexts;

/// <summary>One item as a form asks it.</summary>
/// <param name="Text">What is asked.</param>
/// <param name="Anchors">What each answer means, from the lowest to the highest; empty where the licence holder's form has none.</param>
public sealed record ItemText(string Text, IReadOnlyList<string> Anchors);

/// <summary>What is wrong with a file of texts.</summary>
/// <param name="Line">The line; null when it is no single one.</param>
/// <param name="Code">Names the words for it.</param>
public sealed record TextFault(int? Line, string Code);

/// <summary>
/// The licensed texts of an instrument's items in one language: a CSV file with the columns <c>item</c>, <c>text</c> and <c>anchors</c>,
/// the last with a | between the answers, and blank where an item has those of the one above.
/// </summary>
static class TextPack
{
    public const int LargestFile = 256 * 1024;
    public const int LongestText = 600;
    const char Between = '|';

    static readonly string[] Header = ["item", "text", "anchors"];

    /// <summary>All items in order, or everything that is wrong.</summary>
    public static (IReadOnlyList<ItemText> Items, IReadOnlyList<TextFault> Faults) Read(ReadOnlyMemory<byte> file, InstrumentDefinition definition)
    {
        var rows = Csv.Rows(file).ToList();
        if (rows is [] || !rows[0].Cells.Select(cell => cell.Trim()).SequenceEqual(Header, StringComparer.OrdinalIgnoreCase))
            return ([], [new(1, "header")]);
        var items = new ItemText?[definition.Items];
        var faults = new List<TextFault>();
        IReadOnlyList<string> anchors = [];
        foreach (var row in rows.Skip(1))
        {
            var (number, text, given) = (Cell(row, 0), Cell(row, 1), Cell(row, 2));
            if (given.Length > 0)
                anchors = [.. given.Split(Between).Select(anchor => anchor.Trim())];
            var fault = row.Unreadable is not null ? "unreadable"
                : !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var item) || item < 1 || item > definition.Items ? "no_item"
                : items[item - 1] is not null ? "twice"
                : text.Length == 0 ? "no_text"
                : text.Length > LongestText || anchors.Any(anchor => anchor.Length > LongestText) ? "too_long"
                : anchors.Count > 0 && anchors.Count != definition.Highest - definition.Lowest + 1 ? "anchors"
                : PersonalIdentityNumber.IsIn(text) || PersonalIdentityNumber.IsIn(given) ? "identity_number"
                : null;
            if (fault is null)
                items[int.Parse(number, CultureInfo.InvariantCulture) - 1] = new(text, anchors);
            else
                faults.Add(new(row.Line, fault));
        }

        if (faults is [] && items.Any(item => item is null))
            faults.Add(new(null, "not_all"));
        return (faults is [] ? [.. items.OfType<ItemText>()] : [], faults);
    }

    static string Cell(TableRow row, int place) => place < row.Cells.Count ? row.Cells[place].Trim() : "";
}
