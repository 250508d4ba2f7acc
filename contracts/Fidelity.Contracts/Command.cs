namespace Fidelity.Contracts;

/// <summary>What the portal asks an owner to record. The owner validates again, decides, appends and answers.</summary>
/// <param name="SubmissionId">
/// Identifies the submission: the same for every repeat of the same content, and without any pseudonym in it.
/// </param>
/// <param name="Programme">The programme whose ids the command speaks of: 1–40 of a–z, 0–9 and hyphen.</param>
public abstract record Command(Guid SubmissionId, string Programme);
