using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;

namespace Fidelity.Portal.Tests.Teams;

/// <summary>A team in the summer of 2026, and the facts of which the portal hears.</summary>
static class Team
{
    const string Programme = "demo";
    const string Id = "norr";

    static readonly CaseOutcomes Unknown = new(Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown);

    public static DateOnly Day(int month, int day) => new(2026, month, day);

    public static TeamChanged With(params Post[] posts) => new(1, Programme, Id, "Team Norr", "mst@1", Day(1, 1), null, 1, posts);

    public static CaseChanged Family(string id, DateOnly started, DateOnly? discharged = null) => new(
        1, Programme, Id, id, "t-1", [], started, discharged, discharged is null ? null : DischargeReason.Completed, Unknown, []);

    public static TamOpportunityFact Due(string family, DateOnly due, DateOnly last, OpportunityOutcome outcome = OpportunityOutcome.Open) =>
        new TamOpportunityFellDue(1, Programme, Id, family, new(due, due.AddDays(-7), last, outcome, null), due);

    public static SurveyOpportunityFact Survey(
        Instrument instrument, string rater, DateOnly due, DateOnly last, OpportunityOutcome outcome = OpportunityOutcome.Open) =>
        new SurveyOpportunityFellDue(1, Programme, new(instrument, Id, rater, "s-1"), new(due, due.AddDays(-14), last, outcome, null), due);

    public static RecordTamAttempt Attempt(string family, DateOnly date, AttemptOutcome outcome) => new(Guid.Empty, Programme, family, date, outcome);

    /// <summary>So many items at the adherent end, so many answered otherwise, so many not applicable, and the rest of 28 blank.</summary>
    public static TamInterviewFact Interview(
        string family, DateOnly date, int adherent = 20, int other = 8, int notApplicable = 0, string instrument = "tam-r@1", DateOnly? completes = null,
        bool independent = true, bool withdrawn = false, bool outside = false, int otherAnswer = 4)
    {
        Answer[] answers =
        [
            .. Enumerable.Repeat(Answer.Of(5), adherent), .. Enumerable.Repeat(Answer.Of(otherAnswer), other),
            .. Enumerable.Repeat(Answer.NotApplicable, notApplicable), .. Enumerable.Repeat(Answer.Blank, 28 - adherent - other - notApplicable),
        ];
        return new TamInterviewScored(1, Programme, Id, family, new(
            $"i-{family}-{date:MMdd}", date, "v-1", "t-1", InterviewMode.Phone, "sv", false, answers,
            Scoring.Score(Instruments.Find(instrument)!, answers), independent, withdrawn, outside, completes));
    }
}
