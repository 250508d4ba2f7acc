using System.Globalization;
using System.Resources;
using Fidelity.Measurement;
using Fidelity.Portal.Languages;

namespace Fidelity.Portal.Exporting;

/// <summary>What the columns of a table are, in both languages: made from the columns themselves, a row for each and one for each of its codes.</summary>
static class Codebook
{
    static readonly ResourceManager Words = new(typeof(Texts));
    static readonly CultureInfo English = CultureInfo.GetCultureInfo("en");
    static readonly CultureInfo Swedish = CultureInfo.GetCultureInfo("sv");

    public static IReadOnlyList<string> Head { get; } =
        ["table", "column", "code", "type", "unit", "label_en", "label_sv", "meaning_en", "meaning_sv", "rule", "definition", "version"];

    public static IEnumerable<Cell[]> Rows(ExportTable table)
    {
        foreach (var column in table.Columns)
        {
            yield return
            [
                table.Key, column.Key, Cell.Empty, Codes.Of(column.Type), column.Unit, Label(column, English), Label(column, Swedish), Meaning(column, English), Meaning(column, Swedish),
                column.Rule, Cell.Code(column.Status), ExportTables.Definitions,
            ];
            foreach (var code in column.Codes ?? [])
                yield return
                [
                    table.Key, column.Key, code, Cell.Empty, Cell.Empty, Code(column, code, English), Code(column, code, Swedish), Cell.Empty, Cell.Empty, column.Rule,
                    column.Key == "measure" ? Cell.Code(StatusOf(code)) : Cell.Empty, ExportTables.Definitions,
                ];
        }
    }

    /// <summary>The codebook as a file.</summary>
    public static async Task Write(Stream file, ExportTable table)
    {
        var csv = new CsvRows(file, CsvForm.Analyst);
        csv.Begin(Head);
        foreach (var row in Rows(table))
            csv.Write(row);
        await csv.Flush(CancellationToken.None);
    }

    public static string Label(Column column, CultureInfo language) => In(language, $"export.column.{column.WordsKey}", column.Item);

    public static string Meaning(Column column, CultureInfo language) => In(language, $"export.about.{column.WordsKey}", column.Item);

    static string Code(Column column, string code, CultureInfo language) => column.CodeWords is { } words ? In(language, $"{words}.{code}", null) : code;

    /// <summary>Of a measure that several profiles have, as surely as the least sure of them knows it.</summary>
    static SourceStatus? StatusOf(string measure) =>
        Profiles.All.SelectMany(profile => profile.Measures).Where(known => known.Key == measure).Select(known => known.Status).DefaultIfEmpty().Min();

    /// <exception cref="MissingManifestResourceException">There are no words for it: a column that nobody can read is a fault.</exception>
    static string In(CultureInfo language, string key, int? item) => Words.GetString(key, language) is { } text
        ? item is { } number ? string.Format(language, text, number) : text
        : throw new MissingManifestResourceException($"There are no words for {key}.");
}
