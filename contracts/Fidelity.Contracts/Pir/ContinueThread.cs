namespace Fidelity.Contracts.Pir;

/// <summary>Writes the next entry of a thread.</summary>
/// <param name="TeamId">The team.</param>
/// <param name="ThreadId">The thread.</param>
/// <param name="Place">
/// Which entry it is, counted from 1: the one after the last that its author has seen. Of two for one place, the second is refused.
/// </param>
/// <param name="Entry">The entry. Which kind may follow which is said in <c>Fidelity.Validation.ThreadCourse</c>.</param>
public sealed record ContinueThread(Guid SubmissionId, string Programme, string TeamId, Guid ThreadId, int Place, ThreadEntry Entry)
    : Command(SubmissionId, Programme);
