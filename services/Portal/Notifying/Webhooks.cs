using System.Buffers.Text;
using System.Security.Cryptography;
using Dapper;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Figures;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;

namespace Fidelity.Portal.Notifying;

/// <summary>Registers webhooks, shows what became of what they were told, and ends them.</summary>
sealed class Webhooks(
    NpgsqlDataSource database, ServiceSchema schema, WebhookAddress address, IDataProtectionProvider protection, BusinessCalendar calendar, TimeProvider clock)
{
    /// <summary>How many a programme may have at a time.</summary>
    public const int Most = 20;

    const int SecretBytes = 32;
    const string Prefix = "fidelity_webhook_";

    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.webhooks (
            id uuid primary key,
            programme text not null,
            url text not null,
            events text not null,
            secret text not null,
            made_by text not null,
            made_at timestamptz not null,
            first_day date not null,
            paused_at timestamptz,
            ended_at timestamptz);
        create table if not exists {schema}.deliveries (
            id uuid primary key,
            webhook uuid not null references {schema}.webhooks on delete cascade,
            event text not null,
            about text not null,
            body text not null,
            made_at timestamptz not null,
            tries int not null default 0,
            tried_at timestamptz,
            next_at timestamptz,
            answer text,
            delivered_at timestamptz,
            unique (webhook, event, about));
        create index if not exists deliveries_due on {schema}.deliveries (next_at) where next_at is not null;
        create index if not exists deliveries_by_webhook on {schema}.deliveries (webhook, id);
        """);

    /// <summary>What happened is looked for among the facts of all teams.</summary>
    public static readonly ReadTable Index = new("""
        create index if not exists facts_expired on {schema}.facts (programme, (data->>'effectiveOn'))
            where kind = 'tam_opportunity' and data->'opportunity'->>'outcome' = 'expired';
        create index if not exists facts_of_sign_offs on {schema}.facts (programme) where kind = 'sign_off';
        """);

    public async Task<IReadOnlyList<Webhook>> Of(Reach reach, string? programme, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var rows = await connection.QueryAsync<Row>($"{Select} where @programme::text is null or programme = @programme order by programme, id", new { programme });
        return [.. rows.Where(row => reach.CoversAllOf(row.Programme)).Select(row => row.Shown)];
    }

    /// <summary>Null when there is none, or it is not within reach.</summary>
    public async Task<Webhook?> Find(Guid id, Reach reach, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.QuerySingleOrDefaultAsync<Row>($"{Select} where id = @id", new { id }) is { } row && reach.CoversAllOf(row.Programme) ? row.Shown : null;
    }

    /// <summary>A new webhook with its secret, or all that is wrong with what was given. The secret is shown once.</summary>
    public async Task<(WebhookMade? Made, IReadOnlyList<Cause> Faults)> Make(string programme, WebhookWanted wanted, string madeBy, CancellationToken stopping)
    {
        var events = Enum.GetValues<WebhookEvent>().Where(kind => wanted.Events?.Contains(Codes.Of(kind), StringComparer.Ordinal) is true).ToList();
        Cause?[] faults =
        [
            address.Fault(wanted.Url),
            wanted.Events is null or [] ? new(ErrorCodes.MissingValue, "events", "Say what the address is to be told of.")
            : wanted.Events.Any(code => !Codes.All<WebhookEvent>().Contains(code, StringComparer.Ordinal))
                ? new(ErrorCodes.UnknownCode, "events", $"Name kinds of event: {string.Join(", ", Codes.All<WebhookEvent>())}.")
            : null,
        ];
        if (faults.Any(fault => fault is not null))
            return (null, [.. faults.OfType<Cause>()]);
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var now = clock.GetUtcNow();
        // Kept to the microsecond, and shown as it is kept.
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        var webhook = new Webhook(Guid.CreateVersion7(now), programme, wanted.Url!, events, madeBy, now, WebhookState.Active);
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteAsync(
            $"""
            insert into {schema.Name}.webhooks (id, programme, url, events, secret, made_by, made_at, first_day)
            select @Id, @Programme, @Url, @events, @secret, @MadeBy, @MadeAt, @today::date
            where (select count(*) from {schema.Name}.webhooks where programme = @Programme and ended_at is null) < {Most}
            """,
            new
            {
                webhook.Id, webhook.Programme, webhook.Url, events = string.Join(',', events.Select(Codes.Of)), secret = Secrets.Protect(secret), webhook.MadeBy, webhook.MadeAt,
                today = Dates.Machine(calendar.Today),
            }) == 1
            ? (new(webhook, secret), [])
            : (null, [new(ErrorCodes.TooLarge, null, $"A programme has {Most} webhooks at most. End one that is not needed.")]);
    }

    /// <summary>It is told nothing more, and what was on its way is not sent again. Ending it again changes nothing.</summary>
    public Task End(Guid id, CancellationToken stopping) => Execute(
        $"""
        with ended as (update {schema.Name}.webhooks set ended_at = coalesce(ended_at, @now) where id = @id)
        update {schema.Name}.deliveries set next_at = null where webhook = @id
        """, new { id, now = clock.GetUtcNow() }, stopping);

    /// <summary>It is told again, first of all that it was not told.</summary>
    public Task Resume(Guid id, CancellationToken stopping) => Execute(
        $"""
        with resumed as (update {schema.Name}.webhooks set paused_at = null where id = @id and ended_at is null and paused_at is not null returning id)
        update {schema.Name}.deliveries set next_at = @now, tries = 0 where webhook in (select id from resumed) and delivered_at is null
        """, new { id, now = clock.GetUtcNow() }, stopping);

    /// <summary>The newest first.</summary>
    /// <param name="before">Only those that are older than this one.</param>
    public async Task<IReadOnlyList<Delivery>> Deliveries(Guid webhook, int? limit, Guid? before, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var rows = await connection.QueryAsync<DeliveryRow>(
            $"""
            select id as "Id", event as "Event", made_at as "MadeAt", tries as "Tries", tried_at as "TriedAt", next_at as "NextAt", answer as "Answer",
                delivered_at is not null as "Delivered"
            from {schema.Name}.deliveries where webhook = @webhook and (@before::uuid is null or id < @before) order by id desc limit @limit
            """, new { webhook, limit, before });
        return [.. rows.Select(row => row.Shown)];
    }

    /// <summary>Sends one again, whatever came of it before. False when there is no such delivery, or the webhook is told nothing now.</summary>
    public async Task<bool> SendAgain(Guid webhook, Guid delivery, CancellationToken stopping) => await Execute(
        $"""
        update {schema.Name}.deliveries set next_at = @now, tries = 0, delivered_at = null
        where id = @delivery and webhook = @webhook and webhook in (select id from {schema.Name}.webhooks where ended_at is null and paused_at is null)
        """, new { webhook, delivery, now = clock.GetUtcNow() }, stopping) == 1;

    /// <summary>What signs what is sent to a webhook.</summary>
    public IDataProtector Secrets => protection.CreateProtector("webhook secret");

    string Select =>
        $"""
        select id as "Id", programme as "Programme", url as "Url", events as "Events", made_by as "MadeBy", made_at as "MadeAt", paused_at is not null as "Paused",
            ended_at is not null as "Ended"
        from {schema.Name}.webhooks
        """;

    async Task<int> Execute(string sql, object values, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteAsync(sql, values);
    }

    sealed record Row(Guid Id, string Programme, string Url, string Events, string MadeBy, DateTime MadeAt, bool Paused, bool Ended)
    {
        public Webhook Shown => new(
            Id, Programme, Url, [.. Events.Split(',').Select(EventOf)], MadeBy, new DateTimeOffset(MadeAt), Ended ? WebhookState.Ended : Paused ? WebhookState.Paused : WebhookState.Active);
    }

    sealed record DeliveryRow(Guid Id, string Event, DateTime MadeAt, int Tries, DateTime? TriedAt, DateTime? NextAt, string? Answer, bool Delivered)
    {
        public Delivery Shown => new(
            Id, EventOf(Event), new DateTimeOffset(MadeAt), Delivered ? DeliveryState.Delivered : NextAt is null ? DeliveryState.GivenUp : DeliveryState.Waiting, Tries,
            Moment(TriedAt), Moment(NextAt), Answer);

        static DateTimeOffset? Moment(DateTime? at) => at is { } moment ? new DateTimeOffset(moment) : null;
    }

    static WebhookEvent EventOf(string code) => Codes.TryParse<WebhookEvent>(code, out var kind)
        ? kind
        : throw new InvalidOperationException($"'{code}' is no event that this version knows.");
}

/// <summary>How often something is tried, and how long it rests after each try: nine times in a day, first soon and then seldom.</summary>
static class Tries
{
    static readonly IReadOnlyList<TimeSpan> Rests =
    [
        TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6),
        TimeSpan.FromHours(13),
    ];

    /// <summary>Null after the last.</summary>
    public static TimeSpan? RestAfter(int tries) => tries <= Rests.Count ? Rests[tries - 1] : null;
}
