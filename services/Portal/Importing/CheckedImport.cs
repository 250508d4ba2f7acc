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
/// content with its blanks filled.
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

/// <summary>The dry run's answer (formats.md §1).</summary>
/// <param name="Rows">Every row without fault, in an order in which what a row refers to comes before it.</param>
/// <param name="Findings">Every fault, by file, line and column.</param>
/// <param name="Held">Rows that rest on a faulty row.</param>
/// <param name="LeftAlone">Uploaded files that are none of the kinds.</param>
/// <param name="Files">Counts of each file that was there.</param>
public sealed record CheckedImport(
    IReadOnlyList<CheckedRow> Rows, IReadOnlyList<Finding> Findings, IReadOnlyList<HeldRow> Held,
    IReadOnlyList<string> LeftAlone, IReadOnlyList<FileCounts> Files);
