using System.Collections.Immutable;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Marten;

namespace Fidelity.Roster;

public sealed record CaseOpened(string Programme, string CaseId, string TeamId, string TherapistId, DateOnly Started);

public sealed record CaseDischarged(DateOnly Discharged, DischargeReason Reason);

public sealed record OutcomesLearned(CaseOutcomes Outcomes);

public sealed record CaseReassigned(string TherapistId, DateOnly From);

public sealed record CaseFollowedUp(int Months, DateOnly Date, CaseOutcomes Outcomes);

/// <summary>A case from its opening to its follow-ups. What comes before the opening waits for it.</summary>
public sealed record Case : IErasable
{
    public string Id { get; set; } = "";

    public CaseOpened? Opened { get; init; }

    public CaseDischarged? Discharge { get; init; }

    public CaseOutcomes Outcomes { get; init; } = Erased.NoOutcomes;

    public ImmutableList<Reassignment> Reassignments { get; init; } = [];

    public ImmutableList<FollowUp> FollowUps { get; init; } = [];

    public ImmutableList<Guid> Waiting { get; init; } = [];

    public bool IsErased { get; init; }

    public Case Apply(CaseOpened happened) => this with { Opened = happened };

    public Case Apply(CaseDischarged happened) => this with { Discharge = happened };

    public Case Apply(OutcomesLearned happened) => this with { Outcomes = happened.Outcomes };

    public Case Apply(CaseReassigned happened) => this with { Reassignments = Reassignments.Add(new(happened.TherapistId, happened.From)) };

    public Case Apply(CaseFollowedUp happened) => this with { FollowUps = FollowUps.Add(new(happened.Months, happened.Date, happened.Outcomes)) };

    public Case Apply(WaitBegan happened) => this with { Waiting = Waiting.Add(happened.SubmissionId) };

    public Case Apply(WaitEnded happened) => this with { Waiting = Waiting.Remove(happened.SubmissionId) };

    public Case Apply(StreamErased happened) => new() { Id = Id, IsErased = true };

    public static Decision<Case> Register(Case? known, RegisterCase command)
    {
        var state = known ?? new Case();
        var merged = command;
        List<object> events = [];
        if (state.Opened is { } opened)
        {
            var filling = Filling.Of(state.AsCommand(opened), command);
            if (filling.Altered.Count > 0)
                return Decision.Refused(state, [.. filling.Altered.Select(column => Conflicting.Content("case", column))]);
            merged = filling.Merged;
        }
        else
        {
            var opening = new CaseOpened(command.Programme, command.CaseId, command.TeamId, command.TherapistId, command.Started);
            state = state.Apply(opening);
            events.Add(opening);
            foreach (var ended in state.Waiting.Select(waiting => new WaitEnded(waiting, SubmissionOutcome.Recorded, [])))
            {
                state = state.Apply(ended);
                events.Add(ended);
            }
        }

        if (state.Discharge is null && merged is { Discharged: { } discharged, Reason: { } reason })
        {
            var discharge = new CaseDischarged(discharged, reason);
            state = state.Apply(discharge);
            events.Add(discharge);
        }

        if (merged.Outcomes != state.Outcomes)
        {
            var learned = new OutcomesLearned(merged.Outcomes);
            state = state.Apply(learned);
            events.Add(learned);
        }

        return Decision.Recorded(state, events);
    }

    public static Decision<Case> Reassign(Case? known, ReassignCase command)
    {
        var state = known ?? new Case();
        if (state.Reassignments.Find(earlier => earlier.From == command.From) is { } earlier)
        {
            return earlier.Therapist == command.TherapistId
                ? state.Settle(command.SubmissionId, [])
                : Decision.Refused(state, Conflicting.Content("reassignment", "therapist_id"));
        }

        var happened = new CaseReassigned(command.TherapistId, command.From);
        return state.Apply(happened).Settle(command.SubmissionId, [happened]);
    }

    public static Decision<Case> FollowUp(Case? known, RecordFollowUp command)
    {
        var state = known ?? new Case();
        var followUp = new FollowUp(command.Months, command.Date, command.Outcomes);
        if (state.FollowUps.Find(earlier => earlier.Months == command.Months) is { } earlier)
        {
            return earlier == followUp
                ? state.Settle(command.SubmissionId, [])
                : Decision.Refused(state, Conflicting.Content("follow-up", "months"));
        }

        var happened = new CaseFollowedUp(command.Months, command.Date, command.Outcomes);
        return state.Apply(happened).Settle(command.SubmissionId, [happened]);
    }

    /// <summary>Ends the case for good: nothing of it is known any more, and nothing more is taken in.</summary>
    public (Case State, IReadOnlyList<object> Events) Erase()
    {
        var erased = new StreamErased();
        return (Apply(erased), [erased]);
    }

    Decision<Case> Settle(Guid submission, IReadOnlyList<object> events)
    {
        if (Opened is not null)
            return Decision.Recorded(this, events);
        var unknown = new Cause(ErrorCodes.UnknownReference, "case_id", "The case is not registered yet. The record takes effect when it is.");
        var began = new WaitBegan(submission);
        return Waiting.Contains(submission)
            ? Decision.Waiting(this, events, unknown)
            : Decision.Waiting(Apply(began), [.. events, began], unknown);
    }

    RegisterCase AsCommand(CaseOpened opened) => new(
        Guid.Empty, opened.Programme, opened.CaseId, opened.TeamId, opened.TherapistId, opened.Started, Discharge?.Discharged, Discharge?.Reason, Outcomes);

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<CaseOpened>("case_opened");
        options.Events.MapEventType<CaseDischarged>("case_discharged");
        options.Events.MapEventType<OutcomesLearned>("outcomes_learned");
        options.Events.MapEventType<CaseReassigned>("case_reassigned");
        options.Events.MapEventType<CaseFollowedUp>("case_followed_up");
        options.Events.AddMaskingRuleForProtectedInformation<CaseOpened>(opened =>
            opened with { CaseId = Erased.Id, TherapistId = Erased.Id, Started = default });
        options.Events.AddMaskingRuleForProtectedInformation<CaseDischarged>(_ => new CaseDischarged(default, default));
        options.Events.AddMaskingRuleForProtectedInformation<OutcomesLearned>(_ => new OutcomesLearned(Erased.NoOutcomes));
        options.Events.AddMaskingRuleForProtectedInformation<CaseReassigned>(_ => new CaseReassigned(Erased.Id, default));
        options.Events.AddMaskingRuleForProtectedInformation<CaseFollowedUp>(_ => new CaseFollowedUp(0, default, Erased.NoOutcomes));
        options.Projections.LiveStreamAggregation<Case>();
    }
}
