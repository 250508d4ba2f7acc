using Fidelity.Validation;

namespace Fidelity.Portal.Importing;

/// <summary>One row of an import file, header included, before anything is known of its columns.</summary>
/// <param name="Line">The line, or row of the sheet, where it begins, from 1.</param>
/// <param name="Cells">Its cells as text, blank ones empty.</param>
/// <param name="Unreadable">Why it cannot be read; the cells then are the best guess.</param>
public readonly record struct TableRow(int Line, IReadOnlyList<string> Cells, Fault? Unreadable);
