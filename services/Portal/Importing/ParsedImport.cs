namespace Fidelity.Portal.Importing;

/// <summary>
/// An import that has been read, before it is held against what the portal knows (formats.md §1): read it, load what
/// <see cref="References"/> names, and check it. Nothing is written by any of this.
/// </summary>
public sealed class ParsedImport
{
    readonly ImportFiles _files;
    readonly IReadOnlyList<ImportTable> _tables;

    ParsedImport(ImportFiles files, IReadOnlyList<ImportTable> tables)
    {
        (_files, _tables) = (files, tables);
        References = tables.SelectMany(table => table.Rows)
            .SelectMany(row => ImportCheck.References(row).Select(reference => reference.Key).Append(RecordKey.Of(row.Command)))
            .ToHashSet();
    }

    /// <summary>
    /// What must be looked up: every record that a row speaks of or refers to. <see cref="RecordKind.Staff"/> asks for every post
    /// of the person, any other kind for the one record.
    /// </summary>
    public IReadOnlySet<RecordKey> References { get; }

    /// <summary>Reads every table as commands to one programme.</summary>
    public static ParsedImport Read(ImportFiles files, string programme)
    {
        ArgumentNullException.ThrowIfNull(files);
        return new(files, [.. files.Tables.Select(table => ImportTable.Read(table.Kind, table.Rows, programme))]);
    }

    /// <summary>The dry run's answer, given the records that <see cref="References"/> asked for.</summary>
    public CheckedImport Check(KnownRecords known)
    {
        var check = new ImportCheck(known, Unread());
        var rows = new List<CheckedRow>();
        var findings = new List<Finding>(_files.Findings);
        var held = new List<HeldRow>();
        var counts = new List<FileCounts>();
        foreach (var table in _tables)
        {
            var file = table.Kind.File;
            var (heldBefore, acceptedBefore) = (held.Count, rows.Count);
            findings.AddRange(table.HeaderFaults);
            foreach (var row in table.Rows)
            {
                var verdict = check.Judge(row);
                if (verdict.RestsOn is { } column)
                    held.Add(new(file, row.Line, column));
                else if (verdict is { Command: { } command, Effect: { } effect })
                    rows.Add(new(file, row.Line, command, effect, verdict.Filled));
                else
                    findings.AddRange(verdict.Faults.OrderBy(fault => table.Kind.Position(fault.Field))
                        .Select(fault => new Finding(file, row.Line, fault.Field, fault.Code, fault.Message)));
            }

            var accepted = rows.Skip(acceptedBefore).CountBy(row => row.Effect).ToDictionary();
            counts.Add(new(file, table.Rows.Count, accepted.GetValueOrDefault(RowEffect.New), accepted.GetValueOrDefault(RowEffect.Change),
                accepted.GetValueOrDefault(RowEffect.Known), held.Count - heldBefore,
                table.Rows.Count - (rows.Count - acceptedBefore) - (held.Count - heldBefore)));
        }
        return new(rows, findings, held, _files.LeftAlone, counts);
    }

    /// <summary>The kinds of record of which a file is there and cannot be read.</summary>
    HashSet<RecordKind> Unread()
    {
        var unread = _tables.Where(table => table.HeaderFaults is not []).Select(table => table.Kind.File)
            .Concat(_files.Findings.Select(finding => finding.File)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. ImportCheck.Referable.Where(referable => referable.Files.Any(unread.Contains)).Select(referable => referable.Kind)];
    }
}
