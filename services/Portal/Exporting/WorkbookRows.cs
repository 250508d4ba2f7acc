using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fidelity.Portal.Exporting;

/// <summary>
/// Writes the rows of a workbook's sheet as XML, a buffer at a time: a library's objects for the cells of a million rows would fill the
/// memory. Text stands in its cell, and is text whatever it looks like; numbers and days are numbers.
/// </summary>
sealed class WorkbookRows(Stream sheet)
{
    const int Enough = 1 << 16;
    const int LongestFigure = 32;

    static readonly DateOnly DayZero = new(1899, 12, 30);

    readonly ArrayBufferWriter<byte> buffer = new(Enough + 8192);

    public void Begin(IReadOnlyList<string> names)
    {
        buffer.Write(
            """
            <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
            <worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>
            """u8);
        buffer.Write("<row>"u8);
        foreach (var name in names)
            Text(name, isHead: true);
        buffer.Write("</row>"u8);
    }

    public void Write(ReadOnlySpan<Cell> cells)
    {
        buffer.Write("<row>"u8);
        foreach (ref readonly var cell in cells)
        {
            switch (cell.Kind)
            {
                case CellKind.Empty:
                    // Cells are counted from the left, so one that is empty has to be there.
                    buffer.Write("<c/>"u8);
                    break;
                case CellKind.Number:
                    buffer.Write("<c><v>"u8);
                    buffer.Advance(Figures.Write(cell.Figure, buffer.GetSpan(LongestFigure)));
                    buffer.Write("</v></c>"u8);
                    break;
                case CellKind.Date:
                    buffer.Write("<c s=\"1\"><v>"u8);
                    buffer.Advance(Figures.Write(cell.Figure - DayZero.DayNumber, buffer.GetSpan(LongestFigure)));
                    buffer.Write("</v></c>"u8);
                    break;
                case CellKind.Text:
                    Text(Cell.Harmless(cell.Words!), isHead: false);
                    break;
            }
        }

        buffer.Write("</row>"u8);
    }

    public ValueTask FlushIfLarge(CancellationToken stopping) => buffer.WrittenCount < Enough ? ValueTask.CompletedTask : Flush(stopping);

    public ValueTask End(CancellationToken stopping)
    {
        buffer.Write("</sheetData></worksheet>"u8);
        return Flush(stopping);
    }

    async ValueTask Flush(CancellationToken stopping)
    {
        await sheet.WriteAsync(buffer.WrittenMemory, stopping);
        buffer.ResetWrittenCount();
    }

    void Text(string text, bool isHead)
    {
        buffer.Write(isHead ? "<c s=\"2\" t=\"inlineStr\"><is><t xml:space=\"preserve\">"u8 : "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">"u8);
        Encoding.UTF8.GetBytes(text.AsSpan().ContainsAny(Special) ? Escaped(text) : text, buffer);
        buffer.Write("</t></is></c>"u8);
    }

    /// <summary>What XML needs written otherwise, or cannot have at all; an underscore begins Excel's own escapes.</summary>
    static readonly SearchValues<char> Special = SearchValues.Create([.. "&<>_\uFFFE\uFFFF", .. Enumerable.Range(0, 32).Select(code => (char)code)]);

    static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            _ = text[i] switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '\t' or '\n' => escaped.Append(text[i]),
                '\r' => escaped.Append("&#13;"),
                '_' when LooksEscaped(text.AsSpan(i)) => escaped.Append("_x005F_"),
                < ' ' or '\uFFFE' or '\uFFFF' => escaped.Append('\uFFFD'),
                _ => escaped.Append(text[i]),
            };
        }

        return escaped.ToString();
    }

    /// <summary><c>_x0041_</c> would be read as the letter it numbers.</summary>
    static bool LooksEscaped(ReadOnlySpan<char> text) =>
        text.Length >= 7 && text[1] is 'x' or 'X' && text[6] == '_' && int.TryParse(text[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
}
