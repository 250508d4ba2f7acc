namespace Fidelity.Portal.Importing;

/// <summary>What is wrong in the same way: the same code in the same column of the same file.</summary>
/// <param name="File">The file.</param>
/// <param name="Column">The column; null when it is no single one.</param>
/// <param name="Code">One of the error codes of formats.md §1.</param>
/// <param name="Findings">How often.</param>
/// <param name="Refused">Whether the owner of the record found it, when the row was recorded; else it was found when the row was judged.</param>
/// <param name="First">The first rows, each with the line where it begins and what the report says of it.</param>
public sealed record FindingGroup(string File, string? Column, string Code, int Findings, bool Refused, IReadOnlyList<(int Line, string Message)> First)
{
    /// <summary>Whether it keeps a whole file from being read: its header, or the upload itself, is at fault.</summary>
    public bool IsOfFile => !Refused && First.Any(row => row.Line == 1);

    /// <summary>Those of the upload first, then by file and column, as the files have them: what others rest on is mended first.</summary>
    public static IReadOnlyList<FindingGroup> InOrder(IEnumerable<FindingGroup> groups) =>
    [
        .. groups
            .OrderBy(group => ImportKind.Find(group.File) is { } kind ? ImportKind.All.TakeWhile(other => other != kind).Count() : -1)
            .ThenBy(group => group.File, StringComparer.Ordinal)
            .ThenBy(group => ImportKind.Find(group.File)?.Position(group.Column))
            .ThenBy(group => group.Column, StringComparer.Ordinal)
            .ThenBy(group => group.Code, StringComparer.Ordinal),
    ];
}
