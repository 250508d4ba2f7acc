using System.Text.Json.Serialization;
using Fidelity.Measurement;

namespace Fidelity.Contracts.Submitting;

/// <summary>An owner's answer to one command; a repeat of the command is answered again.</summary>
/// <param name="SubmissionId">The submission that is answered.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Causes">Every cause of a refusal, or what a waiting command waits for; empty when recorded.</param>
/// <param name="Score">The score of a recorded interview; null for everything else, surveys too: what raters said is shown in a review or nowhere.</param>
/// <param name="Attempt">The command's own; null when a wait has ended, which is about what was kept.</param>
public sealed record SubmissionAnswered(
    Guid SubmissionId, SubmissionOutcome Outcome, IReadOnlyList<Cause> Causes, Score? Score = null, int? Attempt = null);

/// <summary>What became of a command.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SubmissionOutcome>))]
public enum SubmissionOutcome
{
    /// <summary>Stored and in effect.</summary>
    [JsonStringEnumMemberName("recorded")] Recorded,

    /// <summary>Stored; it takes effect when the fact it rests on arrives.</summary>
    [JsonStringEnumMemberName("waiting")] Waiting,

    /// <summary>Not in effect, for the causes named.</summary>
    [JsonStringEnumMemberName("refused")] Refused,
}

/// <summary>Why something was refused or waits.</summary>
/// <param name="Code">One of the error codes of formats.md §1.</param>
/// <param name="Field">The column or JSON property at fault, in the import's spelling; null when it is no single one.</param>
/// <param name="Message">A sentence that says what is wrong and what to do.</param>
public sealed record Cause(string Code, string? Field, string Message);
