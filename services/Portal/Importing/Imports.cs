using Fidelity.Portal.Access;
using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Importing;

/// <summary>What programs, by the API, and people, on the pages, do with imports, each for the purpose that is theirs.</summary>
sealed class Imports(EventWriter store, ImportsTable table, CurrentVisitor visitor)
{
    /// <summary>The import, if it was received and its programme is open to whoever asks.</summary>
    public async Task<Import?> Find(Guid id, Purpose purpose, CancellationToken stopping) =>
        await store.Read<Import>(Import.StreamKey(id), stopping) is { Received: { } received } import
        && (await visitor.Reach(purpose)).CoversAllOf(received.Programme)
            ? import
            : null;

    /// <summary>Keeps the files for the dry run, and gives the import's name.</summary>
    public async Task<Guid> Receive(string programme, IReadOnlyList<UploadedFile> files, CancellationToken stopping)
    {
        var id = Guid.CreateVersion7();
        await table.Store(id, files, stopping);
        var received = new ImportReceived(
            id, programme, [.. files.Select(file => Shown.Name(file.Name) ?? "?")], files.Sum(file => (long)file.Content.Length), (await visitor.Get())!.Name);
        await store.Write(async streams =>
        {
            var stream = await streams.Open<Import>(Import.StreamKey(id));
            stream.Append(new Import().Apply(received), [received]);
            return true;
        }, stopping);
        return id;
    }

    public async Task<AcceptanceRefusal?> Accept(Guid id, bool goodRowsOnly, CancellationToken stopping)
    {
        var accepted = new ImportAccepted(goodRowsOnly, (await visitor.Get())!.Name);
        var hasFiles = await table.HasFiles(id, stopping);
        return await store.Write(async streams =>
        {
            var stream = await streams.Open<Import>(Import.StreamKey(id));
            var (state, events, refusal) = stream.State!.Accept(accepted, hasFiles);
            stream.Append(state, events);
            return refusal;
        }, stopping);
    }

    public async Task<ImportProgress> Progress(Import import, CancellationToken stopping)
    {
        var id = import.Received!.ImportId;
        return ImportProgress.Of(import, import.Checked is null ? await table.RowsChecked(id, stopping) : 0, await table.States(id, stopping));
    }
}
