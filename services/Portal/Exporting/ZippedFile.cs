using System.IO.Compression;

namespace Fidelity.Portal.Exporting;

/// <summary>A zip that is written part by part and never held, the same bytes for the same parts: no entry says when it was made.</summary>
sealed class ZippedFile(ZipArchive zip) : IAsyncDisposable
{
    /// <summary>The first moment that an entry of a zip can have.</summary>
    static readonly DateTimeOffset Never = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task<ZippedFile> Begin(Stream file, CancellationToken stopping) =>
        new(await ZipArchive.CreateAsync(file, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, stopping));

    /// <summary>The next part; it is to be closed before the one after it is begun.</summary>
    public async Task<Stream> Part(string name, CancellationToken stopping)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Fastest);
        entry.LastWriteTime = Never;
        return await entry.OpenAsync(stopping);
    }

    public async Task Part(string name, byte[] content, CancellationToken stopping)
    {
        await using var part = await Part(name, stopping);
        await part.WriteAsync(content, stopping);
    }

    public ValueTask DisposeAsync() => zip.DisposeAsync();
}

/// <summary>
/// Counts and hashes what is written through it. A zip ends its parts without waiting, which neither an answer nor the database allows: what
/// comes so is held until something waits.
/// </summary>
sealed class HashedStream(Stream file) : WrittenStream
{
    readonly System.Security.Cryptography.IncrementalHash hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);

    readonly MemoryStream held = new();

    public long Bytes { get; private set; }

    /// <summary>SHA-256 of all that was written, in hexadecimal digits.</summary>
    public string Sha256 => Convert.ToHexStringLower(hash.GetCurrentHash());

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        hash.AppendData(buffer.Span);
        Bytes += buffer.Length;
        await WriteHeld(cancellationToken);
        await file.WriteAsync(buffer, cancellationToken);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        hash.AppendData(buffer, offset, count);
        Bytes += count;
        held.Write(buffer, offset, count);
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await WriteHeld(cancellationToken);
        await file.FlushAsync(cancellationToken);
    }

    async ValueTask WriteHeld(CancellationToken stopping)
    {
        if (held.Length == 0)
            return;
        await file.WriteAsync(held.GetBuffer().AsMemory(0, (int)held.Length), stopping);
        held.SetLength(0);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            hash.Dispose();
            held.Dispose();
        }

        base.Dispose(disposing);
    }
}
