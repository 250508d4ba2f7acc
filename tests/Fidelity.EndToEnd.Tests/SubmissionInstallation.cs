using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Fidelity.EndToEnd.Tests;

/// <summary>The installation that takes records one by one; each test submits into a programme of its own.</summary>
public sealed class SubmissionInstallation() : Installation(port: 18300)
{
    /// <summary>Where records are submitted, in an order in which what a record refers to comes before it.</summary>
    public static readonly string[] Addresses =
    [
        "teams", "posts", "cases", "reassignments", "follow-ups", "tam-interviews", "tam-attempts", "sam-surveys", "cam-surveys", "corrections",
        "withdrawals",
    ];

    /// <summary>Submits a record that is in order, waits where it is still being recorded, and says what became of it.</summary>
    public async Task<JsonNode> Record(string programme, string address, JsonNode document)
    {
        using var answer = await Post(programme, address, document);
        var said = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Accepted);
        if (answer.StatusCode == HttpStatusCode.Accepted)
            said = await Until(answer.Headers.Location!.ToString(), shown => (string)shown["state"]! == "recorded");
        ((string)said["state"]!).ShouldBe("recorded", said.ToJsonString());
        return said;
    }

    /// <summary>What became of a submission: <c>recorded</c> or <c>refused</c>.</summary>
    public async Task<string> Outcome(string programme, string address, JsonNode document)
    {
        using var answer = await Post(programme, address, document);
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => "recorded",
            HttpStatusCode.Accepted => (string)(await Until(
                answer.Headers.Location!.ToString(), shown => (string)shown["state"]! is "recorded" or "refused"))["state"]!,
            _ => answer.StatusCode == HttpStatusCode.UnprocessableEntity ? "refused" : answer.StatusCode.ToString(),
        };
    }

    /// <summary>Submits a document that is not in order, and gives the problem.</summary>
    public async Task<JsonNode> Refused(string programme, string address, JsonNode document)
    {
        using var answer = await Post(programme, address, document);
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, problem.ToJsonString());
        return problem;
    }

    public static JsonArray Items(params IEnumerable<JsonNode?> answers) => new([.. answers.Select(answer => answer?.DeepClone())]);

    public static IEnumerable<JsonNode?> Times(int count, JsonNode? answer) => Enumerable.Repeat(answer, count);
}

[CollectionDefinition(nameof(SubmissionInstallation))]
public sealed class SubmissionCollection : ICollectionFixture<SubmissionInstallation>;
