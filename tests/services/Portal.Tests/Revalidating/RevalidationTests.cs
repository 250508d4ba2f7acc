using System.Net;
using System.Net.Http.Headers;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Revalidating;
using Fidelity.Portal.Tests.Describing;

namespace Fidelity.Portal.Tests.Revalidating;

/// <summary>Entity tags, over HTTP.</summary>
public sealed class RevalidationTests(StoredPortal portal) : IClassFixture<StoredPortal>
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again_and_what_has_is()
    {
        const string Address = "/api/v1/opportunities?programme=again&team=nord";
        await portal.Know(Due("again", "c-1"));
        using var first = await portal.Client.GetAsync(Address, Cancelled);
        var tag = first.Headers.ETag.ShouldNotBeNull();
        tag.IsWeak.ShouldBeFalse();
        using var same = await Ask(Address, tag.ToString());
        (same.StatusCode, (await same.Content.ReadAsByteArrayAsync(Cancelled)).Length, same.Headers.ETag, same.Content.Headers.ContentType)
            .ShouldBe((HttpStatusCode.NotModified, 0, tag, null));
        await portal.Know(Due("again", "c-2"));
        using var changed = await Ask(Address, tag.ToString());
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        changed.Headers.ETag.ShouldNotBe(tag);
        (await changed.Content.ReadAsStringAsync(Cancelled)).ShouldContain("c-2");
        await portal.Forget(Due("again", "c-2"));
        // As it was is as it was: the tag is of the content.
        (await Ask(Address, tag.ToString())).StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("\"other\", {0}", true)]
    [InlineData("W/{0}", true)]
    [InlineData("\"other\"", false)]
    [InlineData("no tag at all", false)]
    public async Task Any_of_the_tags_that_are_sent_may_be_it(string sent, bool known)
    {
        using var first = await portal.Client.GetAsync("/api/v1/profiles", Cancelled);
        using var again = await Ask("/api/v1/profiles", string.Format(System.Globalization.CultureInfo.InvariantCulture, sent, first.Headers.ETag));
        again.StatusCode.ShouldBe(known ? HttpStatusCode.NotModified : HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_compressed_answer_has_a_tag_of_its_own()
    {
        using var plain = await portal.Client.GetAsync("/api/v1/instruments", Cancelled);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/instruments");
        request.Headers.AcceptEncoding.Add(new("gzip"));
        using var compressed = await portal.Client.SendAsync(request, Cancelled);
        compressed.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        compressed.Headers.ETag.ShouldNotBeNull().ShouldNotBe(plain.Headers.ETag);
    }

    [Fact]
    public async Task A_program_may_keep_an_answer_and_a_refusal_has_no_tag()
    {
        using var kept = await portal.Client.GetAsync("/api/v1/reviews?programme=again", Cancelled);
        kept.Headers.CacheControl!.ToString().ShouldBe("no-cache, private");
        using var refused = await portal.Client.GetAsync("/api/v1/reviews?programme=Again", Cancelled);
        (refused.StatusCode, refused.Headers.ETag, refused.Headers.CacheControl!.ToString()).ShouldBe((HttpStatusCode.UnprocessableEntity, null, "no-store"));
        using var nobody = portal.Asking(null);
        using var unknown = await nobody.GetAsync("/api/v1/reviews", Cancelled);
        (unknown.StatusCode, unknown.Headers.ETag, unknown.Headers.CacheControl!.ToString()).ShouldBe((HttpStatusCode.Unauthorized, null, "no-store"));
    }

    [Fact]
    public async Task What_was_asked_for_again_is_in_the_access_log_though_it_is_not_sent()
    {
        const string Address = "/api/v1/opportunities?programme=logged&team=nord";
        using var first = await portal.Client.GetAsync(Address, Cancelled);
        (await Ask(Address, first.Headers.ETag!.ToString())).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await portal.Query<int>("select status from portal.access_log where programme = 'logged' order by number")).ShouldBe([200, 304]);
    }

    [Fact]
    public async Task A_body_is_held_as_far_as_it_is_not_too_much_and_passed_on_whole()
    {
        var bytes = new byte[100];
        Random.Shared.NextBytes(bytes);
        foreach (var most in new[] { 0, 1, 99, 100, 1000 })
        {
            using var behind = new MemoryStream();
            await using var held = new HeldBody(behind, most);
            for (var at = 0; at < bytes.Length; at += 7)
                await held.WriteAsync(bytes.AsMemory(at, Math.Min(7, bytes.Length - at)), Cancelled);
            held.IsPassedOn.ShouldBe(most < bytes.Length);
            if (!held.IsPassedOn)
                await held.PassOn(Cancelled);
            behind.ToArray().ShouldBe(bytes);
        }
    }

    async Task<HttpResponseMessage> Ask(string address, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        return await portal.Client.SendAsync(request, Cancelled);
    }

    static TamOpportunityClosed Due(string programme, string family) =>
        new(1, programme, "nord", family, new(new(2026, 1, 17), new(2026, 1, 3), new(2026, 2, 9), OpportunityOutcome.Expired, null), new(2026, 2, 10));
}
