using System.Net;
using System.Text.Json.Nodes;

namespace Fidelity.EndToEnd.Tests;

public sealed class OutageInstallation() : Installation(port: 18200);

/// <summary>Services die and come late; what was accepted is recorded all the same.</summary>
public sealed class OutageTests(OutageInstallation installation) : IClassFixture<OutageInstallation>
{
    [Theory]
    [InlineData("front", "roster", "portal")]
    [InlineData("middle", "tam", "surveys", "pir")]
    public async Task Services_killed_during_an_import_change_nothing(string programme, params string[] services)
    {
        var import = await installation.Upload(Installation.Season, programme);
        await installation.Accept(import);
        for (var kill = 0; kill < services.Length; kill++)
        {
            // Late enough that every service is at work, early enough that much is still to do.
            var answered = 500 + (1000 * kill);
            await installation.Until(import, shown => (int)shown["answered"]! > answered);
            installation.Kill(services[kill]);
            await installation.Up();
        }

        await installation.Until(import, shown => (string)shown["state"]! == "settled");
        (await Expected.Differences(installation, programme)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_submission_that_was_answered_outlives_its_owner_and_the_portal()
    {
        const string Programme = "kept";
        await installation.Settle();
        installation.Kill("roster");
        using var team = await installation.Post(Programme, "teams", new JsonObject
        {
            ["team_id"] = "t1", ["name"] = "Team Ett", ["profile"] = "mst@1", ["opened"] = "2026-01-01", ["pir_start_month"] = 1,
        });
        team.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        // It refers to a team that is not recorded yet.
        using var post = await installation.Post(Programme, "posts", new JsonObject
        {
            ["staff_id"] = "th1", ["team_id"] = "t1", ["role"] = "therapist", ["from"] = "2026-01-01",
        });
        post.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        installation.Kill("portal");
        await installation.Up();
        foreach (var answer in new[] { team, post })
            await installation.Until(answer.Headers.Location!.ToString(), shown => (string)shown["state"]! == "recorded");
        await installation.Until($"/api/v1/reviews?programme={Programme}&team=t1", measures => measures.AsArray().Count > 0);
    }

    [Fact]
    public async Task A_service_that_is_started_after_the_import_misses_nothing()
    {
        const string Programme = "late";
        installation.Kill("tam");
        var import = await installation.Upload(Installation.Season, Programme);
        await installation.Accept(import);
        await installation.Until(import, shown => (int)shown["sent"]! > 3000);
        await installation.Up();
        await installation.Until(import, shown => (string)shown["state"]! == "settled");
        (await Expected.Differences(installation, Programme)).ShouldBeEmpty();
    }
}
