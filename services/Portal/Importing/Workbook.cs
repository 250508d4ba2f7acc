using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Fidelity.Portal.Importing;

/// <summary>
/// Reads the sheets of an Excel workbook as the tables that their names say: the first row that has any value is the header. A
/// cell with a date format becomes an ISO date, and any other its stored value, whatever format it is shown in.
/// </summary>
static class Workbook
{
    /// <summary>As many cells as a CSV row keeps.</summary>
    const int MostCells = 256;

    /// <summary>The sheets by name, each with its rows.</summary>
    /// <exception cref="InvalidDataException">This is no workbook that can be read.</exception>
    public static IReadOnlyList<(string Name, IReadOnlyList<TableRow> Rows)> Sheets(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = SpreadsheetDocument.Open(new MemoryStream(content.ToArray(), writable: false), isEditable: false);
            var book = document.WorkbookPart ?? throw new InvalidDataException("The workbook has no parts.");
            var texts = book.SharedStringTablePart?.SharedStringTable.Elements<SharedStringItem>().Select(TextOf).ToArray() ?? [];
            var dates = DateStyles(book.WorkbookStylesPart?.Stylesheet);
            // Excel for old Macs counts days from 1904 (ECMA-376 part 1, §18.17.4).
            var epoch = book.Workbook.WorkbookProperties?.Date1904?.Value == true ? new DateOnly(1904, 1, 1) : new DateOnly(1899, 12, 30);
            return [.. book.Workbook.Descendants<Sheet>().Select(sheet => (
                sheet.Name?.Value ?? "",
                (IReadOnlyList<TableRow>)[.. Rows((WorksheetPart)book.GetPartById(sheet.Id!), texts, dates, epoch)]))];
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            // The reader answers a damaged workbook with whatever exception its damage leads to.
            throw new InvalidDataException("The workbook cannot be read.", unreadable);
        }
    }

    static IEnumerable<TableRow> Rows(WorksheetPart sheet, string[] texts, IReadOnlySet<uint> dates, DateOnly epoch)
    {
        using var reader = OpenXmlReader.Create(sheet);
        var width = 0;
        var line = 0;
        while (reader.Read())
        {
            if (reader.ElementType != typeof(Row) || !reader.IsStartElement)
                continue;
            var row = (Row)reader.LoadCurrentElement()!;
            line = (int?)row.RowIndex?.Value ?? line + 1;
            var cells = new List<string>(width);
            var column = -1;
            foreach (var cell in row.Elements<Cell>())
            {
                column = ColumnOf(cell.CellReference?.Value) ?? column + 1;
                var text = TextOf(cell, texts, dates, epoch);
                if (text.Length == 0 || column < cells.Count || column >= MostCells)
                    continue;
                while (cells.Count < column)
                    cells.Add("");
                cells.Add(text);
            }
            if (cells.Count == 0)
                continue;
            // A sheet keeps no blanks at the end of a row; the header says how many there are.
            width = width == 0 ? cells.Count : width;
            while (cells.Count < width)
                cells.Add("");
            yield return new TableRow(line, cells, null);
        }
    }

    /// <summary>The index from 0 of the column in a reference such as <c>AB12</c>.</summary>
    static int? ColumnOf(string? reference)
    {
        var column = 0;
        foreach (var letter in (reference ?? "").TakeWhile(char.IsAsciiLetterUpper).Take(3))
            column = column * 26 + letter - 'A' + 1;
        return column == 0 ? null : column - 1;
    }

    static string TextOf(Cell cell, string[] texts, IReadOnlySet<uint> dates, DateOnly epoch)
    {
        var stored = cell.CellValue?.Text ?? "";
        var type = cell.DataType?.Value ?? CellValues.Number;
        if (type == CellValues.SharedString)
            return texts[int.Parse(stored, NumberStyles.None, CultureInfo.InvariantCulture)];
        if (type == CellValues.InlineString)
            return cell.InlineString is { } inline ? TextOf(inline) : "";
        return type == CellValues.Number && dates.Contains(cell.StyleIndex?.Value ?? 0)
            && int.TryParse(stored, NumberStyles.None, CultureInfo.InvariantCulture, out var day) && day <= DateOnly.MaxValue.DayNumber - epoch.DayNumber
                ? epoch.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                : stored;
    }

    /// <summary>The text of its runs, without the phonetic readings beside them.</summary>
    static string TextOf(OpenXmlElement item) =>
        string.Concat(item.Descendants<Text>().Where(text => text.Parent is not PhoneticRun).Select(text => text.Text));

    /// <summary>The cell styles whose number format shows a date: 14–17 and 22 are built in, others spell years or days.</summary>
    static HashSet<uint> DateStyles(Stylesheet? styles)
    {
        var spelled = (styles?.NumberingFormats?.Elements<NumberingFormat>() ?? [])
            .Where(format => Bare(format.FormatCode?.Value ?? "").Any(letter => letter is 'y' or 'Y' or 'd' or 'D'))
            .Select(format => format.NumberFormatId?.Value ?? 0).ToHashSet();
        return [.. (styles?.CellFormats?.Elements<CellFormat>() ?? [])
            .Select((format, index) => (Format: format.NumberFormatId?.Value ?? 0, Index: (uint)index))
            .Where(style => style.Format is (>= 14 and <= 17) or 22 || spelled.Contains(style.Format))
            .Select(style => style.Index)];
    }

    /// <summary>A format code without quoted text and without what stands in brackets, such as colours and locales.</summary>
    static IEnumerable<char> Bare(string code)
    {
        var closing = '\0';
        foreach (var character in code)
        {
            if (closing != '\0')
                closing = character == closing ? '\0' : closing;
            else if (character is '"' or '[')
                closing = character == '[' ? ']' : '"';
            else
                yield return character;
        }
    }
}
