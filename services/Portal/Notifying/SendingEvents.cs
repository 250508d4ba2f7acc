using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Notifying;

/// <summary>
/// Tells webhooks what happened, at least once: a delivery is in its table until it was taken, whatever dies meanwhile. What is not taken
/// is tried again for a day; a webhook to which nothing came through for that long is paused.
/// </summary>
sealed class SendingEvents(
    NotingEvents events, Webhooks webhooks, WebhookSender sender, NpgsqlDataSource database, ServiceSchema schema, TimeProvider clock, IMeterFactory meters,
    IConfiguration configuration, ILogger<SendingEvents> log)
    : SoleWorker(database, schema, "notifying", Pause(configuration), log)
{
    const int AtOnce = 8;
    const int MostInARound = 500;

    /// <summary>How long the log of a webhook that was ended is kept.</summary>
    const int KeptDays = 90;

    static readonly TimeSpan UsualPause = TimeSpan.FromSeconds(10);

    readonly Counter<long> counted = meters.Create(Defaults.Meter).CreateCounter<long>("fidelity.webhooks", "{delivery}", "What was sent to webhooks.");

    sealed record Due(Guid Id, Guid Webhook, string Event, string Body, int Tries, string Url, string Secret);

    protected override async Task Work(NpgsqlConnection connection, CancellationToken stopping)
    {
        // A counter that has counted nothing is told as nought, and not as missing.
        Count(0, taken: true);
        await events.Note(stopping);
        var now = clock.GetUtcNow();
        var due = await connection.QueryAsync<Due>(
            $"""
            select told.id as "Id", told.webhook as "Webhook", told.event as "Event", told.body as "Body", told.tries as "Tries", hook.url as "Url", hook.secret as "Secret"
            from {Schema}.deliveries told join {Schema}.webhooks hook on hook.id = told.webhook
            where told.next_at <= @now and hook.ended_at is null and hook.paused_at is null order by told.next_at limit {MostInARound}
            """, new { now });
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping }, async (delivery, _) => await Send(delivery));
        await connection.ExecuteAsync($"delete from {Schema}.webhooks where ended_at < @before", new { before = now.AddDays(-KeptDays) });
    }

    void Count(int deliveries, bool taken) => counted.Add(deliveries, new KeyValuePair<string, object?>("outcome", taken ? "taken" : "not_taken"));

    /// <summary>What was begun is brought to its end, so that what is noted is what was sent.</summary>
    async Task Send(Due delivery)
    {
        await using var connection = await Database.OpenConnectionAsync();
        var (tries, now) = (delivery.Tries + 1, clock.GetUtcNow());
        // Before it is sent: who dies in between tries again when it has rested.
        if (await connection.ExecuteAsync(
                $"""
                update {Schema}.deliveries set tries = @tries, tried_at = @now, next_at = @next
                where id = @Id and next_at is not null and webhook in (select id from {Schema}.webhooks where ended_at is null and paused_at is null)
                """, new { delivery.Id, tries, now, next = now + Tries.RestAfter(tries) }) == 0)
            return;
        var answer = await sender.Send(delivery.Url, webhooks.Secrets, delivery.Secret, delivery.Id, delivery.Event, delivery.Body);
        Count(1, answer.Taken);
        await connection.ExecuteAsync(
            $"""
            update {Schema}.deliveries
            set answer = @Said, delivered_at = case when @Taken then @now::timestamptz end, next_at = case when @Taken then null else next_at end where id = @Id
            """, new { delivery.Id, answer.Said, answer.Taken, now = clock.GetUtcNow() });
        if (answer.IsGone || (!answer.Taken && Tries.RestAfter(tries) is null))
            await PauseAfter(connection, delivery, answer.IsGone);
    }

    /// <summary>It said that it is gone, or nothing came through since this was first tried.</summary>
    async Task PauseAfter(NpgsqlConnection connection, Due delivery, bool gone)
    {
        if (await connection.ExecuteAsync(
                $"""
                update {Schema}.webhooks hook set paused_at = @now
                where id = @Webhook and paused_at is null and (@gone or not exists (
                    select from {Schema}.deliveries taken
                    where taken.webhook = hook.id and taken.delivered_at > (select made_at from {Schema}.deliveries where id = @Id)))
                """, new { delivery.Id, delivery.Webhook, gone, now = clock.GetUtcNow() }) == 1)
            log.LogWarning("Webhook {Webhook} is paused: it took nothing for a day, or said that it is gone. /access/webhooks has its log", delivery.Webhook);
    }

    static TimeSpan Pause(IConfiguration configuration) =>
        TimeSpan.TryParse(configuration["FIDELITY_WEBHOOK_PAUSE"], CultureInfo.InvariantCulture, out var given) && given > TimeSpan.Zero ? given : UsualPause;
}

/// <summary>What came of sending something.</summary>
/// <param name="Said">The status, or a word for why there is none.</param>
sealed record WebhookAnswer(string Said, bool Taken, bool IsGone = false);

/// <summary>
/// Sends to an address, signed: <c>Fidelity-Signature: t=SECONDS,v1=HMAC</c>, the HMAC-SHA256 in hexadecimal of the seconds, a full stop
/// and the body. Redirections are not followed, no proxy is used, and what is answered besides the status is not read.
/// </summary>
sealed class WebhookSender : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    readonly TimeProvider clock;
    readonly HttpClient client;

    public WebhookSender(WebhookAddress address, TimeProvider clock)
    {
        this.clock = clock;
        client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectCallback = address.Connect, ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        }) { Timeout = Patience };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Fidelity");
    }

    public static string Signature(string secret, long seconds, string body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seconds}.{body}"))));

    public async Task<WebhookAnswer> Send(string url, Microsoft.AspNetCore.DataProtection.IDataProtector secrets, string sealedSecret, Guid id, string kind, string body)
    {
        try
        {
            var seconds = clock.GetUtcNow().ToUnixTimeSeconds();
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, MediaTypeNames.Application.Json) };
            request.Headers.Add("Fidelity-Delivery", id.ToString());
            request.Headers.Add("Fidelity-Event", kind);
            var secret = Microsoft.AspNetCore.DataProtection.DataProtectionCommonExtensions.Unprotect(secrets, sealedSecret);
            request.Headers.Add("Fidelity-Signature", string.Create(CultureInfo.InvariantCulture, $"t={seconds},v1={Signature(secret, seconds, body)}"));
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            return new(((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture), answer.IsSuccessStatusCode, answer.StatusCode == HttpStatusCode.Gone);
        }
        catch (HttpRequestException failure) when (failure.GetBaseException() is NotAllowedException)
        {
            return new("not_allowed", false);
        }
        catch (HttpRequestException)
        {
            return new("unreachable", false);
        }
        catch (TaskCanceledException)
        {
            return new("timeout", false);
        }
    }

    public void Dispose() => client.Dispose();
}
