using System.Net;
using System.Text.Json.Nodes;

namespace Fidelity.EndToEnd.Tests;

/// <summary>An installation of an earlier version, as tests/stored has it, restored and upgraded to this one.</summary>
public sealed class UpgradedInstallation() : Installation(port: 19000, ownServers: true)
{
    public const string Programme = "season";
    public const string Team = "mst-oster";

    static readonly string Stored = Path.Combine(AppContext.BaseDirectory, "stored", "1a2cd4e");

    /// <summary>The measures as the earlier version answered them.</summary>
    public static IReadOnlyList<JsonNode> Reviews { get; } =
        [.. JsonNode.Parse(File.ReadAllText(Path.Combine(Stored, "reviews.json")))!.AsArray().Select(measure => measure!)];

    public string Said { get; private set; } = "";

    public override async ValueTask InitializeAsync()
    {
        await Prepare();
        var unpacked = Directory.CreateTempSubdirectory("fidelity-stored-").FullName;
        await Run("tar", "-xJf", Path.Combine(Stored, "backup.tar.xz"), "-C", unpacked);
        (await Restore(Path.Combine(unpacked, "backup"))).ShouldContain("deploy/upgrade.sh goes on");
        // The queues are those that the earlier version declared.
        (await Queued()).Keys.ShouldNotContain("tam_error");
        Said = await Upgrade();
        Directory.Delete(unpacked, recursive: true);
    }
}

/// <summary>Whatever an earlier version has stored, this one shows the same.</summary>
public sealed class UpgradeTests(UpgradedInstallation installation) : IClassFixture<UpgradedInstallation>
{
    /// <summary>What was not told then had counts all the same; they are withheld now, with the reason.</summary>
    static readonly string[] Counts = ["denominator", "n"];

    [Fact]
    public async Task Every_review_of_an_earlier_version_is_as_it_was_and_new_records_arrive_in_it()
    {
        installation.Said.ShouldContain("Upgraded from 1a2cd4e");
        installation.Said.ShouldContain("git checkout 1a2cd4efa1157dab1f30b1bc34df73b62f67c52b");
        await installation.Settle();
        (await Expected.Differences(installation, UpgradedInstallation.Programme, UpgradedInstallation.Team, atRest: true)).ShouldBeEmpty();

        var reviews = (await installation.Get($"/api/v1/reviews?programme={UpgradedInstallation.Programme}")).ToDictionary(Name);
        reviews.Keys.ShouldBe(UpgradedInstallation.Reviews.Select(Name), ignoreOrder: true);
        foreach (var before in UpgradedInstallation.Reviews)
        {
            var now = reviews[Name(before)]!;
            var withheld = (string?)now["withheld"] is not null;
            foreach (var field in new[] { "value", "numerator", "denominator", "n", "low", "high", "target", "status", "state", "profile" })
                (now[field]?.ToJsonString()).ShouldBe(withheld && Counts.Contains(field) ? null : before[field]?.ToJsonString(), $"{Name(before)} {field}");
        }

        await NewRecords.ArriveInTheReview(installation, UpgradedInstallation.Programme, UpgradedInstallation.Team);
    }

    [Fact]
    public async Task Messages_that_are_in_a_queue_when_an_upgrade_makes_it_anew_are_handled_afterwards()
    {
        const string Programme = "queued";
        await NewRecords.Open(installation, Programme);
        installation.Kill("tam");
        using var answer = await installation.Post(Programme, "tam-interviews", NewRecords.Interview("i-queued", "c1", "2026-07-20"));
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await installation.Queued())["tam"].ShouldBeGreaterThan(0);
        (await installation.Upgrade()).ShouldContain("tam: made anew with ");
        await installation.Until(answer.Headers.Location!.ToString(), shown => (string)shown["state"]! == "recorded");
        (await installation.Queued()).Keys.ShouldNotContain(queue => queue.EndsWith("_aside", StringComparison.Ordinal));
    }

    static string Name(JsonNode? measure) => $"{measure!["team"]} {measure["period"]} {measure["measure"]}";
}
