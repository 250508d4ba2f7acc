using System.Globalization;
using System.Text;

namespace Fidelity.Portal.Importing;

/// <summary>What is wrong with an import, as CSV: the findings, of the dry run and then of the sending, and after acceptance what the owners refused.</summary>
static class ImportReport
{
    public const string Columns = "file,line,column,code,message\n";

    public static IResult Of(IAsyncEnumerable<Finding> findings, string? fileName = null) => Results.Stream(async body =>
    {
        await using var report = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        await report.WriteAsync(Columns);
        await foreach (var finding in findings)
            await report.WriteAsync(string.Create(CultureInfo.InvariantCulture,
                $"{Cell(finding.File)},{finding.Line},{Cell(finding.Column)},{finding.Code},{Cell(finding.Message)}\n"));
    }, "text/csv; charset=utf-8", fileName);

    /// <summary>A cell of the report; what a spreadsheet would take for a formula is made text.</summary>
    static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
            text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
