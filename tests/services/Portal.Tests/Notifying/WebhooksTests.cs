using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Erasing;
using Fidelity.Portal.Notifying;
using Fidelity.Portal.Tests.Describing;
using Fidelity.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fidelity.Portal.Tests.Notifying;

/// <summary>Webhooks from the portal as it runs to a receiver that answers as it is told to.</summary>
public sealed class WebhooksTests : IAsyncLifetime
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly StoredPortal portal = new(("FIDELITY_WEBHOOK_PAUSE", "00:00:00.1"), ("FIDELITY_WEBHOOK_INTERNAL", "127.0.0.1"));
    readonly ConcurrentQueue<(string Path, string Body, IReadOnlyDictionary<string, string> Headers)> received = new();
    readonly WebApplication receiver;
    volatile int answer = StatusCodes.Status204NoContent;

    public WebhooksTests()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        receiver = builder.Build();
        receiver.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            received.Enqueue((context.Request.Path, await reader.ReadToEndAsync(), context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            context.Response.StatusCode = answer;
            if (answer == StatusCodes.Status302Found)
                context.Response.Headers.Location = "/elsewhere";
        });
    }

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    public async ValueTask InitializeAsync()
    {
        await receiver.StartAsync(Cancelled);
        await portal.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task What_happens_is_told_once_signed_and_names_no_family()
    {
        var (_, secret) = await Register("p", "review_presented", "opportunity_expired");
        await portal.Know(Presented("p", "nord", "2026-H1"), Presented("q", "nord", "2026-H1"), Expired("p", "nord", "the-family", Today), Expired("p", "nord", "long-ago", Today.AddDays(-40)));
        await portal.Know(Presented("p", "syd", "2025-H2") with { SignOff = new([], [], null, TimeProvider.System.GetUtcNow().AddDays(-100), null) });
        await Until(() => received.Count >= 2);
        // Nothing more comes in some rounds.
        await Task.Delay(TimeSpan.FromSeconds(1), Cancelled);

        received.Count.ShouldBe(2);
        foreach (var (_, body, headers) in received)
        {
            body.ShouldNotContain("the-family");
            var signature = headers["Fidelity-Signature"].Split(',').Select(part => part.Split('=')).ToDictionary(part => part[0], part => part[1], StringComparer.Ordinal);
            Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{signature["t"]}.{body}"))).ShouldBe(signature["v1"]);
            Math.Abs(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - long.Parse(signature["t"], CultureInfo.InvariantCulture)).ShouldBeLessThan(60);
            var told = JsonNode.Parse(body)!;
            ((string)told["id"]!, (string)told["event"]!).ShouldBe((headers["Fidelity-Delivery"], headers["Fidelity-Event"]));
        }

        var presented = Told("review_presented").ShouldHaveSingleItem();
        ((string)presented["programme"]!, (string)presented["team"]!, (string)presented["period"]!).ShouldBe(("p", "nord", "2026-H1"));
        var expired = Told("opportunity_expired").ShouldHaveSingleItem();
        expired.AsObject().Select(property => property.Key).ShouldBe(["programme", "team", "opportunity"]);
        Guid.TryParse((string)expired["opportunity"]!, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_not_taken_is_sent_again_as_it_was_and_what_is_taken_is_not()
    {
        answer = StatusCodes.Status503ServiceUnavailable;
        var (id, _) = await Register("p", "review_presented");
        await portal.Know(Presented("p", "nord", "2026-H1"));
        await Until(async () => (string?)(await Delivery(id))?["answer"] == "503");
        var waiting = (await Delivery(id))!;
        ((string)waiting["state"]!, (int)waiting["tries"]!).ShouldBe(("waiting", 1));
        ((DateTimeOffset)waiting["next_at"]! - (DateTimeOffset)waiting["tried_at"]!).ShouldBe(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));

        answer = StatusCodes.Status200OK;
        await portal.Execute("update portal.deliveries set next_at = now()");
        await Until(async () => (string?)(await Delivery(id))?["state"] == "delivered");
        received.Count.ShouldBe(2);
        received.Select(one => one.Body).Distinct().ShouldHaveSingleItem();
        received.Select(one => one.Headers["Fidelity-Delivery"]).Distinct().ShouldHaveSingleItem();

        (await portal.Client.PostAsync($"/api/v1/webhooks/{id}/deliveries/{(string)waiting["id"]!}/again", null, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await Until(() => received.Count == 3);
    }

    [Fact]
    public async Task A_redirection_is_not_followed()
    {
        answer = StatusCodes.Status302Found;
        var (id, _) = await Register("p", "review_presented");
        await portal.Know(Presented("p", "nord", "2026-H1"));
        await Until(async () => (string?)(await Delivery(id))?["answer"] == "302");
        received.ShouldAllBe(one => one.Path == "/here");
    }

    [Fact]
    public async Task After_a_day_in_vain_a_webhook_is_paused_and_told_everything_when_it_is_resumed()
    {
        answer = StatusCodes.Status500InternalServerError;
        var (id, _) = await Register("p", "review_presented");
        await portal.Know(Presented("p", "nord", "2026-H1"));
        for (var tries = 1; tries <= 9; tries++)
        {
            var number = tries;
            await Until(async () => (int?)(await Delivery(id))?["tries"] == number && (string?)(await Delivery(id))?["answer"] == "500");
            (await State(id)).ShouldBe(tries < 9 ? "active" : "paused");
            if (tries < 9)
                await portal.Execute("update portal.deliveries set next_at = now(), answer = null");
        }

        ((string)(await Delivery(id))!["state"]!).ShouldBe("given_up");
        await portal.Know(Presented("p", "syd", "2026-H1"));
        await Until(async () => (await portal.Get($"/api/v1/webhooks/{id}/deliveries")).AsArray().Count == 2);
        await Task.Delay(TimeSpan.FromMilliseconds(500), Cancelled);
        received.Count.ShouldBe(9);

        answer = StatusCodes.Status202Accepted;
        await portal.Services.GetRequiredService<Webhooks>().Resume(Guid.Parse(id), Cancelled);
        await Until(() => received.Count == 11);
        await Until(async () => (await portal.Get($"/api/v1/webhooks/{id}/deliveries")).AsArray().All(delivery => (string)delivery!["state"]! == "delivered"));
    }

    [Fact]
    public async Task One_that_is_gone_is_paused_at_once_and_one_that_has_ended_is_told_nothing()
    {
        answer = StatusCodes.Status410Gone;
        var (gone, _) = await Register("p", "review_presented");
        var (ended, _) = await Register("r", "review_presented");
        (await portal.Client.PostAsync($"/api/v1/webhooks/{ended}/end", null, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await portal.Know(Presented("p", "nord", "2026-H1"), Presented("r", "nord", "2026-H1"));
        await Until(async () => await State(gone) == "paused");
        (await State(ended)).ShouldBe("ended");
        (await portal.Get($"/api/v1/webhooks/{ended}/deliveries")).AsArray().ShouldBeEmpty();
        received.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_the_name_of_a_host_stands_for_is_looked_at_when_it_is_sent_to()
    {
        var (id, _) = await Register("p", "review_presented");
        // localhost is no number, and is not among the names that are let in.
        await portal.Execute("update portal.webhooks set url = replace(url, '127.0.0.1', 'localhost')");
        await portal.Know(Presented("p", "nord", "2026-H1"));
        await Until(async () => (string?)(await Delivery(id))?["answer"] == "not_allowed");
        received.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_erased_family_leaves_nothing_of_what_was_told()
    {
        await Register("p", "opportunity_expired");
        await portal.Know(Expired("p", "nord", "erased", Today), Expired("p", "nord", "kept", Today));
        await Until(() => received.Count == 2);
        var events = portal.Services.GetRequiredService<NotingEvents>();
        (await events.Forget("p", "erased", Cancelled)).ShouldBe(1);
        (await portal.Query<long>("select count(*) from portal.deliveries")).ShouldBe([1]);
    }

    [Fact]
    public async Task A_secret_is_shown_once_and_not_kept_as_it_is()
    {
        var (id, secret) = await Register("p", "review_presented");
        (await portal.Get("/api/v1/webhooks")).ToJsonString().ShouldNotContain(secret);
        (await portal.Query<long>("select count(*) from portal.webhooks hook where hook::text like '%' || @secret || '%'", new { secret })).ShouldBe([0]);
        (await portal.Client.GetStringAsync($"/api/v1/webhooks/{id}/deliveries", Cancelled)).ShouldBe("[]");
    }

    [Fact]
    public async Task A_program_reaches_the_webhooks_of_its_own_programme_alone()
    {
        var (id, _) = await Register("p", "review_presented");
        using var own = portal.Asking(await portal.Token("p", Purpose.Subscribe));
        using var other = portal.Asking(await portal.Token("q", Purpose.Subscribe));
        using var follower = portal.Asking(await portal.Token("p", Purpose.FollowTeam));
        (await own.GetStringAsync("/api/v1/webhooks", Cancelled)).ShouldContain(id);
        (await other.GetStringAsync("/api/v1/webhooks?programme=p", Cancelled)).ShouldBe("[]");
        foreach (var (method, address) in new[] { ("GET", $"{id}/deliveries"), ("POST", $"{id}/end"), ("POST", $"{id}/deliveries/{id}/again") })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/v1/webhooks/{address}");
            (await other.SendAsync(request, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.NotFound, address);
        }

        (await other.PostAsJsonAsync("/api/v1/webhooks?programme=p", new { url = Here, events = new[] { "review_presented" } }, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await follower.GetAsync("/api/v1/webhooks", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await State(id)).ShouldBe("active");
    }

    [Theory]
    [InlineData("{}", 422, "missing_value", "/url", "/events")]
    [InlineData("""{ "url": "http://example.org/", "events": ["nothing"] }""", 422, "unknown_code", "/url", "/events")]
    [InlineData("""{ "url": "https://example.org/", "events": [] }""", 422, "missing_value", "/events")]
    [InlineData("""{ "url": "https://10.0.0.1/", "events": ["review_presented"] }""", 422, "unknown_reference", "/url")]
    [InlineData("""{ "url": 5 }""", 400, "bad_encoding")]
    [InlineData("""{ "colour": "red" }""", 400, "bad_encoding")]
    [InlineData("nothing", 400, "bad_encoding")]
    [InlineData("null", 400, "bad_encoding")]
    public async Task What_cannot_be_told_is_refused_with_every_fault(string body, int status, string code, params string[] pointers)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var refused = await portal.Client.PostAsync("/api/v1/webhooks?programme=p", content, Cancelled);
        var problem = JsonNode.Parse(await refused.Content.ReadAsStringAsync(Cancelled))!;
        ((int)refused.StatusCode, (string)problem["code"]!).ShouldBe((status, code));
        problem["errors"]!.AsArray().Select(fault => (string?)fault!["pointer"]).OfType<string>().ShouldBe(pointers);
        (await portal.Get("/api/v1/webhooks")).AsArray().ShouldBeEmpty();
    }

    string Here => $"{receiver.Urls.Single()}/here";

    async Task<(string Id, string Secret)> Register(string programme, params string[] events)
    {
        using var made = await portal.Client.PostAsJsonAsync($"/api/v1/webhooks?programme={programme}", new { url = Here, events }, Cancelled);
        made.StatusCode.ShouldBe(HttpStatusCode.Created, await made.Content.ReadAsStringAsync(Cancelled));
        var said = JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancelled))!;
        return ((string)said["webhook"]!["id"]!, (string)said["secret"]!);
    }

    IEnumerable<JsonNode> Told(string kind) => received.Select(one => JsonNode.Parse(one.Body)!).Where(body => (string)body["event"]! == kind).Select(body => body["data"]!);

    async Task<JsonNode?> Delivery(string webhook) => (await portal.Get($"/api/v1/webhooks/{webhook}/deliveries")).AsArray().SingleOrDefault();

    async Task<string> State(string webhook) => (string)(await portal.Get("/api/v1/webhooks")).AsArray().Single(one => (string)one!["id"]! == webhook)!["state"]!;

    static Task Until(Func<bool> holds) => Until(() => Task.FromResult(holds()));

    static async Task Until(Func<Task<bool>> holds)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (!await holds())
        {
            waited.Elapsed.ShouldBeLessThan(Patience);
            await Task.Delay(50, Cancelled);
        }
    }

    static ReviewSigned Presented(string programme, string team, string period) =>
        new(1, programme, team, period, new([], [], null, TimeProvider.System.GetUtcNow(), null));

    static TamOpportunityClosed Expired(string programme, string team, string family, DateOnly on) =>
        new(1, programme, team, family, new(on.AddDays(-24), on.AddDays(-40), on.AddDays(-1), OpportunityOutcome.Expired, null), on);
}
