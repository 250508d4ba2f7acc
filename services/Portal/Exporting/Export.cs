using System.Text.Json.Serialization;
using Fidelity.Measurement;
using Fidelity.Portal.Access;

namespace Fidelity.Portal.Exporting;

/// <summary>How far an export has come.</summary>
[JsonConverter(typeof(CodeJsonConverter<ExportState>))]
enum ExportState
{
    /// <summary>It is to be made.</summary>
    Waiting,

    /// <summary>It is being made.</summary>
    Running,

    /// <summary>It can be fetched.</summary>
    Ready,

    /// <summary>Its file was deleted, as a case that may be in it was erased.</summary>
    Erased,

    /// <summary>It could not be made; asking again begins anew.</summary>
    Failed,
}

/// <summary>What a repeated export is beside the first one of the same request, scopes and position.</summary>
[JsonConverter(typeof(CodeJsonConverter<Repetition>))]
enum Repetition
{
    /// <summary>The same bytes.</summary>
    Identical,

    /// <summary>Other bytes, as a case in it has been erased since.</summary>
    Erased,

    /// <summary>Other bytes, as it was written by other definitions.</summary>
    OtherVersion,

    /// <summary>Other bytes. That must not be.</summary>
    Different,
}

/// <summary>An export that was asked for: what it holds, and once it was made the manifest of its file. It names no family.</summary>
/// <param name="Owner">Whose it is: an account or a token.</param>
/// <param name="By">The name of whoever asked.</param>
/// <param name="Scopes">All that was open to them for it; it is given out while it still is.</param>
/// <param name="Position">Up to which event of the portal's store.</param>
/// <param name="DataTo">When that event was stored.</param>
/// <param name="Expected">How many rows were counted before.</param>
/// <param name="Rows">How many are written.</param>
/// <param name="Erased">How many records have been erased by then that were in the teams of it once.</param>
/// <param name="KeptUntil">How long the file is kept; null when it is not kept but made anew, with the same bytes.</param>
sealed record Export(
    Guid Id, string Owner, string By, ExportRequest Request, IReadOnlyList<Scope> Scopes, long Position, DateTime DataTo, ExportState State, DateTime AskedAt, DateTime? FinishedAt,
    long Expected, long Rows, long? Bytes, string? Sha256, long Erased, string Definitions, string Suppression, Repetition? Repeats, DateTime? KeptUntil);
