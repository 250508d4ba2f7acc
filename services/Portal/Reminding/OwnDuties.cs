using Fidelity.Contracts;
using Fidelity.Contracts.Surveys;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Calling;
using Fidelity.Portal.Rating;
using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Reminding;

/// <summary>What waits for somebody now, as their own pages have it: the families to call, and the surveys to answer.</summary>
sealed class OwnDuties(CallListReader calls, OwnSurveys surveys, SentReminders sent, BusinessCalendar calendar)
{
    public async Task<IReadOnlyList<Duty>> Of(Visitor visitor, CancellationToken stopping) =>
        [.. await Interviews(visitor, stopping), .. await Surveys(visitor, stopping)];

    /// <summary>Of a family that they may interview. One that has asked to be called later has to be called all the same.</summary>
    async Task<IEnumerable<Duty>> Interviews(Visitor visitor, CancellationToken stopping)
    {
        var teams = await calls.Read(Policy.Reach(visitor, Purpose.Interview, calendar.Today), calendar.Today, stopping);
        var called = CallList.Of(teams, visitor.Staff, calendar.Now).Where(call => call.Independent)
            .Select(call => (call.Team.Programme, call.Due.Case, call.Due.Due)).ToHashSet();
        return teams.SelectMany(team => team.Records.Interviews)
            .Where(due => called.Contains((due.Programme, due.CaseId, due.Opportunity.Due)))
            .Select(due => Duty(due.Programme, due.About, Instrument.Tam, due.Opportunity));
    }

    async Task<IEnumerable<Duty>> Surveys(Visitor visitor, CancellationToken stopping) =>
        from survey in await surveys.Running(visitor.Holder, Policy.Reach(visitor, Purpose.Rate, calendar.Today), stopping)
        where !survey.IsAnswered
        let about = new SurveyOpportunityFellDue(0, survey.Team.Programme, survey.Pair, survey.Due, survey.Due.Due).About
        select Duty(survey.Team.Programme, about, survey.Pair.Instrument, survey.Due);

    Duty Duty(string programme, Thing about, Instrument instrument, Opportunity opportunity) =>
        new(sent.IdOf(programme, about), programme, about, instrument, opportunity);
}
