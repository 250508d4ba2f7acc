using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using Fidelity.Contracts.Roster;
using Fidelity.Portal.Importing;

namespace Fidelity.Portal.Tests.Importing;

public class WorkbookTests
{
    static readonly XNamespace Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    static readonly XNamespace Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// <summary>A workbook as the standard (ECMA-376) has it, written without the library that reads it.</summary>
    static UploadedFile Book(params (string Sheet, string Rows)[] sheets)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Write(zip, "[Content_Types].xml",
                "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'><Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>"
                + "<Override PartName='/xl/workbook.xml' ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'/>"
                + "<Override PartName='/xl/styles.xml' ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml'/>"
                + "<Override PartName='/xl/sharedStrings.xml' ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml'/>"
                + string.Concat(sheets.Select((_, at) => $"<Override PartName='/xl/sheet{at}.xml' ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml'/>"))
                + "</Types>");
            Write(zip, "_rels/.rels", Relationships(("r1", "officeDocument", "xl/workbook.xml")));
            Write(zip, "xl/_rels/workbook.xml.rels", Relationships(
                [("styles", "styles", "styles.xml"), ("strings", "sharedStrings", "sharedStrings.xml"), .. sheets.Select((_, at) => ($"s{at}", "worksheet", $"sheet{at}.xml"))]));
            Write(zip, "xl/workbook.xml", new XElement(Main + "workbook", new XElement(Main + "sheets", sheets.Select((sheet, at) =>
                new XElement(Main + "sheet", new XAttribute("name", sheet.Sheet), new XAttribute("sheetId", at + 1), new XAttribute(Relations + "id", $"s{at}"))))).ToString());
            Write(zip, "xl/styles.xml", $"<styleSheet xmlns='{Main}'><numFmts count='2'><numFmt numFmtId='164' formatCode='yyyy\\-mm\\-dd;@'/><numFmt numFmtId='165' formatCode='[Red]0 \"days\"'/></numFmts>"
                + "<cellXfs count='4'><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='164'/><xf numFmtId='165'/></cellXfs></styleSheet>");
            Write(zip, "xl/sharedStrings.xml", $"<sst xmlns='{Main}'><si><t>norr</t></si><si><r><t>Team </t></r><r><t>Norr</t></r></si></sst>");
            for (var at = 0; at < sheets.Length; at++)
                Write(zip, $"xl/sheet{at}.xml", $"<worksheet xmlns='{Main}'><sheetData>{sheets[at].Rows}</sheetData></worksheet>");
        }
        return new("season.xlsx", bytes.ToArray());
    }

    static string Relationships(params (string Id, string Type, string Target)[] relations) =>
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>" + string.Concat(relations.Select(relation =>
            $"<Relationship Id='{relation.Id}' Type='{Relations}/{relation.Type}' Target='{relation.Target}'/>")) + "</Relationships>";

    static void Write(ZipArchive zip, string name, string text)
    {
        using var stream = zip.CreateEntry(name).Open();
        stream.Write(Encoding.UTF8.GetBytes(text));
    }

    static string Row(int line, params IEnumerable<string> cells) => $"<row r='{line}'>{string.Concat(cells)}</row>";

    static string Text(string text) => $"<c t='inlineStr'><is><t>{text}</t></is></c>";

    static readonly string TeamsHeader = Row(1, "team_id,name,profile,opened,closed,pir_start_month".Split(',').Select(Text));

    [Fact]
    public void Sheets_are_files_and_typed_cells_are_read_by_their_value()
    {
        // 45658 is 2025-01-01 and 46022 is 2025-12-31.
        var import = Dry.Run(Book(
            ("teams", TeamsHeader
                + Row(3, "<c r='A3' t='s'><v>0</v></c>", "<c r='B3' t='s'><v>1</v></c>", "<c r='C3' t='str'><v>mst@1</v></c>",
                    "<c r='D3' s='1'><v>45658</v></c>", "<c r='E3' s='2'><v>46022</v></c>", "<c r='F3' s='3'><v>1</v></c>")
                + Row(4, Text("soder"), Text("Söder"), Text("mst@1"), "<c r='D4'><v>45658</v></c>", "<c r='F4'><v>1</v></c>")),
            ("Notes", "")));
        Dry.Summary(import.Findings).ShouldBe(["teams.csv,4,opened,bad_date"]);
        import.LeftAlone.ShouldBe(["Notes.csv"]);
        import.Rows.ShouldHaveSingleItem().Command.ShouldBe(
            new RegisterTeam(Guid.Empty, "demo", "norr", "Team Norr", "mst@1", new(2025, 1, 1), new(2025, 12, 31), 1));
    }

    [Fact]
    public void A_whole_season_gives_the_same_findings_from_a_workbook()
    {
        // withdrawals.csv has bytes that are no text, and corrections.csv a line break in a cell; neither is a matter of workbooks.
        var files = Dry.Folder("season-dirty").Where(file => file.Name is not ("withdrawals.csv" or "corrections.csv")).ToList();
        var book = Book([.. files.Select(file => (file.Name[..^4], string.Concat(Encoding.UTF8.GetString(file.Content.Span)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((line, at) => Row(at + 1, line.Split(',').Select(Text))))))]);
        Dry.Summary(Dry.Run(book).Findings).ShouldBe(Dry.Summary(Dry.Run(files).Findings));
    }

    [Fact]
    public void A_damaged_workbook_is_named()
    {
        var whole = Book(("teams", TeamsHeader)).Content.ToArray();
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[random.Next(whole.Length)] ^= 0xff;
            Dry.Run(new UploadedFile("season.xlsx", damaged)).ShouldNotBeNull();
        }
        Dry.Summary(Dry.Run(new UploadedFile("season.xlsx", whole.AsMemory(0, 100))).Findings).ShouldBe(["season.xlsx,1,,bad_encoding"]);
        Dry.Summary(Dry.Run(Book(("teams", Row(1, "<c t='s'><v>99</v></c>")))).Findings).ShouldBe(["season.xlsx,1,,bad_encoding"]);
    }

    [Fact]
    public void Entities_are_not_expanded()
    {
        var book = Book(("teams", TeamsHeader)).Content.ToArray();
        using var bytes = new MemoryStream();
        bytes.Write(book);
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Update, leaveOpen: true))
        {
            zip.GetEntry("xl/sheet0.xml")!.Delete();
            Write(zip, "xl/sheet0.xml", $"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><worksheet xmlns='{Main}'><sheetData>{Row(1, Text("&b;"))}</sheetData></worksheet>");
        }
        Dry.Summary(Dry.Run(new UploadedFile("season.xlsx", bytes.ToArray())).Findings).ShouldBe(["season.xlsx,1,,bad_encoding"]);
    }

    [Fact]
    public void A_workbook_that_unpacks_without_end_is_stopped()
    {
        var book = Book(("teams", TeamsHeader + new string(' ', 3_000_000)));
        var import = ParsedImport.Read(ImportFiles.Open([book], mostBytes: 1_000_000), "demo").Check(new([]));
        Dry.Summary(import.Findings).ShouldBe(["season.xlsx,1,,too_large"]);
    }
}
