using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Fidelity.Contracts;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Tests.Describing;

namespace Fidelity.Portal.Tests.Listing;

/// <summary>Lists in parts, asked for over HTTP from what the portal keeps.</summary>
public sealed class ListPartsTests(StoredPortal portal) : IClassFixture<StoredPortal>
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task The_parts_of_a_list_are_the_list(int limit)
    {
        var programme = $"parts-{limit}";
        // Reviews of one measure, of two and of five, so that a part ends within and between them.
        await portal.Know(from team in new[] { "nord", "syd", "väst" } from half in new[] { 1, 2 } select Review(programme, team, $"2026-H{half}", half == 1 ? 1 : team.Length == 4 ? 5 : 2));
        await portal.Know(Review(programme, "nord", "2025-H2", 3) with { State = ReviewState.Void });
        await portal.Know(Enumerable.Range(0, 8).Select(number => Due(programme, $"c-{number / 2}", new(2026, 1 + number % 2, 17))));
        foreach (var list in new[] { $"/api/v1/reviews?programme={programme}", $"/api/v1/reviews?programme={programme}&period=2026-H2", $"/api/v1/opportunities?programme={programme}&team=nord" })
        {
            var whole = (await portal.Get(list)).AsArray();
            whole.Count.ShouldBeGreaterThan(5);
            var parts = await Parts($"{list}&limit={limit}");
            parts.SelectMany(part => part).Select(one => one!.ToJsonString()).ShouldBe(whole.Select(one => one!.ToJsonString()), list);
            parts.SkipLast(1).ShouldAllBe(part => part.Count == limit);
            parts[^1].Count.ShouldBeInRange(1, limit);
        }
    }

    [Fact]
    public async Task A_list_without_a_limit_is_whole_and_says_nothing_of_more()
    {
        await portal.Know(Review("whole", "nord", "2026-H1", 5));
        using var answer = await portal.Client.GetAsync("/api/v1/reviews?programme=whole", Cancelled);
        answer.Headers.Contains("Link").ShouldBeFalse();
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!.AsArray().Count.ShouldBe(5);
    }

    [Fact]
    public async Task What_comes_and_goes_between_two_parts_moves_nothing_else()
    {
        const string Programme = "moving";
        var due = Enumerable.Range(0, 6).Select(number => Due(Programme, $"c-{number}", new(2026, 1, 17))).ToList();
        await portal.Know(due);
        var (first, next) = await Part($"/api/v1/opportunities?programme={Programme}&team=nord&limit=3");
        // The last one that was given goes, another comes before it, and one after it.
        await portal.Forget(due[2]);
        await portal.Know(Due(Programme, "c-00", new(2026, 1, 17)), Due(Programme, "c-33", new(2026, 1, 17)));
        var rest = await Parts(next!);
        Cases(first).ShouldBe(["c-0", "c-1", "c-2"]);
        rest.SelectMany(Cases).ShouldBe(["c-3", "c-33", "c-4", "c-5"]);
    }

    [Fact]
    public async Task A_cursor_shows_no_id_of_a_family_and_fits_its_own_list_alone()
    {
        await portal.Know(Enumerable.Range(0, 4).Select(number => Due("closed", $"family-{number}", new(2026, 1, 17))));
        var (_, next) = await Part("/api/v1/opportunities?programme=closed&team=nord&limit=2");
        var cursor = next!.Split("cursor=")[1];
        Convert.FromBase64String(cursor.Replace('-', '+').Replace('_', '/').PadRight((cursor.Length + 3) / 4 * 4, '='))
            .AsSpan().IndexOf("family"u8).ShouldBe(-1);
        foreach (var elsewhere in new[]
                 {
                     "/api/v1/opportunities?programme=other&team=nord&limit=2", "/api/v1/opportunities?programme=closed&team=syd&limit=2", "/api/v1/reviews?programme=closed&team=nord&limit=2",
                 })
            await ShouldRefuse($"{elsewhere}&cursor={cursor}", "bad_id", "cursor");
        (await portal.Client.GetAsync($"/api/v1/opportunities?team=nord&programme=closed&cursor={cursor}", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_place_in_a_list_opens_nothing_that_is_not_open()
    {
        await portal.Know(Review("own", "nord", "2026-H1", 3), Review("theirs", "nord", "2026-H1", 3));
        var (_, next) = await Part("/api/v1/reviews?limit=1");
        using var program = portal.Asking(await portal.Token("own", Purpose.FollowTeam));
        var shown = JsonNode.Parse(await program.GetStringAsync(next!.Replace("limit=1", "limit=1000", StringComparison.Ordinal), Cancelled))!.AsArray();
        shown.Select(measure => (string)measure!["programme"]!).Distinct().ShouldBeSubsetOf(["own"]);
    }

    [Theory]
    [InlineData("limit=0", "out_of_scale", "limit")]
    [InlineData("limit=-1", "out_of_scale", "limit")]
    [InlineData("limit=1001", "out_of_scale", "limit")]
    [InlineData("cursor=", "bad_id", "cursor")]
    [InlineData("cursor=AAAA", "bad_id", "cursor")]
    [InlineData("cursor=%C3%A5%F0%9D%94%98", "bad_id", "cursor")]
    public async Task What_is_no_part_of_a_list_is_refused(string asked, string code, string parameter)
    {
        foreach (var list in new[] { "/api/v1/reviews?programme=p", "/api/v1/opportunities?team=nord" })
            await ShouldRefuse($"{list}&{asked}", code, parameter);
    }

    async Task ShouldRefuse(string address, string code, string parameter)
    {
        using var answer = await portal.Client.GetAsync(address, Cancelled);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!;
        (answer.StatusCode, (string)problem["code"]!, (string)problem["errors"]![0]!["parameter"]!).ShouldBe((HttpStatusCode.UnprocessableEntity, code, parameter), address);
    }

    async Task<IReadOnlyList<JsonArray>> Parts(string address)
    {
        var parts = new List<JsonArray>();
        for (string? next = address; next is not null && parts.Count < 100;)
        {
            (var part, next) = await Part(next);
            parts.Add(part);
        }

        return parts;
    }

    async Task<(JsonArray Part, string? Next)> Part(string address)
    {
        using var answer = await portal.Client.GetAsync(address, Cancelled);
        var part = JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Cancelled))!.AsArray();
        return (part, answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null);
    }

    static IEnumerable<string> Cases(JsonArray part) => part.Select(due => (string)due!["case"]!);

    static ReviewComputed Review(string programme, string team, string period, int measures) => new(
        1, programme, team, period, new(2026, 1, 1), new(2026, 6, 30), ReviewState.Refreshed, "mst@1", 1, new(2026, 7, 1), null, 0, 0,
        [.. Enumerable.Range(1, measures).Select(number => new MeasureResult(
            string.Create(CultureInfo.InvariantCulture, $"measure_{number}"), MeasureKind.Share, 0.5, 1, 2, 0.1, 0.9, null, MeasureStatus.NoTarget))]);

    static TamOpportunityClosed Due(string programme, string family, DateOnly due) =>
        new(1, programme, "nord", family, new(due, due.AddDays(-14), due.AddDays(23), OpportunityOutcome.Expired, null), due.AddDays(24));
}
