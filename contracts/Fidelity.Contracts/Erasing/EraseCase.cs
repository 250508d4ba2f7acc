namespace Fidelity.Contracts.Erasing;

/// <summary>
/// Asks a service to erase a family (gallring): every answer, id and date of it, in streams and tables. A repeat finds nothing more.
/// </summary>
/// <param name="ErasureId">The erasure; it tells nothing of the family.</param>
/// <param name="Pass">The first time, and each later look for what was on its way meanwhile.</param>
/// <param name="Programme">The programme whose id the case carries.</param>
/// <param name="CaseId">The family's pseudonym.</param>
public sealed record EraseCase(Guid ErasureId, int Pass, string Programme, string CaseId);
