using Fidelity.Contracts;

namespace Fidelity.Portal.Importing;

/// <summary>One fault, where it is, and what to do.</summary>
/// <param name="File">The file, by the name its kind has.</param>
/// <param name="Line">The line where the row begins; 1 is the header.</param>
/// <param name="Column">The column; null when it is no single one.</param>
/// <param name="Code">One of the error codes of formats.md §1.</param>
/// <param name="Message">A sentence that says what to do.</param>
public sealed record Finding(string File, int Line, string? Column, string Code, string Message);

/// <summary>What a row does once the import is accepted.</summary>
public enum RowEffect
{
    /// <summary>Records something.</summary>
    New,

    /// <summary>Fills blanks of something known.</summary>
    Change,

    /// <summary>Repeats what is known, and changes nothing.</summary>
    Known,
}

/// <summary>A row without fault.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line where the row begins.</param>
/// <param name="Command">
/// What is asked of the owner, without a submission id: that is stamped when the import is accepted. Of a change, the known
/// content with its blanks filled; of a repeat, the known content.
/// </param>
/// <param name="Effect">What it does.</param>
/// <param name="Filled">The columns that a change fills.</param>
public sealed record CheckedRow(string File, int Line, Command Command, RowEffect Effect, IReadOnlyList<string> Filled);

/// <summary>
/// A row that has no fault of its own but rests on one that has, so that it can neither be accepted nor blamed. It is judged when
/// the other row is mended.
/// </summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line where the row begins.</param>
/// <param name="Column">The column that refers to the faulty row.</param>
public sealed record HeldRow(string File, int Line, string Column);

/// <summary>What became of one file's rows. The five counts add up to <paramref name="Rows"/>.</summary>
/// <param name="File">The file.</param>
/// <param name="Rows">Its rows, the header aside; 0 when the header is at fault, as they were not read.</param>
/// <param name="New">Rows that record something.</param>
/// <param name="Changes">Rows that fill blanks.</param>
/// <param name="Known">Rows that repeat what is known.</param>
/// <param name="Held">Rows that rest on a faulty one.</param>
/// <param name="Faulty">Rows with findings.</param>
public sealed record FileCounts(string File, int Rows, int New, int Changes, int Known, int Held, int Faulty);

/// <summary>What the dry run says of one row: faults, or a row to accept, or one that is held. Of a header or an upload at fault, the fault.</summary>
/// <param name="File">The file.</param>
/// <param name="IsRow">False when it is no row that is spoken of.</param>
/// <param name="Findings">The faults, in the columns' order.</param>
/// <param name="Accepted">The row without fault.</param>
/// <param name="Held">The row that rests on a faulty one.</param>
public sealed record JudgedRow(string File, bool IsRow, IReadOnlyList<Finding> Findings, CheckedRow? Accepted, HeldRow? Held)
{
    internal static JudgedRow None(Finding finding) => new(finding.File, false, [finding], null, null);

    internal static JudgedRow Of(ParsedRow row, Verdict verdict)
    {
        var file = row.Kind.File;
        if (verdict.RestsOn is { } column)
            return new(file, true, [], null, new(file, row.Line, column));
        if (verdict is { Command: { } command, Effect: { } effect })
            return new(file, true, [], new(file, row.Line, command, effect, verdict.Filled), null);
        return new(file, true,
            [.. verdict.Faults.OrderBy(fault => row.Kind.Position(fault.Field)).Select(fault => new Finding(file, row.Line, fault.Field, fault.Code, fault.Message))],
            null, null);
    }
}

/// <summary>Counts what became of the rows of each file.</summary>
sealed class ImportTally(IEnumerable<string> files)
{
    readonly OrderedDictionary<string, FileCounts> _files = 
        new(files.Select(file => KeyValuePair.Create(file, new FileCounts(file, 0, 0, 0, 0, 0, 0))), StringComparer.Ordinal);

    public IReadOnlyList<FileCounts> Files => [.. _files.Values];

    /// <summary>All files together.</summary>
    public ImportCounts Total => new(
        Files.Sum(file => file.Rows), Files.Sum(file => file.New), Files.Sum(file => file.Changes), Files.Sum(file => file.Known),
        Files.Sum(file => file.Held), Files.Sum(file => file.Faulty), Findings);

    public int Findings { get; private set; }

    /// <summary>Counts what is found of rows that were good when they were judged.</summary>
    public void Add(IReadOnlyList<Finding> findings) => Findings += findings.Count;

    public void Count(JudgedRow row)
    {
        Findings += row.Findings.Count;
        if (!row.IsRow)
            return;
        var counts = _files[row.File];
        _files[row.File] = row switch
        {
            { Held: not null } => counts with { Rows = counts.Rows + 1, Held = counts.Held + 1 },
            { Accepted.Effect: RowEffect.New } => counts with { Rows = counts.Rows + 1, New = counts.New + 1 },
            { Accepted.Effect: RowEffect.Change } => counts with { Rows = counts.Rows + 1, Changes = counts.Changes + 1 },
            { Accepted.Effect: RowEffect.Known } => counts with { Rows = counts.Rows + 1, Known = counts.Known + 1 },
            _ => counts with { Rows = counts.Rows + 1, Faulty = counts.Faulty + 1 },
        };
    }
}

/// <summary>The dry run's answer (formats.md §1).</summary>
/// <param name="Rows">Every row without fault, in an order in which what a row refers to comes before it.</param>
/// <param name="Findings">Every fault, by file, line and column.</param>
/// <param name="Held">Rows that rest on a faulty row.</param>
/// <param name="LeftAlone">Uploaded files that are none of the kinds.</param>
/// <param name="Files">Counts of each file that was there.</param>
public sealed record CheckedImport(
    IReadOnlyList<CheckedRow> Rows, IReadOnlyList<Finding> Findings, IReadOnlyList<HeldRow> Held,
    IReadOnlyList<string> LeftAlone, IReadOnlyList<FileCounts> Files);
