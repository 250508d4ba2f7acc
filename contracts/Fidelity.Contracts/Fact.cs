namespace Fidelity.Contracts;

/// <summary>
/// What a service publishes: the whole current state of one thing. A receiver keeps the highest version it has seen
/// of each thing and ignores the others, so facts may arrive in any order and more than once.
/// </summary>
/// <param name="Version">The version of the source stream at which this became the state.</param>
/// <param name="Programme">The programme whose ids the fact speaks of.</param>
/// <param name="TeamId">The team that the thing belongs to.</param>
public abstract record Fact(long Version, string Programme, string TeamId);
