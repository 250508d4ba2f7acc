using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Fidelity.Portal.Tests.Describing;

namespace Fidelity.Portal.Tests.Defining;

/// <summary>Definitions over HTTP, against measurement.md §1 and §4.</summary>
public sealed class DefinitionTests(LonePortal portal) : IClassFixture<LonePortal>
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("tam-r@1", "tam", 28, 1, 5, "top_box", 19, 0.61, "unverified")]
    [InlineData("tam-r-linear@1", "tam", 28, 1, 5, "linear", 19, 0.61, "unverified")]
    [InlineData("tam-can@1", "tam", 28, 1, 5, "top_box", 19, null, "unverified")]
    [InlineData("sam@1", "sam", 43, 1, 5, "subscale_means", null, null, "unverified")]
    [InlineData("cam@1", "cam", 23, 1, 6, "subscale_means", null, null, "verified")]
    public async Task An_instrument_tells_its_scale_rule_sufficiency_threshold_and_status(
        string id, string instrument, int items, int lowest, int highest, string rule, int? minimum, double? threshold, string status)
    {
        var shown = await Get($"/api/v1/instruments/{id}", "/api/v1/instruments/{id}");
        ((string)shown["id"]!, (string)shown["instrument"]!, (int)shown["items"]!).ShouldBe((id, instrument, items));
        ((int)shown["lowest"]!, (int)shown["highest"]!, (string)shown["rule"]!).ShouldBe((lowest, highest, rule));
        ((int?)shown["minimum_answered"], (double?)shown["threshold"], (string)shown["status"]!).ShouldBe((minimum, threshold, status));
        ((string)shown["source"]!).ShouldNotBeEmpty();
        shown["reverse_scored"]!.AsArray().ShouldBeEmpty();
        foreach (var part in shown["parts"]!.AsArray())
            ((string)part!["note"]!).ShouldNotBeEmpty((string)part["part"]!);
    }

    [Fact]
    public async Task Subscales_tell_their_items_and_how_many_must_be_answered()
    {
        Subscales(await Get("/api/v1/instruments/sam@1", "/api/v1/instruments/{id}")).ShouldBe(
        [
            "principles [1,2,3,4,5,6,7,8,9,10,11,12] 6", "analytical_process [13,14,15,16,17,18,19,20,21,22] 5",
            "structure_and_process [23,24,25,26,27,28,29,30,31,32,33] 6", "clinician_development [34,35,36,37,38,39,40,41,42,43] 5",
        ]);
        Subscales(await Get("/api/v1/instruments/cam@1", "/api/v1/instruments/{id}")).ShouldBe(
        [
            "competence [2,3,6,20,21,22,23] 4", "procedures [1,2,3,4,5,12,13,14,15,16,17,18,19] 7", "alliance [7,8,9,10,11] 3",
        ]);

        static IEnumerable<string> Subscales(JsonNode shown) =>
            shown["subscales"]!.AsArray().Select(subscale => $"{subscale!["key"]} {subscale["items"]!.ToJsonString()} {subscale["minimum_answered"]}");
    }

    [Fact]
    public async Task A_profile_tells_its_measures_with_targets_minimums_and_status_and_its_instruments()
    {
        var shown = await Get("/api/v1/profiles/mst@1", "/api/v1/profiles/{id}");
        shown["instruments"]!.ToJsonString().ShouldBe("""{"tam":"tam-r@1","sam":"sam@1","cam":"cam@1"}""");
        var measures = shown["measures"]!.AsArray().ToDictionary(measure => (string)measure!["key"]!);
        var targets = measures.Where(measure => measure.Value!["target"] is not null).Select(measure => $"{measure.Key} {measure.Value!["target"]}");
        targets.ShouldBe(
        [
            "living_at_home >= 0.9", "in_school_or_work >= 0.9", "no_new_arrest >= 0.9", "completed >= 0.85", "lack_of_engagement < 0.05", "placed < 0.1",
            "length_of_stay 100-140", "adherence >= 0.61", "adherence_above >= 0.8", "any_tam >= 1", "tam_completed >= 0.7",
        ]);
        ((string)measures["length_of_stay"]!["kind"]!, (int)measures["length_of_stay"]!["minimum"]!, (int?)measures["length_of_stay"]!["raters_to_show"])
            .ShouldBe(("mean", 5, null));
        ((string)measures["cam_alliance"]!["kind"]!, (int)measures["cam_alliance"]!["minimum"]!, (int?)measures["cam_alliance"]!["raters_to_show"])
            .ShouldBe(("mean", 3, 3));
        ((string)measures["any_tam"]!["status"]!, (string)measures["any_tam"]!["note"]!).ShouldBe(("unverified", "Our reading of every family being asked."));

        var can = await Get("/api/v1/profiles/mst-can@1", "/api/v1/profiles/{id}");
        ((string)can["instruments"]!["tam"]!).ShouldBe("tam-can@1");
        can["measures"]!.AsArray().ShouldAllBe(measure => measure!["target"] == null);
        can["measures"]!.AsArray().Select(measure => (string)measure!["key"]!).ShouldNotContain("adherence_above");
    }

    [Fact]
    public async Task All_definitions_are_listed_as_they_are_shown_alone()
    {
        foreach (var (list, count) in new[] { ("instruments", 5), ("profiles", 2) })
        {
            var all = (await Get($"/api/v1/{list}", $"/api/v1/{list}")).AsArray();
            all.Count.ShouldBe(count);
            foreach (var one in all)
                (await Get($"/api/v1/{list}/{one!["id"]}", $"/api/v1/{list}/{{id}}")).ToJsonString().ShouldBe(one.ToJsonString());
        }
    }

    [Theory]
    [InlineData("instruments/tam-r@2", "tam-r@1")]
    [InlineData("profiles/mst", "mst@1")]
    public async Task One_that_does_not_exist_is_a_problem_that_names_those_that_do(string address, string known)
    {
        using var answer = await portal.Client.GetAsync($"/api/v1/{address}", Cancelled);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!;
        ((string)problem["code"]!).ShouldBe("unknown_reference");
        ((string)problem["detail"]!).ShouldContain(known);
    }

    /// <summary>An answer, held against its description.</summary>
    async Task<JsonNode> Get(string address, string path)
    {
        var shown = (await portal.Client.GetFromJsonAsync<JsonNode>(address, Cancelled))!;
        var schema = portal.Document["paths"]![path]!["get"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;
        new DescribedSchemas(portal.Document).Faults(schema, shown).ShouldBeEmpty(address);
        return shown;
    }
}
