using System.IO.Compression;
using Fidelity.Validation;

namespace Fidelity.Portal.Importing;

/// <summary>A file as it was uploaded.</summary>
/// <param name="Name">Its name, with at most one folder before it. It is compared with known names and never used as a path.</param>
/// <param name="Content">Its bytes.</param>
public sealed record UploadedFile(string Name, ReadOnlyMemory<byte> Content);

/// <summary>
/// The tables found in what was uploaded: single CSV files, a zip of them, or a workbook with a sheet for each. Files of no known
/// kind are named and left alone.
/// </summary>
public sealed class ImportFiles
{
    /// <summary>A national programme's interviews of twenty years take a third of this.</summary>
    const long MostBytes = 512L * 1024 * 1024;

    const string TooMuch = "Unpacked, the files are larger than an import may be. Split them into several imports.";

    readonly Dictionary<ImportKind, IEnumerable<TableRow>> _tables = [];
    readonly List<Finding> _findings = [];
    readonly List<string> _leftAlone = [];
    readonly long _mostBytes;
    long _unpacked;

    ImportFiles(long mostBytes) => _mostBytes = mostBytes;

    /// <summary>What is wrong with the upload itself.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>The names of files and sheets that are none of the kinds.</summary>
    public IReadOnlyList<string> LeftAlone => _leftAlone;

    /// <summary>The rows of each kind of file that is there, header first, in the kinds' order.</summary>
    internal IEnumerable<(ImportKind Kind, IEnumerable<TableRow> Rows)> Tables =>
        ImportKind.All.Where(_tables.ContainsKey).Select(kind => (kind, _tables[kind]));

    /// <summary>Finds the tables.</summary>
    /// <param name="uploaded">A folder's files, or one zip or workbook.</param>
    /// <param name="mostBytes">How much may be unpacked in all.</param>
    public static ImportFiles Open(IEnumerable<UploadedFile> uploaded, long mostBytes = MostBytes)
    {
        ArgumentNullException.ThrowIfNull(uploaded);
        var files = new ImportFiles(mostBytes);
        foreach (var file in uploaded)
        {
            if (IsZip(file.Name))
                files.Unpack(file, "This is not a zip file that can be read. Pack the files again, without a password.", files.AddZip);
            else if (IsWorkbook(file.Name))
                files.Unpack(file, "This is not a workbook that can be read. Save it again as .xlsx, without a password.", zip => files.AddWorkbook(file, zip));
            else
                files.Add(file.Name, () => Csv.Rows(file.Content));
        }
        return files;
    }

    /// <summary>Whether a file of this name is looked into. What is left alone need not be kept.</summary>
    public static bool Reads(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return IsZip(name) || IsWorkbook(name) || KindOf(name) is not null;
    }

    static bool IsZip(string name) => name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    static bool IsWorkbook(string name) => name.EndsWith(".xlsx", StringComparison.OrdinalIgnoreCase);

    /// <summary>The kind of a file with at most one folder before its name.</summary>
    static ImportKind? KindOf(string name)
    {
        var path = name.Split('/', '\\');
        return path.Length > 2 || path is ["" or "." or "..", _] ? null : ImportKind.Find(path[^1]);
    }

    void Unpack(UploadedFile file, string unreadable, Action<ZipArchive> add)
    {
        try
        {
            using var zip = new ZipArchive(new MemoryStream(file.Content.ToArray(), writable: false), ZipArchiveMode.Read);
            add(zip);
        }
        catch (InvalidDataException)
        {
            Refuse(file.Name, ErrorCodes.BadEncoding, unreadable);
        }
    }

    /// <summary>One row of one kind, as if it had been uploaded: its cells are in the order of the kind's columns.</summary>
    public static ImportFiles Of(ImportKind kind, IReadOnlyList<string> cells)
    {
        ArgumentNullException.ThrowIfNull(kind);
        var files = new ImportFiles(MostBytes);
        files._tables.Add(kind, [new TableRow(1, kind.Columns, null), new TableRow(2, cells, null)]);
        return files;
    }

    void AddZip(ZipArchive zip)
    {
        foreach (var entry in zip.Entries.Where(entry => entry.FullName is not [.., '/' or '\\']))
            Add(entry.FullName, () => Unpack(entry) is { } bytes ? Csv.Rows(bytes) : null);
    }

    void AddWorkbook(UploadedFile file, ZipArchive zip)
    {
        // The workbook's reader sets no limits: what it will unpack is unpacked here first.
        if (zip.Entries.Any(entry => Unpack(entry) is null))
            Refuse(file.Name, ErrorCodes.TooLarge, TooMuch);
        else
            foreach (var (sheet, rows) in Workbook.Sheets(file.Content))
                Add(sheet + ".csv", () => rows);
    }

    void Add(string name, Func<IEnumerable<TableRow>?> read)
    {
        if (KindOf(name) is not { } kind)
            _leftAlone.Add(Shown.Name(name) ?? "(a file without a name that can be shown)");
        else if (_tables.ContainsKey(kind))
            Refuse(kind.File, ErrorCodes.DuplicateId, "The upload holds this file twice and the first was read. Put all rows into one file.");
        else if (read() is { } rows)
            _tables.Add(kind, rows);
        else
            Refuse(kind.File, ErrorCodes.TooLarge, TooMuch);
    }

    /// <summary>The entry's bytes, or null when they exceed what may be unpacked. What the zip says of their number is not relied on.</summary>
    ReadOnlyMemory<byte>? Unpack(ZipArchiveEntry entry)
    {
        using var packed = entry.Open();
        using var unpacked = new MemoryStream();
        var buffer = new byte[81920];
        for (int read; (read = packed.Read(buffer)) > 0;)
        {
            _unpacked += read;
            if (_unpacked > _mostBytes)
                return null;
            unpacked.Write(buffer, 0, read);
        }
        return unpacked.GetBuffer().AsMemory(0, (int)unpacked.Length);
    }

    void Refuse(string file, string code, string message) => _findings.Add(new(Shown.Name(file) ?? "", 1, null, code, message));
}
