using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Fidelity.Portal.Tests.Describing;

namespace Fidelity.EndToEnd.Tests;

/// <summary>
/// Lets no answer of the API pass that its description does not foresee: the status is among the operation's, and JSON fits the
/// schema. Where there is no operation, the answer is a problem document.
/// </summary>
sealed class DescribedAnswers() : DelegatingHandler(new HttpClientHandler())
{
    static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(1);

    JsonNode? description;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        if (!request.RequestUri!.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal))
            return answer;
        description ??= await Describe(request.RequestUri, cancellationToken);
        await answer.Content.LoadIntoBufferAsync(cancellationToken);
        var name = $"{request.Method} {request.RequestUri.PathAndQuery} answered {(int)answer.StatusCode}";
        var type = answer.Content.Headers.ContentType?.MediaType;
        Schema(request, answer, type).ShouldNotBeNull($"{name} with {type}, which is not described");
        if (type!.EndsWith("json", StringComparison.Ordinal))
        {
            var said = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
            new DescribedSchemas(description).Faults(Schema(request, answer, type)!, said).ShouldBeEmpty(name);
        }

        return answer;
    }

    JsonNode? Schema(HttpRequestMessage request, HttpResponseMessage answer, string? type)
    {
        var operation = description!["paths"]!.AsObject()
            .FirstOrDefault(path => Regex.IsMatch(
                request.RequestUri!.AbsolutePath, $"^{Regex.Replace(path.Key, @"\{\w+\}", "[^/]+", RegexOptions.None, LongestMatch)}$", RegexOptions.None, LongestMatch))
            .Value?[request.Method.Method.ToLowerInvariant()];
        if (operation is null && (int)answer.StatusCode < 400)
            return null;
        return operation is null
            ? new JsonObject { ["$ref"] = "#/components/schemas/Problem" }
            : operation["responses"]?[((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture)]?["content"]?[type ?? ""]?["schema"];
    }

    async Task<JsonNode> Describe(Uri asked, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(asked, "/openapi/v1.json"));
        using var answer = await base.SendAsync(request, cancellationToken);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!;
    }
}
