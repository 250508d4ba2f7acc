using Fidelity.Contracts;
using Fidelity.Measurement;
using Fidelity.Portal.Teams;

namespace Fidelity.Portal.Reminding;

/// <summary>When in its interval somebody is reminded of what is due.</summary>
public enum ReminderStep
{
    /// <summary>It has fallen due, and there is time.</summary>
    Due,

    /// <summary>Its last days have come.</summary>
    Ending,
}

/// <summary>An interview or a survey that somebody has to see to.</summary>
/// <param name="Id">What stands for it among the reminders sent: nothing of a family or a person can be read from it.</param>
/// <param name="About">The fact that says how it stands.</param>
public sealed record Duty(Guid Id, string Programme, Thing About, Instrument Instrument, Opportunity Opportunity);

public sealed record Reminder(Duty Duty, ReminderStep Step)
{
    public (Guid, ReminderStep) Key => (Duty.Id, Step);
}

/// <summary>What somebody is reminded of: of each opportunity once when it is due and once when it ends soon, while it is open.</summary>
public static class Reminders
{
    /// <param name="sent">What they were reminded of before.</param>
    public static IReadOnlyList<Reminder> Of(IEnumerable<Duty> duties, IReadOnlySet<(Guid Duty, ReminderStep Step)> sent, DateOnly today) =>
    [
        .. duties.DistinctBy(duty => duty.Id).Where(duty => DueNow.IsOpen(duty.Opportunity, today))
            .Select(duty => new Reminder(duty, StepOf(duty.Opportunity, today)))
            // A last day may move away again, as when a family is discharged; whoever heard that it is near is told nothing more.
            .Where(reminder => !sent.Contains(reminder.Key) && !sent.Contains((reminder.Duty.Id, ReminderStep.Ending))),
    ];

    static ReminderStep StepOf(Opportunity opportunity, DateOnly today) =>
        opportunity.Last.DayNumber - today.DayNumber <= DueInterview.Soon ? ReminderStep.Ending : ReminderStep.Due;
}
