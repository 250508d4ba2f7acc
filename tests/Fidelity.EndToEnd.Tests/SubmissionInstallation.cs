using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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

    /// <summary>Where other machines would reach it.</summary>
    public static Uri Outside { get; } = new("https://127.0.0.1:18340");

    /// <summary>What it shows them.</summary>
    public X509Certificate2 Certificate => X509Certificate2.CreateFromPem(File.ReadAllText(Settings["FIDELITY_CERTIFICATE"]));

    readonly string certificates = Directory.CreateTempSubdirectory("fidelity-tls-").FullName;

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["FIDELITY_HTTPS"] = Outside.Authority, ["FIDELITY_CERTIFICATE"] = Path.Combine(certificates, "certificate.pem"),
        ["FIDELITY_CERTIFICATE_KEY"] = Path.Combine(certificates, "key.pem"),
    };

    public override async ValueTask InitializeAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=fidelity.example", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(2));
        await File.WriteAllTextAsync(Settings["FIDELITY_CERTIFICATE"], certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Settings["FIDELITY_CERTIFICATE_KEY"], key.ExportPkcs8PrivateKeyPem());
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(certificates, recursive: true);
        GC.SuppressFinalize(this);
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
