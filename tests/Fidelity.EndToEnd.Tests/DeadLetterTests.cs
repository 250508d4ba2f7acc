using System.Text.Json.Nodes;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Fidelity.EndToEnd.Tests;

public sealed class DeadLetterInstallation() : Installation(port: 18600);

/// <summary>What cannot be handled, and what waits: seen in the shell, in health and on the page, and never lost.</summary>
public sealed class DeadLetterTests(DeadLetterInstallation installation, Chromium chromium)
    : IClassFixture<DeadLetterInstallation>, IClassFixture<Chromium>, IAsyncLifetime
{
    const string Programme = "held";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if ((await installation.Get("/api/v1/programmes")).Count == 0)
            await installation.Import(await Folder(team: "t1", interviews: []), Programme);
        chromium.Session = await installation.Session(chromium, "administrator");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task What_cannot_be_saved_is_kept_with_its_cause_and_recorded_once_when_it_is_returned()
    {
        await Close("tam");
        var import = await installation.Upload(await Folder(team: null, interviews: ["secret-1", "secret-2", "secret-3"]), Programme);
        await installation.Accept(import);

        // The service dies over them, and its successor finds them again.
        while (!(await installation.Log("tam")).Contains("R-RETRY", StringComparison.Ordinal))
            await Task.Delay(50, Cancelled);
        installation.Kill("tam");
        await installation.Up();

        var health = await Health(dead: 3);
        ((string)health["status"]!).ShouldBe("Degraded");
        Number(health, "tam").ShouldBe(3);
        (await installation.DeadLetters("list")).ShouldContain("  3 × RecordTamInterview: Npgsql.PostgresException: P0001: the table is closed");
        var lines = (await installation.DeadLetters("show", "tam")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(3);
        var id = lines[0].Split(' ')[0];
        var shown = await installation.DeadLetters("show", "tam", id);
        shown.ShouldContain("\"interviewId\": \"secret-");
        shown.ShouldContain("Fidelity.Tam.Recording.RecordTamInterviewConsumer");

        await using (var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, "sv-SE", width: 320, bypassPolicy: true))
        {
            var page = await profile.NewPageAsync();
            await page.GotoAsync("/");
            await page.GetByRole(AriaRole.Link, new() { Name = "Drift" }).ClickAsync();
            var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "TAM-intervjuer" });
            (await row.Locator(".figure").InnerTextAsync()).ShouldBe("3");
            (await row.InnerTextAsync()).ShouldContain("RecordTamInterview: Npgsql.PostgresException");
            var content = await page.ContentAsync();
            content.ShouldNotContain("secret");
            content.ShouldNotContain("the table is closed");
            (await page.RunAxe()).Violations.Select(violation => $"{violation.Id}: {violation.Help}").ShouldBeEmpty();
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(320);
        }

        (await installation.Log("tam")).ShouldNotContain("the table is closed");
        await Open("tam");
        (await installation.DeadLetters("return", "tam", id)).ShouldStartWith($"Returned {id}");
        await installation.Until(import, shown => (int)shown["recorded"]! == 1);
        (await installation.DeadLetters("return", "tam", "--all")).ShouldStartWith("Returned 2");
        await installation.Until(import, shown => (string)shown["state"]! == "settled" && (int)shown["recorded"]! == 3);
        (await installation.DeadLetters("list")).ShouldContain("every message was handled");
        ((string)(await Health(dead: 0))["status"]!).ShouldBe("Healthy");
        (await installation.Recorded("secret-")).ShouldBe(3);
    }

    [Fact]
    public async Task Hundreds_are_returned_at_once_and_each_is_recorded_once()
    {
        const int Number = 300;
        await Close("tam");
        var import = await installation.Upload(await Folder(team: null, [.. Enumerable.Range(1, Number).Select(number => $"many-{number}")]), Programme);
        await installation.Accept(import);
        await Health(dead: Number);
        await Open("tam");
        (await installation.DeadLetters("return", "tam", "--all")).ShouldContain($"Returned {Number};");
        await installation.Until(import, shown => (string)shown["state"]! == "settled" && (int)shown["recorded"]! == Number);
        await Health(dead: 0);
        (await installation.Recorded("many-")).ShouldBe(Number);
    }

    [Fact]
    public async Task What_waits_for_a_missing_fact_is_counted_by_what_is_missing()
    {
        installation.Kill("roster");
        var import = await installation.Upload(await Folder(team: "t2", interviews: ["early-1", "early-2"]), Programme);
        await installation.Accept(import);
        var waiting = (await installation.Until("/health/ready", health => (int)Check(health, "waiting_submissions")["number"]! == 2))!;
        ((int)Check(waiting, "waiting_submissions")["shown_as_refused"]!).ShouldBe(0);
        await using (var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB"))
        {
            var page = await profile.NewPageAsync();
            await page.GotoAsync("/operations");
            var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "a case that is not registered" });
            (await row.Locator(".figure").InnerTextAsync()).ShouldBe("2");
            (await page.ContentAsync()).ShouldNotContain("early-");
        }

        await installation.Up();
        await installation.Until(import, shown => (string)shown["state"]! == "settled" && (int)shown["waiting"]! == 0);
        await installation.Until("/health/ready", health => (int)Check(health, "waiting_submissions")["number"]! == 0);
    }

    /// <summary>Lets the service save nothing, for a reason that no retry removes.</summary>
    Task Close(string schema) => installation.Execute($"""
        create or replace function {schema}.refuse() returns trigger language plpgsql as $$ begin raise exception 'the table is closed'; end $$;
        create trigger refuse before insert on {schema}.mt_events for each row execute function {schema}.refuse();
        """);

    Task Open(string schema) => installation.Execute($"drop trigger refuse on {schema}.mt_events");

    Task<JsonNode> Health(int dead) => installation.Until("/health/ready", health => (int?)Check(health, "dead_letters")["number"] == dead);

    static JsonNode Check(JsonNode health, string name) => health["checks"]![name]!["data"] ?? new JsonObject();

    static int Number(JsonNode health, string queue) =>
        (int)Check(health, "dead_letters")["queues"]!.AsArray().Single(one => (string)one!["queue"]! == queue)!["number"]!;

    /// <summary>Files of a team with one case, where it is not known yet, and of interviews about it.</summary>
    static async Task<string> Folder(string? team, IReadOnlyList<string> interviews)
    {
        var folder = Directory.CreateTempSubdirectory("fidelity-held-").FullName;
        if (team is not null)
        {
            await Write("teams.csv", $"team_id,name,profile,opened,closed,pir_start_month\n{team},Team {team},mst@1,2026-01-01,,1\n");
            await Write("staff.csv", $"staff_id,team_id,role,from,to\nth-{team},{team},therapist,2026-01-01,\nin-{team},{team},interviewer,2026-01-01,\n");
            await Write("cases.csv",
                "case_id,team_id,therapist_id,started,discharged,discharge_reason,living_at_home,in_school_or_work,no_new_arrest,no_new_report,no_new_substance_report\n"
                + $"c-{team},{team},th-{team},2026-07-06,,,,,,,\n");
        }

        var of = team ?? "t1";
        if (interviews.Count > 0)
        {
            await Write("tam.csv",
                $"interview_id,case_id,interviewer_id,date,mode,language,interpreter,instrument,{string.Join(',', Enumerable.Range(1, 28).Select(item => $"i{item}"))}\n"
                + string.Concat(interviews.Select(id => $"{id},c-{of},in-{of},2026-07-20,phone,sv,no,tam-r@1,{string.Join(',', Enumerable.Repeat(5, 28))}\n")));
        }

        return folder;

        Task Write(string file, string text) => File.WriteAllTextAsync(Path.Combine(folder, file), text);
    }
}
