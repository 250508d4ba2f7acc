using System.Runtime.CompilerServices;

namespace Fidelity.Portal.Importing;

/// <summary>
/// An import that can be read, before it is held against what the portal knows (formats.md §1). Its rows are read as they are judged,
/// some at a time, so that a large import takes little more memory than its files. Nothing is written by any of this.
/// </summary>
public sealed class ParsedImport
{
    const int RowsAtOnce = 1000;

    readonly ImportFiles _files;
    readonly IReadOnlyList<ImportTable> _tables;

    readonly Lazy<IReadOnlySet<RecordKey>> _references;

    ParsedImport(ImportFiles files, IReadOnlyList<ImportTable> tables)
    {
        (_files, _tables) = (files, tables);
        _references = new(() => tables.SelectMany(table => table.Rows).SelectMany(KeysOf).ToHashSet());
    }

    /// <summary>The files that are there, in the order in which they are judged.</summary>
    public IEnumerable<string> Files => _tables.Select(table => table.Kind.File);

    /// <summary>The names of files and sheets that are none of the kinds.</summary>
    public IReadOnlyList<string> LeftAlone => _files.LeftAlone;

    /// <summary>
    /// What must be looked up: every record that a row speaks of or refers to. <see cref="RecordKind.Staff"/> asks for every post
    /// of the person, any other kind for the one record.
    /// </summary>
    public IReadOnlySet<RecordKey> References => _references.Value;

    /// <summary>Reads every table as commands to one programme.</summary>
    public static ParsedImport Read(ImportFiles files, string programme)
    {
        ArgumentNullException.ThrowIfNull(files);
        return new(files, [.. files.Tables.Select(table => ImportTable.Read(table.Kind, table.Rows, programme))]);
    }

    /// <summary>The dry run, row by row.</summary>
    /// <param name="lookUp">Gives the records that are known under the keys asked for.</param>
    public async IAsyncEnumerable<JudgedRow> Judge(
        Func<IReadOnlySet<RecordKey>, Task<KnownRecords>> lookUp, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(lookUp);
        foreach (var finding in _files.Findings)
            yield return JudgedRow.None(finding);

        var check = new ImportCheck(Unread());
        foreach (var table in _tables)
        {
            foreach (var finding in table.HeaderFaults)
                yield return JudgedRow.None(finding);
            foreach (var rows in table.Rows.Chunk(RowsAtOnce))
            {
                cancellation.ThrowIfCancellationRequested();
                var known = await lookUp(rows.SelectMany(KeysOf).ToHashSet());
                foreach (var row in rows)
                    yield return JudgedRow.Of(row, check.Judge(row, known));
            }
        }
    }

    /// <summary>The dry run's whole answer, given the records that <see cref="References"/> asked for.</summary>
    public CheckedImport Check(KnownRecords known)
    {
        var tally = new ImportTally(Files);
        var judged = Judge(_ => Task.FromResult(known)).ToBlockingEnumerable().ToList();
        judged.ForEach(tally.Count);
        return new(
            [.. judged.Select(row => row.Accepted).OfType<CheckedRow>()], [.. judged.SelectMany(row => row.Findings)],
            [.. judged.Select(row => row.Held).OfType<HeldRow>()], LeftAlone, tally.Files);
    }

    static IEnumerable<RecordKey> KeysOf(ParsedRow row) =>
        ImportCheck.References(row).Select(reference => reference.Key).Append(RecordKey.Of(row.Command));

    /// <summary>The kinds of record of which a file is there and cannot be read.</summary>
    HashSet<RecordKind> Unread()
    {
        var unread = _tables.Where(table => table.HeaderFaults is not []).Select(table => table.Kind.File)
            .Concat(_files.Findings.Select(finding => finding.File)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. ImportCheck.Referable.Where(referable => referable.Files.Any(unread.Contains)).Select(referable => referable.Kind)];
    }
}
