using Fidelity.Contracts.Roster;
using Fidelity.ServiceDefaults;
using JasperFx.Events;
using Marten;
using MassTransit;

namespace Fidelity.Roster.Publishing;

/// <summary>What the roster's events are to the others: the team or case as it now is.</summary>
sealed class RosterPublisher(IBus bus) : EventPublisher(bus), IReadSomeEvents
{
    public static IReadOnlyList<Type> Events =>
    [
        typeof(TeamRegistered), typeof(TeamClosed), typeof(PostStarted), typeof(PostEnded),
        typeof(CaseOpened), typeof(CaseDischarged), typeof(OutcomesLearned), typeof(CaseReassigned), typeof(CaseFollowedUp), typeof(WaitEnded),
    ];

    protected override object About(IEvent recorded) => recorded.Data switch
    {
        WaitEnded ended => ended.SubmissionId,
        TeamRegistered or TeamClosed or PostStarted or PostEnded => nameof(Team),
        CaseOpened or CaseDischarged or OutcomesLearned or CaseReassigned or CaseFollowedUp => nameof(Case),
        var other => throw Private(other),
    };

    protected override async ValueTask<object?> Message(IEvent recorded, IDocumentOperations store) => recorded.Data switch
    {
        WaitEnded ended => ended.Answer,
        TeamRegistered or TeamClosed or PostStarted or PostEnded =>
            Changed(await store.Events.AggregateStreamAsync<Team>(recorded.StreamKey!, recorded.Version), recorded.Version),
        _ => Changed(await store.Events.AggregateStreamAsync<Case>(recorded.StreamKey!, recorded.Version), recorded.Version),
    };

    static TeamChanged? Changed(Team? team, long version) => team?.Registered is not { } registered ? null : new(
        version, registered.Programme, registered.TeamId, registered.Name, registered.Profile, registered.Opened, registered.Closed,
        registered.PirStartMonth, team.Posts);

    static CaseChanged? Changed(Case? known, long version) => known?.Opened is not { CaseId: not Erased.Id } opened ? null : new(
        version, opened.Programme, opened.TeamId, opened.CaseId, opened.TherapistId, known.Reassignments, opened.Started,
        known.Discharge?.Discharged, known.Discharge?.Reason, known.Outcomes, known.FollowUps);
}
