using System.Text.Json.Serialization;
using Fidelity.Measurement;

namespace Fidelity.Contracts.Tam;

/// <summary>One interview as it stands, published under the name of what happened to it.</summary>
/// <param name="CaseId">The family.</param>
/// <param name="Interview">The interview with its corrections applied.</param>
public abstract record TamInterviewFact(long Version, string Programme, string TeamId, string CaseId, TamInterview Interview)
    : Fact(Version, Programme, TeamId)
{
    /// <inheritdoc />
    protected override Thing Subject() => new("tam_interview", Interview.InterviewId);
}

/// <summary>An interview was scored, or scored anew because something it rests on became known.</summary>
public sealed record TamInterviewScored(long Version, string Programme, string TeamId, string CaseId, TamInterview Interview)
    : TamInterviewFact(Version, Programme, TeamId, CaseId, Interview);

/// <summary>An interview was corrected; the score is of the corrected answers.</summary>
public sealed record TamInterviewCorrected(long Version, string Programme, string TeamId, string CaseId, TamInterview Interview)
    : TamInterviewFact(Version, Programme, TeamId, CaseId, Interview);

/// <summary>An interview was withdrawn.</summary>
public sealed record TamInterviewWithdrawn(long Version, string Programme, string TeamId, string CaseId, TamInterview Interview)
    : TamInterviewFact(Version, Programme, TeamId, CaseId, Interview);

/// <summary>An interview and what it counts as.</summary>
/// <param name="InterviewId">The caller's id of it.</param>
/// <param name="Date">The day of the interview.</param>
/// <param name="InterviewerId">Who interviewed; null for self-report.</param>
/// <param name="TherapistId">The case's therapist on that day.</param>
/// <param name="Mode">How it was held.</param>
/// <param name="Language">Language of the interview; null when not stated.</param>
/// <param name="Interpreter">Whether an interpreter took part; null when not stated.</param>
/// <param name="Answers">The answers, corrections applied.</param>
/// <param name="Score">The score, with the definition it was computed by; its value is null when insufficient.</param>
/// <param name="Independent">Whether the interviewer was independent of the case's team (measurement.md §2).</param>
/// <param name="Withdrawn">Whether it was withdrawn.</param>
/// <param name="OutsideCase">Whether it lies before the start or more than 14 days after the discharge, and so counts nowhere.</param>
/// <param name="Completes">Due date of the opportunity it completes; null when it completes none.</param>
public sealed record TamInterview(
    string InterviewId, DateOnly Date, string? InterviewerId, string TherapistId, InterviewMode Mode, string? Language,
    bool? Interpreter, IReadOnlyList<Answer> Answers, Score Score, bool Independent, bool Withdrawn, bool OutsideCase,
    DateOnly? Completes)
{
    /// <summary>Valid TAM of measurement.md §4, sufficiency aside: what may complete an opportunity.</summary>
    [JsonIgnore]
    public bool Counts => Independent && !Withdrawn && !OutsideCase;

    /// <summary>Why it does not count, when it does not: the first that holds.</summary>
    [JsonIgnore]
    public Ruling LeftOut => Withdrawn ? Ruling.Withdrawn : OutsideCase ? Ruling.OutsideCase : Ruling.NotIndependent;
}
