using System.Text.Encodings.Web;
using System.Text.Json;
using Dapper;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Figures;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Notifying;

/// <summary>
/// Notes what webhooks are to be told, from the facts as they stand: each thing once for each webhook, whatever comes again. Of a family
/// nothing is told but that an interview was missed on a team; what stands for it is a keyed hash, by which a receiver tells two apart.
/// </summary>
sealed class NotingEvents(NpgsqlDataSource database, ServiceSchema schema, InstallationKeys keys, TimeProvider clock)
{
    static readonly JsonSerializerOptions Json = new(ApiJson.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    sealed record Happened(Guid Webhook, WebhookEvent Event, string About, object Data);

    public async Task Note(CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var happened = (await Presented(connection)).Concat(await Expired(connection)).ToList();
        var now = clock.GetUtcNow();
        foreach (var (webhook, kind, about, data) in happened)
        {
            var id = Guid.CreateVersion7(now);
            var body = JsonSerializer.Serialize(new { Id = id, Event = kind, MadeAt = now.UtcDateTime, Data = data }, Json);
            await connection.ExecuteAsync(
                $"""
                insert into {schema.Name}.deliveries (id, webhook, event, about, body, made_at, next_at) values (@id, @webhook, @event, @about, @body, @now, @now)
                on conflict (webhook, event, about) do nothing
                """, new { id, webhook, @event = Codes.Of(kind), about, body, now });
        }
    }

    /// <summary>What an erasure has to take out: that something about a family was told.</summary>
    public async Task<int> Forget(string programme, string caseId, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var opportunities = await connection.QueryAsync<string>(
            $"select key from {schema.Name}.facts where programme = @programme and kind = 'tam_opportunity' and data->>'caseId' = @caseId", new { programme, caseId });
        return await connection.ExecuteAsync(
            $"delete from {schema.Name}.deliveries where event = @event and about = any (@abouts)",
            new { @event = Codes.Of(WebhookEvent.OpportunityExpired), abouts = opportunities.Select(key => About(programme, key)).ToArray() });
    }

    async Task<IEnumerable<Happened>> Presented(NpgsqlConnection connection)
    {
        var rows = await connection.QueryAsync<(Guid Webhook, string Programme, string Team, string Period, DateTime At)>(
            $"""
            select hook.id, fact.programme, fact.team_id, fact.data->>'period', (fact.data->'signOff'->>'presentedAt')::timestamptz
            from {schema.Name}.webhooks hook join {schema.Name}.facts fact on fact.programme = hook.programme and fact.kind = 'sign_off'
            where hook.ended_at is null and @event = any (string_to_array(hook.events, ',')) and (fact.data->'signOff'->>'presentedAt')::timestamptz >= hook.made_at
                and not exists (select from {schema.Name}.deliveries told
                    where told.webhook = hook.id and told.event = @event and told.about = fact.team_id || '/' || (fact.data->>'period'))
            """, new { @event = Codes.Of(WebhookEvent.ReviewPresented) });
        return rows.Select(row => new Happened(
            row.Webhook, WebhookEvent.ReviewPresented, $"{row.Team}/{row.Period}", new { row.Programme, row.Team, row.Period, PresentedAt = row.At }));
    }

    /// <summary>
    /// The facts that are new to a webhook are found by their keys' hashes, which the database cannot make; so those of the last days are
    /// looked at, and of these the ones that were not told.
    /// </summary>
    async Task<IEnumerable<Happened>> Expired(NpgsqlConnection connection)
    {
        var hooks = (await connection.QueryAsync<(Guid Id, string Programme, DateTime FirstDay)>(
            $"select id, programme, first_day::timestamp from {schema.Name}.webhooks where ended_at is null and @event = any (string_to_array(events, ','))",
            new { @event = Codes.Of(WebhookEvent.OpportunityExpired) })).ToList();
        var happened = new List<Happened>();
        foreach (var (hook, programme, firstDay) in hooks)
        {
            var expired = (await connection.QueryAsync<(string Key, string Team)>(
                $"""
                select key, team_id from {schema.Name}.facts
                where programme = @programme and kind = 'tam_opportunity' and data->'opportunity'->>'outcome' = 'expired' and data->>'effectiveOn' >= @firstDay
                """, new { programme, firstDay = Dates.Machine(DateOnly.FromDateTime(firstDay)) })).ToDictionary(row => About(programme, row.Key), row => row.Team, StringComparer.Ordinal);
            var told = await connection.QueryAsync<string>(
                $"select about from {schema.Name}.deliveries where webhook = @hook and event = @event and about = any (@abouts)",
                new { hook, @event = Codes.Of(WebhookEvent.OpportunityExpired), abouts = expired.Keys.ToArray() });
            happened.AddRange(
                from about in expired.Keys.Except(told, StringComparer.Ordinal)
                select new Happened(hook, WebhookEvent.OpportunityExpired, about, new { Programme = programme, Team = expired[about], Opportunity = Guid.Parse(about) }));
        }

        return happened;
    }

    string About(string programme, string opportunity) => keys.Id("webhook", programme, opportunity).ToString();
}
