using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Drawing.Wordprocessing;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using Charts = DocumentFormat.OpenXml.Drawing.Charts;
using Drawn = DocumentFormat.OpenXml.Drawing;

namespace Fidelity.Portal.HandingOver;

/// <summary>A document for Word, written from top to bottom: headings that Word's navigation knows, a table of contents, tables, a foot on every page.</summary>
sealed class WordDocument : IDisposable
{
    const string Grey = "57606A";

    readonly MemoryStream stream = new();
    readonly WordprocessingDocument document;
    readonly Body body = new();
    readonly List<(string Bookmark, string Text, int Level)> headings = [];
    readonly Paragraph contentsEnd = new();

    public WordDocument(string title, string language)
    {
        document = WordprocessingDocument.Create(stream, WordprocessingDocumentType.Document);
        document.PackageProperties.Title = title;
        document.PackageProperties.Language = language;
        var main = document.AddMainDocumentPart();
        main.Document = new(body);
        main.AddNewPart<StyleDefinitionsPart>().Styles = Styles(language);
    }

    public void Title(string text, string below)
    {
        Paragraph(text, "Title");
        Paragraph(below, "Subtitle");
    }

    /// <summary>Where the headings after it are listed.</summary>
    public void Contents(string heading)
    {
        Paragraph(heading, "ContentsHeading");
        body.AppendChild(contentsEnd);
    }

    public void Heading(int level, string text)
    {
        var bookmark = string.Create(CultureInfo.InvariantCulture, $"_Toc{headings.Count + 1:000}");
        headings.Add((bookmark, text, level));
        var id = headings.Count.ToString(CultureInfo.InvariantCulture);
        body.AppendChild(new Paragraph(
            new ParagraphProperties(new ParagraphStyleId { Val = string.Create(CultureInfo.InvariantCulture, $"Heading{level}") }),
            new BookmarkStart { Id = id, Name = bookmark }, Run(text), new BookmarkEnd { Id = id }));
    }

    /// <summary>A text with its own line ends.</summary>
    public void Text(string text, string? style = null)
    {
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
            Paragraph(line, style);
    }

    /// <summary>A table whose first row is its head and is repeated on every page.</summary>
    public void Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows, params int[] numbers)
    {
        var table = new Table(
            new TableProperties(
                new TableWidth { Width = "5000", Type = TableWidthUnitValues.Pct },
                new TableBorders(
                    new TopBorder { Val = BorderValues.Single, Size = 4, Color = Grey }, new BottomBorder { Val = BorderValues.Single, Size = 4, Color = Grey },
                    new InsideHorizontalBorder { Val = BorderValues.Single, Size = 2, Color = "D0D7DE" }),
                new TableCellMarginDefault(new TableCellLeftMargin { Width = 80, Type = TableWidthValues.Dxa }, new TableCellRightMargin { Width = 80, Type = TableWidthValues.Dxa })),
            new TableGrid(head.Select(_ => new GridColumn())));
        table.AppendChild(Row(head, numbers, isHead: true));
        foreach (var row in rows)
            table.AppendChild(Row(row, numbers, isHead: false));
        body.AppendChild(table);
        Paragraph("", style: null);
    }

    /// <summary>A chart as wide as the page.</summary>
    /// <param name="description">What it shows, for who cannot see it.</param>
    public void Chart(Charts.ChartSpace chart, string description)
    {
        const long Width = 6_120_000;
        const long Height = 2_700_000;
        var main = document.MainDocumentPart!;
        var part = main.AddNewPart<ChartPart>();
        part.ChartSpace = chart;
        var number = (uint)main.ChartParts.Count();
        body.AppendChild(new Paragraph(new Run(new Drawing(
            new Inline(
                new Extent { Cx = Width, Cy = Height },
                new DocProperties { Id = number, Name = string.Create(CultureInfo.InvariantCulture, $"Chart {number}"), Description = description },
                new Drawn.Graphic(new Drawn.GraphicData(new Charts.ChartReference { Id = main.GetIdOfPart(part) }) { Uri = "http://schemas.openxmlformats.org/drawingml/2006/chart" }))
            { DistanceFromTop = 0, DistanceFromBottom = 0, DistanceFromLeft = 0, DistanceFromRight = 0 }))));
    }

    /// <summary>The finished file.</summary>
    /// <param name="foot">What stands at the foot of every page, before its number.</param>
    public byte[] Finish(string foot)
    {
        foreach (var heading in headings)
        {
            contentsEnd.InsertBeforeSelf(new Paragraph(
                new ParagraphProperties(new ParagraphStyleId { Val = string.Create(CultureInfo.InvariantCulture, $"Contents{heading.Level}") }),
                new Hyperlink(Run(heading.Text)) { Anchor = heading.Bookmark, History = true }));
        }

        var main = document.MainDocumentPart!;
        var footer = main.AddNewPart<FooterPart>();
        footer.Footer = new(new Paragraph(
            new ParagraphProperties(new ParagraphStyleId { Val = "Foot" }),
            Run(foot + "  ·  "), new SimpleField(Run("1")) { Instruction = "PAGE" }, Run(" / "), new SimpleField(Run("1")) { Instruction = "NUMPAGES" }));
        body.AppendChild(new SectionProperties(
            new FooterReference { Type = HeaderFooterValues.Default, Id = main.GetIdOfPart(footer) },
            new PageSize { Width = 11906, Height = 16838 },
            new PageMargin { Top = 1134, Bottom = 1134, Left = 1134, Right = 1134, Header = 567, Footer = 567, Gutter = 0 }));
        document.Dispose();
        return stream.ToArray();
    }

    public void Dispose()
    {
        document.Dispose();
        stream.Dispose();
    }

    void Paragraph(string text, string? style) => body.AppendChild(
        style is null ? new Paragraph(Run(text)) : new Paragraph(new ParagraphProperties(new ParagraphStyleId { Val = style }), Run(text)));

    static TableRow Row(IReadOnlyList<string> cells, int[] numbers, bool isHead)
    {
        var row = new TableRow(new TableRowProperties(isHead ? [new CantSplit(), new TableHeader()] : [new CantSplit()]));
        foreach (var (cell, place) in cells.Select((cell, place) => (cell, place)))
        {
            var properties = new ParagraphProperties(new ParagraphStyleId { Val = isHead ? "CellHead" : "Cell" });
            if (numbers.Contains(place))
                properties.AppendChild(new Justification { Val = JustificationValues.Right });
            row.AppendChild(new TableCell(
                new TableCellProperties(new TableCellWidth { Type = TableWidthUnitValues.Pct, Width = Width(place, cells.Count).ToString(CultureInfo.InvariantCulture) }),
                new Paragraph(properties, Run(cell))));
        }

        return row;
    }

    /// <summary>In fiftieths of a per cent: what a row is about has the room of two, where there are many columns beside it.</summary>
    static int Width(int place, int columns) => columns < 5 ? 5000 / columns : 5000 / (columns + 1) * (place == 0 ? 2 : 1);

    static Run Run(string text) => new(new Text(text) { Space = SpaceProcessingModeValues.Preserve });

    static Styles Styles(string language) => new(
        new DocDefaults(
            new RunPropertiesDefault(new RunPropertiesBaseStyle(
                new RunFonts { Ascii = "Calibri", HighAnsi = "Calibri", ComplexScript = "Calibri" }, new FontSize { Val = "21" }, new DocumentFormat.OpenXml.Wordprocessing.Languages { Val = language })),
            new ParagraphPropertiesDefault(new ParagraphPropertiesBaseStyle(new SpacingBetweenLines { After = "80", Line = "264", LineRule = LineSpacingRuleValues.Auto }))),
        Style("Normal", size: null, isDefault: true),
        Style("Title", 40, isBold: true), Style("Subtitle", 24, color: Grey),
        Style("Heading1", 28, isBold: true, before: 320, outline: 0), Style("Heading2", 24, isBold: true, before: 200, outline: 1),
        Style("ContentsHeading", 24, isBold: true, before: 200), Style("Contents1", size: null, after: 20), Style("Contents2", size: null, after: 20, indent: 284),
        Style("About", 19, color: Grey), Style("Lead", 19, color: Grey, staysWithNext: true), Style("Cell", 19, after: 0), Style("CellHead", 19, isBold: true, after: 0), Style("Foot", 17, color: Grey));

    static Style Style(
        string id, int? size, bool isBold = false, string? color = null, int before = 0, int? after = null, int? outline = null, int? indent = null, bool staysWithNext = false, bool isDefault = false)
    {
        var paragraph = new StyleParagraphProperties();
        if (outline is not null || staysWithNext)
            paragraph.AppendChild(new KeepNext());
        if (before > 0 || after is not null)
        {
            paragraph.AppendChild(new SpacingBetweenLines
            {
                Before = before.ToString(CultureInfo.InvariantCulture), After = (after ?? 80).ToString(CultureInfo.InvariantCulture),
            });
        }

        if (indent is { } left)
            paragraph.AppendChild(new Indentation { Left = left.ToString(CultureInfo.InvariantCulture) });
        if (outline is { } level)
            paragraph.AppendChild(new OutlineLevel { Val = level });
        var run = new StyleRunProperties();
        if (isBold)
            run.AppendChild(new Bold());
        if (color is not null)
            run.AppendChild(new Color { Val = color });
        if (size is { } halfPoints)
            run.AppendChild(new FontSize { Val = halfPoints.ToString(CultureInfo.InvariantCulture) });
        // Word knows its own headings by these names, in every language.
        var name = id.StartsWith("Heading", StringComparison.Ordinal) ? "heading " + id[^1] : id;
        return new(new StyleName { Val = name }, new PrimaryStyle(), paragraph, run) { Type = StyleValues.Paragraph, StyleId = id, Default = isDefault };
    }
}
