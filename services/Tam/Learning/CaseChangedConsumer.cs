using Fidelity.Contracts.Roster;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Tam.Learning;

sealed class CaseChangedConsumer(EventWriter writer, InstallationKeys keys, BusinessCalendar calendar) : IConsumer<CaseChanged>
{
    public Task Consume(ConsumeContext<CaseChanged> context)
    {
        var fact = context.Message;
        var (caseKey, teamKey) = (keys.Stream("tam", fact.Programme, fact.CaseId), keys.Stream("team", fact.Programme, fact.TeamId));
        return writer.Write(async streams =>
        {
            var interviews = await streams.Open<CaseInterviews>(caseKey);
            if (interviews.State is { IsErased: true } || interviews.State?.Case?.Version >= fact.Version)
                return false;
            var team = await streams.Open<TeamCases>(teamKey);
            var cases = team.State ?? new TeamCases();
            if (!cases.Cases.Contains(fact.CaseId))
            {
                var joined = new CaseJoined(fact.CaseId);
                team.Append(cases.Apply(joined), [joined]);
            }

            var (state, events) = CaseInterviews.Learn(interviews.State, fact, cases.Posts, calendar.Today);
            interviews.Append(state, events);
            return true;
        }, context.CancellationToken, Wanted.Whole<CaseInterviews>(caseKey), Wanted.Whole<TeamCases>(teamKey));
    }
}
