namespace Fidelity.Contracts.Exporting;

/// <summary>Lets a portal make an export that is too large to be made while somebody waits. What it holds is kept beside it, not told here.</summary>
/// <param name="ExportId">The export; one that was made already stays as it is.</param>
public sealed record MakeExport(Guid ExportId);
