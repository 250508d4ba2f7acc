using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;

namespace Fidelity.ServiceDefaults;

/// <summary>What stands where something of a family stood. Version, programme and team stay; whatever else is left says nothing.</summary>
public static class Erased
{
    /// <summary>In the place of an id. No id is empty.</summary>
    public const string Id = "";

    /// <summary>The family that a fact is about; null for one about a team, a pair of staff, or a team's figures.</summary>
    public static string? CaseOf(Fact fact) => fact switch
    {
        CaseChanged known => known.CaseId,
        TamInterviewFact known => known.CaseId,
        TamOpportunityFact known => known.CaseId,
        _ => null,
    };

    /// <summary>Whether the fact's family has been erased.</summary>
    public static bool Is(Fact fact) => CaseOf(fact) == Id;

    /// <summary>The fact without its family. One that is about no family stays as it is.</summary>
    public static T Of<T>(T fact) where T : Fact => (T)(Fact)(fact switch
    {
        CaseChanged known => known with
        {
            CaseId = Id, TherapistId = Id, Reassignments = [], Started = default, Discharged = null, Reason = null, Outcomes = NoOutcomes, FollowUps = [],
        },
        TamInterviewFact known => known with { CaseId = Id, Interview = Of(known.Interview) },
        TamOpportunityFact known => known with { CaseId = Id, Opportunity = Of(known.Opportunity), EffectiveOn = default },
        _ => fact,
    });

    /// <summary>An interview of an erased family.</summary>
    public static TamInterview Of(TamInterview interview) => new(
        Id, default, null, Id, default, null, null, [], new Score(interview.Score.Definition, 0, 0, 0, null),
        Independent: false, Withdrawn: true, OutsideCase: true, Completes: null);

    /// <summary>An opportunity of an erased family.</summary>
    public static Opportunity Of(Opportunity opportunity) => opportunity with
    {
        Due = default, First = default, Last = default, Outcome = OpportunityOutcome.Void, CompletedBy = null,
    };

    /// <summary>Of outcomes, that nothing is known.</summary>
    public static CaseOutcomes NoOutcomes { get; } = new(Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown);
}
