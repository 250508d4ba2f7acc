using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Fidelity.Portal.Access;
using Fidelity.Portal.Tests.Describing;

namespace Fidelity.Portal.Tests.Limiting;

/// <summary>How often somebody may ask, over HTTP.</summary>
public sealed class LimitsTests
{
    const string Address = "/api/v1/profiles";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_asks_too_often_is_told_how_long_to_wait_and_others_are_not_held_up()
    {
        await using var portal = new StoredPortal(("FIDELITY_REQUESTS_A_MINUTE", "30"));
        await portal.InitializeAsync();
        using var eager = portal.Asking(await portal.Token("p", Purpose.FollowTeam));
        using var other = portal.Asking(await portal.Token("p", Purpose.FollowTeam));
        using var nobody = portal.Asking(null);

        // Two tenths of a request come back while these are under way, and so at most a few.
        var answers = new List<HttpResponseMessage>();
        for (var number = 0; number < 40; number++)
            answers.Add(await eager.GetAsync(Address, Cancelled));
        var refused = answers.SkipWhile(answer => answer.StatusCode == HttpStatusCode.OK).ToList();
        refused.Count.ShouldBeInRange(1, 10);
        refused[0].StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        var wait = int.Parse(refused[0].Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture);
        wait.ShouldBeInRange(1, 60);
        var problem = JsonNode.Parse(await refused[0].Content.ReadAsStringAsync(Cancelled))!;
        ((string)problem["code"]!, refused[0].Content.Headers.ContentType!.MediaType).ShouldBe(("too_many_requests", "application/problem+json"));

        (await other.GetAsync(Address, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
        // The installation's own scripts are its operator's.
        for (var number = 0; number < 40; number++)
            (await portal.Client.GetAsync(Address, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await nobody.GetAsync(Address, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        // Pages are not counted.
        for (var number = 0; number < 40; number++)
            (await nobody.GetAsync("/accessibility", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Task.Delay(TimeSpan.FromSeconds(wait), Cancelled);
        (await eager.GetAsync(Address, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Who_is_not_known_is_counted_by_address_whatever_token_they_make_up()
    {
        await using var portal = new StoredPortal(("FIDELITY_REQUESTS_A_MINUTE", "10"));
        await portal.InitializeAsync();
        var answers = new List<HttpStatusCode>();
        for (var number = 0; number < 20; number++)
        {
            using var guessing = portal.Asking($"fidelity_guess{number}");
            answers.Add((await guessing.GetAsync(Address, Cancelled)).StatusCode);
        }

        answers.Take(10).ShouldAllBe(status => status == HttpStatusCode.Unauthorized);
        answers.ShouldContain(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task An_address_may_try_to_sign_in_only_so_often()
    {
        await using var portal = new StoredPortal(("FIDELITY_SIGN_INS_A_MINUTE", "3"));
        await portal.InitializeAsync();
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler) { BaseAddress = portal.Client.BaseAddress };
        var page = await browser.GetStringAsync("/sign-in", Cancelled);
        var token = page.Split("name=\"__RequestVerificationToken\" value=\"")[1].Split('"')[0];
        var answers = new List<HttpResponseMessage>();
        for (var number = 0; number < 6; number++)
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["__RequestVerificationToken"] = token, ["_handler"] = "sign-in", ["name"] = $"nobody{number}", ["password"] = "no password of theirs",
            });
            answers.Add(await browser.PostAsync("/sign-in", form, Cancelled));
        }

        answers.Take(3).ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        answers[^1].StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        var wait = answers[^1].Headers.GetValues("Retry-After").Single();
        (await answers[^1].Content.ReadAsStringAsync(Cancelled)).ShouldContain(wait);
        (await browser.GetAsync("/sign-in", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
