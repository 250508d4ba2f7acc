using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml.Linq;

namespace Fidelity.Portal.Tests.Exporting;

/// <summary>A cell as another program read it: a number, a day, or a text.</summary>
sealed record ReadCell(string Kind, string Value)
{
    public static ReadCell Nothing { get; } = new("", "");
}

/// <summary>Reads files as those who get them do, by nothing of what wrote them.</summary>
static class ReadFiles
{
    public static byte[] Part(byte[] zip, string name)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        using var part = archive.GetEntry(name)!.Open();
        using var content = new MemoryStream();
        part.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>The rows of a CSV file, by RFC 4180.</summary>
    public static List<List<string>> Csv(byte[] file, char delimiter, string lineEnd)
    {
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(file);
        List<List<string>> rows = [];
        List<string> row = [];
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (quoted && text[i] == '"' && i + 1 < text.Length && text[i + 1] == '"')
                cell.Append(text[i++]);
            else if (text[i] == '"')
                quoted = !quoted;
            else if (!quoted && text[i] == delimiter)
                End();
            else if (!quoted && text.AsSpan(i).StartsWith(lineEnd))
            {
                End();
                rows.Add(row);
                row = [];
                i += lineEnd.Length - 1;
            }
            else
                cell.Append(text[i]);
        }

        quoted.ShouldBeFalse();
        (cell.Length + row.Count).ShouldBe(0, "the last line ends as the others do");
        return rows;

        void End()
        {
            row.Add(cell.ToString());
            cell.Clear();
        }
    }

    /// <summary>Every sheet of a file as LibreOffice has it, opened as somebody opens it whose language is Swedish.</summary>
    public static async Task<IReadOnlyDictionary<string, List<List<ReadCell>>>> LibreOffice(byte[] file, string extension)
    {
        var folder = Directory.CreateTempSubdirectory("fidelity-office-").FullName;
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, $"export.{extension}"), file);
            string[] opened = extension == "csv"
                // Semicolons, quotation marks, UTF-8, from the first line on, Swedish, and numbers and days known as such.
                ? ["--infilter=Text - txt - csv (StarCalc):59,34,76,1,,1053,false,true"]
                : [];
            var start = new ProcessStartInfo("soffice") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in (string[])[$"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore", .. opened, "--convert-to", "fods", "--outdir", folder, Path.Combine(folder, $"export.{extension}")])
                start.ArgumentList.Add(argument);
            start.Environment["HOME"] = folder;
            using var office = Process.Start(start)!;
            var said = office.StandardError.ReadToEndAsync();
            await office.StandardOutput.ReadToEndAsync();
            await office.WaitForExitAsync();
            File.Exists(Path.Combine(folder, "export.fods")).ShouldBeTrue(await said);
            return Sheets(XDocument.Load(Path.Combine(folder, "export.fods"), LoadOptions.PreserveWhitespace));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static readonly XNamespace Office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0";
    static readonly XNamespace Table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0";
    static readonly XNamespace Words = "urn:oasis:names:tc:opendocument:xmlns:text:1.0";

    static Dictionary<string, List<List<ReadCell>>> Sheets(XDocument document) => document.Descendants(Table + "table").ToDictionary(
        sheet => (string)sheet.Attribute(Table + "name")!,
        sheet => sheet.Descendants(Table + "table-row")
            .Where(row => row.Descendants(Table + "table-cell").Any(cell => cell.Attribute(Office + "value-type") is not null))
            .Select(row => row.Elements(Table + "table-cell")
                .SelectMany(cell => Enumerable.Repeat(Cell(cell), cell.Attribute(Office + "value-type") is null ? Math.Min(Times(cell), 100) : Times(cell))).ToList()).ToList(),
        StringComparer.Ordinal);

    static int Times(XElement cell) => (int?)cell.Attribute(Table + "number-columns-repeated") ?? 1;

    static ReadCell Cell(XElement cell) => (string?)cell.Attribute(Office + "value-type") switch
    {
        null => ReadCell.Nothing,
        "float" => new("number", (string)cell.Attribute(Office + "value")!),
        "date" => new("date", (string)cell.Attribute(Office + "date-value")!),
        "string" => new("text", string.Join('\n', cell.Elements(Words + "p").Select(paragraph => string.Concat(paragraph.DescendantNodes().Select(Said))))),
        { } other => new(other, ""),
    };

    static string Said(XNode node) => node switch
    {
        XText text => text.Value,
        XElement space when space.Name == Words + "s" => new(' ', (int?)space.Attribute(Words + "c") ?? 1),
        XElement tab when tab.Name == Words + "tab" => "\t",
        _ => "",
    };

    public static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
