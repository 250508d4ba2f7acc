using Dapper;
using Fidelity.Contracts;
using Fidelity.Measurement;
using Fidelity.Portal.Figures;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Reminding;

/// <summary>
/// What was sent to whom. A row is put there before its mail is sent, and of all that try to, one puts it there: so nothing is sent
/// twice, whatever comes again, and however many portals there are. A portal that dies in between has sent nothing, and nobody will.
/// </summary>
sealed class SentReminders(NpgsqlDataSource database, ServiceSchema schema, InstallationKeys keys, TimeProvider clock)
{
    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.reminders (
            opportunity uuid not null,
            step text not null,
            account uuid not null,
            day date not null,
            primary key (opportunity, step, account));
        create index if not exists reminders_of_account on {schema}.reminders (account);
        """);

    /// <summary>How many days a row is kept: longer than anything is due.</summary>
    public const int Kept = 120;

    /// <summary>For so long what was said on a form is taken to hold, until its owner's word has come.</summary>
    static readonly TimeSpan AMoment = TimeSpan.FromMinutes(1);

    /// <summary>What stands for an opportunity: a keyed hash, as for the streams.</summary>
    public Guid IdOf(string programme, Thing about) => keys.Id("reminder", programme, about.Kind, about.Key);

    public async Task<IReadOnlySet<(Guid, ReminderStep)>> To(Guid account, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return (await connection.QueryAsync<(Guid, string Step)>($"select opportunity, step from {schema.Name}.reminders where account = @account", new { account }))
            .Select(row => (row.Item1, Codes.TryParse<ReminderStep>(row.Step, out var step) ? step : throw new InvalidOperationException($"No step is named {row.Step}.")))
            .ToHashSet();
    }

    /// <summary>
    /// Takes upon itself to send some reminders. Each is looked at again as it is taken: only what is open still, what nothing on its
    /// way may have ended, and what nobody has taken yet, and only while the person wants it.
    /// </summary>
    /// <returns>Those that are to be sent now.</returns>
    public async Task<IReadOnlyList<Reminder>> Claim(Subscriber to, IReadOnlyList<Reminder> reminders, DateOnly today, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var claimed = (await connection.QueryAsync<Guid>(
            $"""
            insert into {schema.Name}.reminders (opportunity, step, account, day)
            select wanted.id, wanted.step, @account, @today::date
            from unnest(@ids, @steps, @programmes, @kinds, @names) as wanted (id, step, programme, kind, key)
            join {schema.Name}.facts due on (due.programme, due.kind, due.key) = (wanted.programme, wanted.kind, wanted.key)
            where due.data->'opportunity'->>'outcome' = @open
                and @today between due.data->'opportunity'->>'due' and due.data->'opportunity'->>'last'
                and exists (select from {schema.Name}.reminder_addresses
                    where account = @account and id = @subscription and address is not null and confirmed_at is not null)
                and not exists (select from {schema.Name}.submissions unanswered join {schema.Name}.records said using (stream_key)
                    where unanswered.state = 'accepted' and said.programme = due.programme
                        and (said.content->>'caseId' = due.data->>'caseId' or said.content->'pair' = due.data->'pair'))
                and not exists (select from {schema.Name}.drafts form
                    where form.programme = due.programme and form.instrument = coalesce(due.data->'pair'->>'instrument', @tam)
                        and form.subject = coalesce(due.data->>'caseId', concat_ws('|', due.team_id, due.data->'pair'->>'raterId', due.data->'pair'->>'ratedId'))
                        and form.due = (due.data->'opportunity'->>'due')::date and form.submission is not null and form.saved_at > @momentAgo)
            on conflict (opportunity, step, account) do nothing
            returning opportunity
            """,
            new
            {
                account = to.Account.Id, subscription = to.Id, today = Dates.Machine(today), open = Codes.Of(OpportunityOutcome.Open), tam = Codes.Of(Instrument.Tam),
                momentAgo = clock.GetUtcNow().UtcDateTime - AMoment,
                ids = reminders.Select(reminder => reminder.Duty.Id).ToArray(), steps = reminders.Select(reminder => Codes.Of(reminder.Step)).ToArray(),
                programmes = reminders.Select(reminder => reminder.Duty.Programme).ToArray(), kinds = reminders.Select(reminder => reminder.Duty.About.Kind).ToArray(),
                names = reminders.Select(reminder => reminder.Duty.About.Key).ToArray(),
            })).ToHashSet();
        return [.. reminders.Where(reminder => claimed.Contains(reminder.Duty.Id))];
    }

    /// <summary>Nobody was sent these: they may be tried again.</summary>
    public Task Release(Subscriber to, IReadOnlyList<Reminder> reminders, CancellationToken stopping) => Execute(
        $"""
        delete from {schema.Name}.reminders where account = @account
            and (opportunity, step) in (select id, step from unnest(@ids, @steps) as unsent (id, step))
        """,
        new
        {
            account = to.Account.Id, ids = reminders.Select(reminder => reminder.Duty.Id).ToArray(), steps = reminders.Select(reminder => Codes.Of(reminder.Step)).ToArray(),
        }, stopping);

    public Task<int> DiscardOld(DateOnly today, CancellationToken stopping) =>
        Execute($"delete from {schema.Name}.reminders where day < @before::date", new { before = Dates.Machine(today.AddDays(-Kept)) }, stopping);

    /// <summary>Forgets what anybody was sent about a family; its facts have to be there still. Answers how much there was.</summary>
    public async Task<int> Forget(string programme, string caseId, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var opportunities = await connection.QueryAsync<(string Kind, string Key)>(
            $"select kind, key from {schema.Name}.facts where programme = @programme and kind = 'tam_opportunity' and data->>'caseId' = @caseId", new { programme, caseId });
        return await connection.ExecuteAsync(
            $"delete from {schema.Name}.reminders where opportunity = any (@ids)",
            new { ids = opportunities.Select(of => IdOf(programme, new(of.Kind, of.Key))).ToArray() });
    }

    async Task<int> Execute(string sql, object values, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteAsync(sql, values);
    }
}
