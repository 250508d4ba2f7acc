namespace Fidelity.Contracts.Submitting;

/// <summary>
/// Asks a service how far it has come. It travels through the service's ordinary queue, behind everything sent before,
/// so two rounds of equal answers say that an import has settled.
/// </summary>
/// <param name="Round">Identifies the round of questions; the answer repeats it.</param>
public sealed record ReportProgress(Guid Round);

/// <summary>How far a service has come.</summary>
/// <param name="Round">The round that is answered.</param>
/// <param name="Service">The service that answers: <c>roster</c>, <c>tam</c>, <c>surveys</c>, <c>pir</c>.</param>
/// <param name="LastEvent">Sequence of the newest event in its store.</param>
/// <param name="Pending">How many of its events are not yet published, projected or computed with.</param>
public sealed record ProgressReported(Guid Round, string Service, long LastEvent, long Pending);
