namespace Fidelity.Contracts.Erasing;

/// <summary>A service has erased a family, and says so without naming it.</summary>
/// <param name="Service">The service's name, such as <c>tam</c>.</param>
/// <param name="Found">Streams and rows that it still had to erase; 0 when it had nothing of the family.</param>
public sealed record CaseErased(Guid ErasureId, int Pass, string Service, int Found);
