using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Fidelity.Validation;

namespace Fidelity.Portal.Importing;

/// <summary>
/// Reads CSV: quoted fields, CRLF or LF, comma or semicolon as the header has it (formats.md §1). Of a row that is not UTF-8
/// that row alone is refused, at the line where it begins. CsvHelper reads characters, when the bytes of a row are decoded and
/// gone; so the rows are found in the bytes, where quotes, delimiters and line ends are themselves in any UTF-8 text.
/// </summary>
static class Csv
{
    const byte Quote = (byte)'"';
    const byte LineFeed = (byte)'\n';
    const byte CarriageReturn = (byte)'\r';

    /// <summary>No kind of file has more columns; the rest of a wider row is not kept.</summary>
    const int MostCells = 256;

    /// <summary>A cell of more bytes has more than the 2,000 characters allowed, so its end is not needed.</summary>
    const int MostBytes = 3 * Values.LongestText + 3;

    static readonly SearchValues<byte> ControlCharacters =
        SearchValues.Create([.. Enumerable.Range(0, 32).Append(127).Select(code => (byte)code).Except("\t\r\n"u8.ToArray())]);

    static readonly string[] SingleCharacters = [.. Enumerable.Range(0, 128).Select(code => ((char)code).ToString())];

    static readonly Fault NotText = new(ErrorCodes.BadEncoding,
        "The row is not readable as text. Save the file as CSV UTF-8, and look for broken letters in this row.");

    static readonly Fault NotCsv = new(ErrorCodes.BadEncoding,
        "A quotation in this row is not closed, or text follows it. Put one quotation mark at each end, and double those inside.");

    /// <summary>The rows that have any value.</summary>
    public static IEnumerable<TableRow> Rows(ReadOnlyMemory<byte> content)
    {
        var rest = content.Span.StartsWith(Encoding.UTF8.Preamble) ? content[Encoding.UTF8.Preamble.Length..] : content;
        var delimiter = Delimiter(rest.Span);
        for (var line = 1; !rest.IsEmpty;)
        {
            var row = First(rest.Span, line, delimiter, out var length);
            line += rest.Span[..length].Count(LineFeed);
            rest = rest[length..];
            if (row.Cells.Any(cell => cell.Length > 0))
                yield return row;
        }
    }

    static byte Delimiter(ReadOnlySpan<byte> content)
    {
        var header = content.IndexOf(LineFeed) is >= 0 and var end ? content[..end] : content;
        return header.Count((byte)';') > header.Count((byte)',') ? (byte)';' : (byte)',';
    }

    static TableRow First(ReadOnlySpan<byte> content, int line, byte delimiter, out int length)
    {
        var cells = new List<string>(48);
        var wellFormed = true;
        var position = 0;
        while (true)
        {
            var cell = Cell(content, delimiter, ref position, ref wellFormed);
            if (cells.Count < MostCells)
                cells.Add(cell);
            if (position == content.Length || content[position] == LineFeed)
                break;
            position++;
        }
        length = Math.Min(position + 1, content.Length);

        var row = content[..length];
        Fault? unreadable = !Utf8.IsValid(row) || row.ContainsAny(ControlCharacters) ? NotText : wellFormed ? null : NotCsv;
        return new TableRow(line, cells, unreadable);
    }

    /// <summary>The cell that begins at the position, which moves to the delimiter, line feed or end of file behind it.</summary>
    static string Cell(ReadOnlySpan<byte> content, byte delimiter, ref int position, ref bool wellFormed)
    {
        if (position == content.Length || content[position] != Quote)
            return Text(Unquoted(content, delimiter, ref position));

        var first = position + 1;
        var last = first;
        var doubled = false;
        while (true)
        {
            var quote = content[last..].IndexOf(Quote);
            if (quote < 0)
            {
                wellFormed = false;
                position = content.Length;
                return Text(content[first..]);
            }
            last += quote;
            if (last + 1 == content.Length || content[last + 1] != Quote)
                break;
            doubled = true;
            last += 2;
        }
        position = last + 1;
        wellFormed &= Unquoted(content, delimiter, ref position).IsEmpty;
        var text = Text(content[first..last]);
        return doubled ? text.Replace("\"\"", "\"", StringComparison.Ordinal) : text;
    }

    static ReadOnlySpan<byte> Unquoted(ReadOnlySpan<byte> content, byte delimiter, ref int position)
    {
        var cell = content[position..];
        var end = cell.IndexOfAny(delimiter, LineFeed);
        if (end >= 0)
            cell = cell[..end];
        position += cell.Length;
        return (end < 0 || content[position] == LineFeed) && cell is [.., CarriageReturn] ? cell[..^1] : cell;
    }

    static string Text(ReadOnlySpan<byte> cell) => cell switch
    {
        [] => "",
        [var single] when single < SingleCharacters.Length => SingleCharacters[single],
        { Length: > MostBytes } => Encoding.UTF8.GetString(cell[..MostBytes]),
        _ => Encoding.UTF8.GetString(cell),
    };
}
