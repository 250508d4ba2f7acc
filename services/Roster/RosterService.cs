using Fidelity.Roster.Erasing;
using Fidelity.Roster.FollowingUp;
using Fidelity.Roster.Publishing;
using Fidelity.Roster.Reassigning;
using Fidelity.Roster.Registering;
using Fidelity.ServiceDefaults;

namespace Fidelity.Roster;

/// <summary>Owns programmes' teams, posts and cases.</summary>
static class RosterService
{
    public static void AddRoster(this WebApplicationBuilder builder, bool declareOnly)
    {
        builder.AddEventStreams("roster", options =>
            {
                Team.MapEvents(options);
                Case.MapEvents(options);
                Waiting.MapEvents(options);
                ErasedStreams.MapEvents(options);
            })
            .Publish<RosterPublisher>("Publishing");
        builder.AddBus(declareOnly, bus => bus.AddInbox("roster",
            typeof(RegisterTeamConsumer), typeof(RegisterPostConsumer), typeof(RegisterCaseConsumer),
            typeof(ReassignCaseConsumer), typeof(RecordFollowUpConsumer),
            typeof(EraseCaseConsumer), typeof(ReportProgressConsumer)));
    }
}
