using System.Globalization;
using System.Text;

namespace Fidelity.Portal.Exporting;

/// <summary>A workbook (.xlsx) that is written sheet by sheet; what lists the sheets comes last, as a zip may have its parts in any order.</summary>
static class Workbook
{
    /// <summary>A sheet has no more rows, its head included; what is left goes on another.</summary>
    const int MostRows = 1_048_576;

    public static async Task<long> Write(
        Stream file, ExportTable table, IAsyncEnumerable<Cell[]> rows, Func<long, IReadOnlyList<(string Name, IReadOnlyList<string> Head, IEnumerable<Cell[]> Rows)>> others,
        CancellationToken stopping)
    {
        await using var zip = await ZippedFile.Begin(file, stopping);
        var sheets = new List<string>();
        var count = 0L;
        await using (var source = rows.GetAsyncEnumerator(stopping))
        {
            var more = await source.MoveNextAsync();
            do
            {
                sheets.Add(sheets.Count == 0 ? "Data" : string.Create(CultureInfo.InvariantCulture, $"Data {sheets.Count + 1}"));
                await using var part = await zip.Part(Sheet(sheets.Count), stopping);
                var sheet = new WorkbookRows(part);
                sheet.Begin([.. table.Columns.Select(column => column.Key)]);
                for (var onSheet = 1; more && onSheet < MostRows; onSheet++)
                {
                    sheet.Write(source.Current);
                    await sheet.FlushIfLarge(stopping);
                    count++;
                    more = await source.MoveNextAsync();
                }

                await sheet.End(stopping);
            }
            while (more);
        }

        foreach (var (name, head, content) in others(count))
        {
            sheets.Add(name);
            await using var part = await zip.Part(Sheet(sheets.Count), stopping);
            var sheet = new WorkbookRows(part);
            sheet.Begin(head);
            foreach (var row in content)
            {
                sheet.Write(row);
                await sheet.FlushIfLarge(stopping);
            }

            await sheet.End(stopping);
        }

        await zip.Part("xl/styles.xml", Encoding.UTF8.GetBytes(Styles), stopping);
        await zip.Part("xl/workbook.xml", Xml(
            $"""<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{Relations}"><sheets>{Each(sheets, (name, number) => $"""<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>""")}</sheets></workbook>"""), stopping);
        await zip.Part("xl/_rels/workbook.xml.rels", Xml(
            $"""<Relationships xmlns="{PackageRelations}">{Each(sheets, (_, number) => $"""<Relationship Id="rId{number}" Type="{Relations}/worksheet" Target="worksheets/sheet{number}.xml"/>""")}<Relationship Id="rId{sheets.Count + 1}" Type="{Relations}/styles" Target="styles.xml"/></Relationships>"""), stopping);
        await zip.Part("_rels/.rels", Xml(
            $"""<Relationships xmlns="{PackageRelations}"><Relationship Id="rId1" Type="{Relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""), stopping);
        await zip.Part("[Content_Types].xml", Xml(
            $"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{Parts}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{Parts}.styles+xml"/>{Each(sheets, (_, number) => $"""<Override PartName="/{Sheet(number)}" ContentType="{Parts}.worksheet+xml"/>""")}</Types>"""), stopping);
        return count;
    }

    const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const string PackageRelations = "http://schemas.openxmlformats.org/package/2006/relationships";
    const string Parts = "application/vnd.openxmlformats-officedocument.spreadsheetml";

    /// <summary>0: as it comes; 1: a day as ISO 8601 writes it; 2: the head of a column.</summary>
    const string Styles =
        """
        <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
        <styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>
        """;

    static string Sheet(int number) => string.Create(CultureInfo.InvariantCulture, $"xl/worksheets/sheet{number}.xml");

    static byte[] Xml(string content) => Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n" + content);

    static string Each(IReadOnlyList<string> sheets, Func<string, int, string> write) => string.Concat(sheets.Select((name, i) => write(name, i + 1)));
}
