using System.Diagnostics;
using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;

namespace Fidelity.ServiceDefaults;

/// <summary>Facts as measures see them: who computes a number and who explains it take them from here.</summary>
public static class MeasuredFacts
{
    /// <summary>The kind of a fact and what measures see of it, less what no measure asks for.</summary>
    public static (string Kind, object Data) Of(Fact fact) => fact switch
    {
        TeamChanged team => ("team", team),
        CaseChanged known => ("case", new CaseFacts(known.CaseId, known.Started, known.Discharged, known.Reason, known.Outcomes)),
        TamInterviewFact { Interview: var interview } known => ("tam_interview", new InterviewScore(
            known.CaseId, interview.Date, interview.Score.Definition, interview.Score.Value, interview.Counts)
        {
            Id = interview.InterviewId, LeftOut = interview.LeftOut,
        }),
        TamOpportunityFact known => ("tam_opportunity", new CaseOpportunity(known.CaseId, known.Opportunity)),
        SurveyFact { Survey: var survey } known => ("survey", new SurveyScore(
            known.Pair.RaterId, survey.Date, survey.Instrument,
            survey.Scores.ToDictionary(score => score.Key, score => score.Value.Value, StringComparer.Ordinal), survey.Counts)),
        SurveyOpportunityFact { Pair.Instrument: Instrument.Sam } known => ("sam_opportunity", known.Opportunity),
        SurveyOpportunityFact known => ("cam_opportunity", known.Opportunity),
        _ => throw new UnreachableException($"No measure is computed from {fact.GetType().Name}."),
    };

    /// <summary>What a team's measures rest on.</summary>
    public static TeamFacts Of(IEnumerable<Fact> facts)
    {
        var known = facts.Select(Of).ToLookup(record => record.Kind, record => record.Data, StringComparer.Ordinal);
        return new()
        {
            Cases = [.. known["case"].Cast<CaseFacts>()],
            Interviews = [.. known["tam_interview"].Cast<InterviewScore>()],
            TamOpportunities = [.. known["tam_opportunity"].Cast<CaseOpportunity>()],
            Surveys = [.. known["survey"].Cast<SurveyScore>()],
            SamOpportunities = [.. known["sam_opportunity"].Cast<Opportunity>()],
            CamOpportunities = [.. known["cam_opportunity"].Cast<Opportunity>()],
        };
    }
}
