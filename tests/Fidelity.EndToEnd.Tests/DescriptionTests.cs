using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Fidelity.EndToEnd.Tests;

/// <summary>What the description of the API shows is what happens.</summary>
[Collection(nameof(SubmissionInstallation))]
public sealed class DescriptionTests(SubmissionInstallation installation)
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_example_of_a_document_can_be_submitted_in_order_into_an_empty_programme()
    {
        const string Programme = "described";
        var examples = await Examples();
        examples.Select(example => example.Address).Distinct().ShouldBe(SubmissionInstallation.Addresses);
        foreach (var (address, name, document) in examples)
        {
            var said = await installation.Record(Programme, address, document);
            var scored = address == "tam-interviews";
            (said["score"] is not null).ShouldBe(scored, name);
        }

        // The second interview is withdrawn, and of the first, item 3 is corrected: 25 of its 26 answers are at the top.
        await installation.Until($"/api/v1/reviews?programme={Programme}&team=nord&period=2025-H1", measures => measures.AsArray().Any(measure =>
            (string)measure!["measure"]! == "adherence" && Math.Abs((double?)measure["value"] - 25 / 26d ?? double.NaN) < 1e-12));
        await installation.Until($"/api/v1/reviews?programme={Programme}&team=nord&period=2025-H2", measures => measures.AsArray().Any(measure =>
            (string)measure!["measure"]! == "completed" && (int?)measure["denominator"] == 1));
    }

    [Fact]
    public async Task The_example_of_an_upload_is_an_import()
    {
        var body = (await Description())["paths"]!["/api/v1/imports"]!["post"]!["requestBody"]!["content"]!["multipart/form-data"]!;
        using var form = new MultipartFormDataContent();
        foreach (var (part, files) in body["example"]!.AsObject())
        {
            foreach (var file in files!.AsArray())
            {
                var content = new StringContent((string)file!);
                content.Headers.ContentDisposition = ContentDispositionHeaderValue.Parse((string)body["encoding"]![part]!["headers"]!["Content-Disposition"]!["example"]!);
                form.Add(content);
            }
        }

        using var answer = await installation.Portal.PostAsync("/api/v1/imports?programme=uploaded", form, Cancelled);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var import = await installation.Until(answer.Headers.Location!.ToString(), shown => (string)shown["state"]! == "checked");
        ((int)import["new"]!, (int)import["errors"]!).ShouldBe((1, 0));
        await installation.Accept(answer.Headers.Location!.ToString());
        await installation.Until(answer.Headers.Location!.ToString(), shown => (string)shown["state"]! == "settled");
        (await installation.Portal.GetStringAsync($"{answer.Headers.Location}/report.csv", Cancelled)).ShouldBe("file,line,column,code,message\n");
    }

    [Fact]
    public async Task Every_property_of_a_wrong_type_is_named()
    {
        var letIn = await installation.LetIn();
        foreach (var (address, _, document) in await Examples())
        {
            foreach (var property in document.Select(property => property.Key).ToList())
            {
                var wrong = document.DeepClone().AsObject();
                wrong[property] = new JsonObject { ["huge"] = 1e300 };
                var problem = await installation.Refused("described", address, wrong);
                problem["errors"]!.AsArray().Select(error => (string?)error!["pointer"]).ShouldContain($"/{property}", $"{address}: {problem.ToJsonString()}");
            }
        }

        (await installation.LetIn()).ShouldBe(letIn);
    }

    [Fact]
    public async Task Every_id_that_nobody_knows_is_named()
    {
        var letIn = await installation.LetIn();
        var named = 0;
        foreach (var (address, _, document) in await Examples())
        {
            // What identifies a team, post, case, interview or survey is nobody's before; elsewhere it is a reference.
            var own = address is "teams" or "posts" or "cases" or "tam-interviews" or "sam-surveys" or "cam-surveys" ? document.First().Key : null;
            var ids = document.Select(property => property.Key).Where(key => key == "id" || key.EndsWith("_id", StringComparison.Ordinal));
            foreach (var property in ids.Where(id => id != own).ToList())
            {
                if (document[property] is null)
                    continue;
                var wrong = document.DeepClone().AsObject();
                wrong[property] = "nobody";
                var problem = await installation.Refused("nowhere", address, wrong);
                problem["errors"]!.AsArray().Select(error => $"{error!["code"]} {error["pointer"]}").ShouldContain($"unknown_reference /{property}", address);
                named++;
            }
        }

        named.ShouldBeGreaterThan(20);
        (await installation.LetIn()).ShouldBe(letIn);
    }

    async Task<IReadOnlyList<(string Address, string Name, JsonObject Document)>> Examples() =>
    [
        .. from path in (await Description())["paths"]!.AsObject()
           let body = path.Value!["post"]?["requestBody"]?["content"]?["application/json"]
           // A webhook is no record.
           where body is not null && !path.Key.EndsWith("/webhooks", StringComparison.Ordinal)
           from example in body["examples"]!.AsObject()
           select (path.Key["/api/v1/".Length..], example.Key, example.Value!["value"]!.AsObject()),
    ];

    async Task<JsonNode> Description() => (await installation.Portal.GetFromJsonAsync<JsonNode>("/openapi/v1.json", Cancelled))!;
}
