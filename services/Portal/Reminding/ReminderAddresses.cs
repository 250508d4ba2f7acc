using Dapper;
using Fidelity.Portal.SigningIn;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using MimeKit;
using Npgsql;

namespace Fidelity.Portal.Reminding;

/// <summary>Where somebody wants to be reminded.</summary>
/// <param name="Language">In which language: one of the pages'.</param>
/// <param name="IsConfirmed">Whether whoever reads mail there has said so. Until then nothing but the question is sent.</param>
sealed record ReminderAddress(string Address, string Language, bool IsConfirmed);

/// <summary>Whoever wants to be reminded, and has confirmed the address.</summary>
/// <param name="Id">Names the choice of this address; another address is another choice.</param>
sealed record Subscriber(Account Account, Guid Id, string Address, string Language);

/// <summary>
/// Keeps the addresses that people gave for themselves. There is none until they do, none of a family, and none of anybody whose mailbox
/// did not say yes.
/// </summary>
sealed class ReminderAddresses(
    NpgsqlDataSource database, ServiceSchema schema, AccountStore accounts, ReminderCodes codes, Mailer mailer, ReminderMail mail, TimeProvider clock)
{
    public const int LongestAddress = 254;

    /// <summary>How many questions a day an account may have sent: no mailbox is to be filled from here.</summary>
    public const int MostQuestions = 5;

    public static readonly TimeSpan QuestionLasts = TimeSpan.FromDays(7);

    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.reminder_addresses (
            account uuid primary key,
            id uuid not null,
            address text,
            language text not null,
            asked_at timestamptz not null,
            asked_that_day integer not null,
            confirmed_at timestamptz);
        create unique index if not exists reminder_addresses_by_id on {schema}.reminder_addresses (id);
        """);

    /// <summary>Null when there is none.</summary>
    public async Task<ReminderAddress?> Of(Guid account, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.QuerySingleOrDefaultAsync<ReminderAddress>(
            $"""
            select address as "Address", language as "Language", confirmed_at is not null as "IsConfirmed"
            from {schema.Name}.reminder_addresses where account = @account and address is not null
            """, new { account });
    }

    /// <summary>Asks a mailbox whether it wants reminders. The address that was there before stays until the question is out.</summary>
    /// <returns>A code for which the page has words; null when it is asked, or nothing had to be.</returns>
    public async Task<string?> Ask(Guid account, string? address, string language, CancellationToken stopping)
    {
        address = address?.Trim() ?? "";
        if (Fault(address) is { } fault)
            return fault;
        if (await Of(account, stopping) is { IsConfirmed: true } known && known.Address == address)
        {
            await Execute($"update {schema.Name}.reminder_addresses set language = @language where account = @account", new { account, language }, stopping);
            return null;
        }

        var (id, now) = (Guid.CreateVersion7(clock.GetUtcNow()), clock.GetUtcNow().UtcDateTime);
        if (await Execute(
                $"""
                insert into {schema.Name}.reminder_addresses as known (account, id, language, asked_at, asked_that_day) values (@account, @id, @language, @now, 1)
                on conflict (account) do update set asked_at = @now, asked_that_day = case when known.asked_at < @midnight then 1 else known.asked_that_day + 1 end
                where known.asked_at < @midnight or known.asked_that_day < {MostQuestions}
                """, new { account, id, language, now, midnight = now.Date }, stopping) == 0)
            return "too_often";
        if (await mailer.Send(mail.Question(address, language, codes.ToConfirm(id)), stopping) is not (Sending.Accepted or Sending.Unanswered))
            return "not_sent";
        await Execute(
            $"update {schema.Name}.reminder_addresses set id = @id, address = @address, language = @language, confirmed_at = null where account = @account",
            new { account, id, address, language }, stopping);
        return null;
    }

    /// <summary>False when the link is too old, or another address was chosen since.</summary>
    public async Task<bool> Confirm(string? code, CancellationToken stopping) =>
        codes.Confirmed(code) is { } id && await Execute(
            $"""
            update {schema.Name}.reminder_addresses set confirmed_at = coalesce(confirmed_at, @now)
            where id = @id and address is not null and (confirmed_at is not null or asked_at > @since)
            """, new { id, now = clock.GetUtcNow().UtcDateTime, since = clock.GetUtcNow().UtcDateTime - QuestionLasts }, stopping) > 0;

    /// <summary>Forgets the address that a mail went to. False when the link is of none that we know.</summary>
    public async Task<bool> Stop(string? code, CancellationToken stopping) =>
        codes.Stopped(code) is { } id
        && await Execute($"update {schema.Name}.reminder_addresses set address = null, confirmed_at = null where id = @id", new { id }, stopping) > 0;

    public Task Stop(Guid account, CancellationToken stopping) =>
        Execute($"update {schema.Name}.reminder_addresses set address = null, confirmed_at = null where account = @account", new { account }, stopping);

    /// <summary>Those who want to be reminded and were not reminded of anything yet on this day.</summary>
    public async Task<IReadOnlyList<Subscriber>> Unreminded(DateOnly today, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var rows = await connection.QueryAsync<(Guid Account, Guid Id, string Address, string Language)>(
            $"""
            select account, id, address, language from {schema.Name}.reminder_addresses
            where address is not null and confirmed_at is not null
                and not exists (select from {schema.Name}.reminders sent where sent.account = reminder_addresses.account and sent.day = @today::date)
            order by account
            """, new { today = Figures.Dates.Machine(today) });
        var subscribers = new List<Subscriber>();
        foreach (var row in rows)
        {
            if (await accounts.FindByIdAsync(row.Account.ToString(), stopping) is { ClosedAt: null } account)
                subscribers.Add(new(account, row.Id, row.Address, row.Language));
        }

        return subscribers;
    }

    /// <summary>Forgets the addresses that never said yes, and those of accounts that are closed.</summary>
    public Task ForgetUnused(CancellationToken stopping) => Execute(
        $"""
        update {schema.Name}.reminder_addresses set address = null, confirmed_at = null
        where address is not null and ((confirmed_at is null and asked_at < @before) or account in (select id from {schema.Name}.accounts where closed_at is not null))
        """, new { before = clock.GetUtcNow().UtcDateTime - QuestionLasts }, stopping);

    /// <summary>An address and nothing else: no name, no second one, no line that could begin a header.</summary>
    internal static string? Fault(string address) =>
        PersonalIdentityNumber.IsIn(address) ? "personal_identity_number"
        : address.Length <= LongestAddress && address.All(character => character is > ' ' and <= '~')
            && MailboxAddress.TryParse(address, out var parsed) && parsed.Address == address && parsed.LocalPart.Length > 0 && parsed.Domain.Length > 0
            ? null : "address";

    async Task<int> Execute(string sql, object values, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteAsync(sql, values);
    }
}
