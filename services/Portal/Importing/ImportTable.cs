using Fidelity.Contracts;
using Fidelity.Contracts.Submitting;
using Fidelity.Validation;

namespace Fidelity.Portal.Importing;

/// <summary>One file of an import: its header checked, its rows read as commands.</summary>
sealed class ImportTable
{
    ImportTable(ImportKind kind, IReadOnlyList<Finding> headerFaults, IEnumerable<ParsedRow> rows) =>
        (Kind, HeaderFaults, Rows) = (kind, headerFaults, rows);

    public ImportKind Kind { get; }

    /// <summary>What is wrong with the header. A file with a faulty header contributes nothing else.</summary>
    public IReadOnlyList<Finding> HeaderFaults { get; }

    /// <summary>The rows behind the header, each read when it is asked for.</summary>
    public IEnumerable<ParsedRow> Rows { get; }

    public static ImportTable Read(ImportKind kind, IEnumerable<TableRow> rows, string programme)
    {
        if (rows.Cast<TableRow?>().FirstOrDefault() is not { } header)
            return new(kind, [HeaderFault(kind, null, ErrorCodes.MissingColumn, "The file is empty. Give it a header row with its columns, or leave it out.")], []);

        var faults = header.Unreadable is { } unreadable
            ? [HeaderFault(kind, null, unreadable.Code, unreadable.Message)]
            : CheckHeader(kind, header.Cells).ToList();
        return faults is [] ? new(kind, [], Rows()) : new(kind, faults, []);

        IEnumerable<ParsedRow> Rows()
        {
            var index = header.Cells.Select((name, at) => (name, at)).ToDictionary(column => column.name, column => column.at, StringComparer.Ordinal);
            IReadOnlyList<string> cells = [];
            var reader = new ImportRow(programme, column => index[column] < cells.Count ? cells[index[column]] : "");
            foreach (var row in rows.Skip(1))
            {
                // A row that cannot be relied on is read all the same: the id in it is not to be missed in other files.
                cells = row.Cells;
                var command = kind.Read(reader, out var faults);
                var refusal = row.Unreadable
                    ?? (cells.Count == header.Cells.Count ? default(Fault?) : WrongWidth(cells.Count, header.Cells.Count));
                yield return new(kind, row.Line, command, refusal is { } fault ? [fault.In(null)] : faults);
            }
        }
    }

    static IEnumerable<Finding> CheckHeader(ImportKind kind, IReadOnlyList<string> names)
    {
        for (var at = 0; at < names.Count; at++)
        {
            if (!kind.Columns.Contains(names[at], StringComparer.Ordinal))
                yield return HeaderFault(kind, Shown.Name(names[at]), ErrorCodes.UnknownColumn,
                    $"{kind.File} has no such column. Remove or rename it; the columns are {string.Join(", ", kind.Columns)}.");
            else if (names.Take(at).Contains(names[at], StringComparer.Ordinal))
                yield return HeaderFault(kind, names[at], ErrorCodes.UnknownColumn, "The column is there twice. Remove one of the two.");
        }
        foreach (var column in kind.Columns.Except(names, StringComparer.Ordinal))
            yield return HeaderFault(kind, column, ErrorCodes.MissingColumn, "The column is not there. Add it; its cells may be blank where nothing is known.");
    }

    static Finding HeaderFault(ImportKind kind, string? column, string code, string message) => new(kind.File, 1, column, code, message);

    static Fault WrongWidth(int cells, int columns) => cells > columns
        ? new(ErrorCodes.UnknownColumn, "The row has more cells than the header has columns. Put quotation marks around text with delimiters in it.")
        : new(ErrorCodes.MissingColumn, "The row has fewer cells than the header has columns. Give each column its cell, blank ones too.");
}

/// <summary>A row as read.</summary>
/// <param name="Kind">The kind of its file.</param>
/// <param name="Line">The line where it begins.</param>
/// <param name="Command">What it says, as far as that can be made out.</param>
/// <param name="Faults">What is wrong with it by itself.</param>
sealed record ParsedRow(ImportKind Kind, int Line, Command Command, IReadOnlyList<Cause> Faults)
{
    /// <summary>Whether a column can be relied on.</summary>
    public bool IsClean(string column) => Faults.Count == 0 || Faults.All(fault => fault.Field is not null && !fault.Field.Equals(column, StringComparison.Ordinal));

    /// <summary>A fault of the row's identity, which is reported on its first column.</summary>
    public Cause OnIdentity(string code, string message) => new(code, Kind.Columns[0], message);
}
