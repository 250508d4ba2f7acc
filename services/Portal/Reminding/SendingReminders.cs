using System.Diagnostics.Metrics;
using System.Globalization;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Submitting;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Reminding;

/// <summary>What a round of sending came to.</summary>
/// <param name="Failed">How many mails the server refused, did not answer for, or was not there for.</param>
sealed record Round(DateTimeOffset At, int Sent, int Failed);

/// <summary>
/// Reminds people of what waits for them: from an hour of the day on, each at most once a day, of all that is new to them. What the mail
/// server did not take is tried again in the next round.
/// </summary>
sealed class SendingReminders(
    ReminderAddresses addresses, Visitors visitors, OwnDuties duties, SentReminders sent, ReminderMail mail, Mailer mailer, SubmissionsTable known,
    NpgsqlDataSource database, ServiceSchema schema, BusinessCalendar calendar, TimeProvider clock, IMeterFactory meters, IConfiguration configuration,
    ILogger<SendingReminders> log)
    : SoleWorker(database, schema, "reminding", Pause(configuration), log)
{
    const int UsualHour = 8;
    static readonly TimeSpan UsualPause = TimeSpan.FromMinutes(15);

    readonly int hour = int.TryParse(configuration["FIDELITY_REMINDER_HOUR"], CultureInfo.InvariantCulture, out var given) && given is >= 0 and < 24 ? given : UsualHour;

    readonly Counter<long> counted = meters.Create(Defaults.Meter).CreateCounter<long>("fidelity.reminders", "{mail}", "Reminders that were handed to the mail server.");

    /// <summary>Null until this portal has been through one.</summary>
    public Round? Last { get; private set; }

    protected override async Task Work(NpgsqlConnection connection, CancellationToken stopping)
    {
        // A count that is not there before something fails cannot be seen to rise.
        foreach (var outcome in Enum.GetValues<Sending>())
            Count(0, outcome);
        if (!mailer.IsOn || calendar.Now.Hour < hour)
            return;
        await sent.DiscardOld(calendar.Today, stopping);
        await addresses.ForgetUnused(stopping);
        Last = await Go(stopping);
    }

    async Task<Round> Go(CancellationToken stopping)
    {
        var (accepted, failed) = (0, 0);
        foreach (var subscriber in await addresses.Unreminded(calendar.Today, stopping))
        {
            if (await Remind(subscriber, stopping) is not { } came)
                continue;
            Count(1, came);
            _ = came == Sending.Accepted ? accepted++ : failed++;
            // The others would wait for it as long.
            if (came == Sending.Unreachable)
                break;
        }

        return new(clock.GetUtcNow(), accepted, failed);
    }

    void Count(int mails, Sending outcome) => counted.Add(mails, new KeyValuePair<string, object?>("outcome", Codes.Of(outcome)));

    /// <summary>Null when there is nothing to remind them of.</summary>
    async Task<Sending?> Remind(Subscriber subscriber, CancellationToken stopping)
    {
        // What was submitted by now is to be known.
        await known.CatchUp(stopping);
        var visitor = await visitors.Of(subscriber.Account, stopping);
        var due = Reminders.Of(await duties.Of(visitor, stopping), await sent.To(subscriber.Account.Id, stopping), calendar.Today);
        if (due is [] || await sent.Claim(subscriber, due, calendar.Today, stopping) is not [_, ..] claimed)
            return null;
        // What was begun is brought to its end, so that what is taken is what was sent.
        var came = await mailer.Send(mail.Reminder(subscriber, claimed), CancellationToken.None);
        if (came is Sending.Refused or Sending.Unreachable)
            await sent.Release(subscriber, claimed, CancellationToken.None);
        return came;
    }

    static TimeSpan Pause(IConfiguration configuration) =>
        TimeSpan.TryParse(configuration["FIDELITY_REMINDER_PAUSE"], CultureInfo.InvariantCulture, out var given) && given > TimeSpan.Zero ? given : UsualPause;
}
