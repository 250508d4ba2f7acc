using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using MassTransit;

namespace Fidelity.Tam.Learning;

/// <summary>A change among the therapists of a team bears on the independence of every interview of its cases.</summary>
sealed class TeamChangedConsumer(EventWriter writer, InstallationKeys keys, BusinessCalendar calendar) : IConsumer<TeamChanged>
{
    public Task Consume(ConsumeContext<TeamChanged> context)
    {
        var fact = context.Message;
        var learned = new TherapistPostsLearned(fact.Version, [.. fact.Posts.Where(post => post.Role == StaffRole.Therapist)]);
        return writer.Write(async streams =>
        {
            var team = await streams.Open<TeamCases>(keys.Stream("team", fact.Programme, fact.TeamId));
            var cases = team.State ?? new TeamCases();
            if (cases.Posts.Version >= learned.Version)
                return false;
            team.Append(cases.Apply(learned), [learned]);
            if (learned.Posts.SequenceEqual(cases.Posts.Posts))
                return false;
            foreach (var caseId in cases.Cases.Order(StringComparer.Ordinal))
            {
                var interviews = await streams.Open<CaseInterviews>(keys.Stream("tam", fact.Programme, caseId));
                var (state, events) = CaseInterviews.Learn(interviews.State, learned, calendar.Today);
                interviews.Append(state, events);
            }

            return true;
        }, context.CancellationToken);
    }
}
