using System.Net;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;

namespace Fidelity.EndToEnd.Tests;

/// <summary>A family gets all that is kept of it, nothing of another, and the log says by a key that it was looked at.</summary>
[Collection(nameof(AccessInstallation))]
public sealed class ExtractTests(AccessInstallation installation, Chromium chromium) : IAsyncLifetime
{
    const string Case = "extracted-case";
    const string Reason = "Läst fel på blanketten.";

    static readonly string[] Kinds =
    [
        "case", "follow_up", "reassignment", "tam_attempt", "tam_attempt", "tam_correction", "tam_interview", "tam_interview", "tam_withdrawal",
    ];

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await installation.Fill(chromium);
        if (await Events("portal", $"%\"{Case}\"%") == 0)
            await Submit();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_extract_has_all_that_was_submitted_of_the_family_and_nothing_of_another()
    {
        using var administrator = await installation.Somebody(chromium, "ad");
        using var answer = await Save(administrator, AccessInstallation.Programme, Case);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var text = await answer.Content.ReadAsStringAsync(Cancelled);
        var extract = JsonNode.Parse(text)!;
        var key = (string)extract["case_key"]!;
        answer.Content.Headers.ContentDisposition!.ToString().ShouldBe($"attachment; filename=fidelity-{key}.json; filename*=UTF-8''fidelity-{key}.json");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();

        var received = extract["received"]!.AsArray();
        received.Select(record => (string)record!["record"]!["kind"]!).Order(StringComparer.Ordinal).ShouldBe(Kinds);
        received.Select(record => (string)record!["state"]!).Distinct(StringComparer.Ordinal).ShouldBe(["recorded"]);
        received.Select(record => (string?)record!["from"]?["file"]).OfType<string>().ShouldBe(["tam_attempts.csv"]);
        received.Count(record => (string?)record!["record"]!["reason"] == Reason).ShouldBe(2);
        ((string)extract["case"]!["discharged"]!).ShouldBe("2026-04-10");
        extract["case"]!["follow_ups"]!.AsArray().Count.ShouldBe(1);
        extract["case"]!["reassignments"]!.AsArray().Count.ShouldBe(1);
        var interviews = extract["interviews"]!.AsArray();
        interviews.Select(held => ((string)held!["interview_id"]!, (bool)held["withdrawn"]!, held["answers"]!.AsArray().Count))
            .ShouldBe([("extracted-1", false, 28), ("extracted-2", true, 28)]);
        ((int)interviews[0]!["answers"]![6]!).ShouldBe(2);
        extract["due"]!.AsArray().Count.ShouldBe(await Due());
        foreach (var other in new[] { "-family", "therapist-interview", AccessInstallation.Faraway, AccessInstallation.Elsewhere })
            text.ShouldNotContain(other);

        var page = await Page(administrator, AccessInstallation.Programme, Case);
        page.Status.ShouldBe(HttpStatusCode.OK);
        foreach (var said in new[] { "extracted-1", "extracted-2", "tam_attempts.csv", "own-colleague", "treatment completed", "withdrawn", key })
            page.Text.ShouldContain(said);
        WebUtility.HtmlDecode(page.Text).Split(Reason).Length.ShouldBe(3);
        foreach (var other in new[] { "-family", "therapist-interview", AccessInstallation.Faraway, AccessInstallation.Elsewhere })
            page.Text.ShouldNotContain(other);
    }

    [Fact]
    public async Task A_case_of_another_programme_is_answered_as_one_that_is_not()
    {
        using var administrator = await installation.Somebody(chromium, "ad");
        await using var connection = new NpgsqlConnection(installation.Database);
        var before = await Keys();
        var unknown = await Page(administrator, AccessInstallation.Programme, "no-case");
        Answer(unknown.Text).ShouldContain("There is no such case in that programme.");
        foreach (var (programme, family) in new[] { (AccessInstallation.OtherProgramme, "elsewhere-therapist-family"), ("nowhere", "no-case") })
        {
            var foreign = await Page(administrator, programme, family);
            foreign.Status.ShouldBe(unknown.Status);
            Answer(foreign.Text).ShouldBe(Answer(unknown.Text));
            using var file = await Save(administrator, programme, family);
            file.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        ((int)(await Page(administrator, AccessInstallation.Programme, "no-\0case")).Status).ShouldBeLessThan(500);
        using var nothing = await Save(administrator, AccessInstallation.Programme, "no-\0case");
        ((int)nothing.StatusCode).ShouldBeInRange(400, 499);

        (await Keys()).ShouldBe(before);

        // A key would be made by whoever asks first.
        async Task<IReadOnlyList<string>> Keys() =>
            [.. await connection.QueryAsync<string>("select case_id from portal.case_keys where case_id like 'elsewhere%' or case_id like 'no-%' order by 1")];
    }

    [Fact]
    public async Task The_log_names_the_case_by_its_key_and_never_by_its_id()
    {
        using var administrator = await installation.Somebody(chromium, "ad");
        await Page(administrator, AccessInstallation.Programme, Case);
        var extract = JsonNode.Parse(await (await Save(administrator, AccessInstallation.Programme, Case)).Content.ReadAsStringAsync(Cancelled))!;
        var key = (string)extract["case_key"]!;
        await using var connection = new NpgsqlConnection(installation.Database);
        var logged = (await connection.QueryAsync<string>(
            "select concat_ws(' ', who, what, purpose, route, programme, status) from portal.access_log where subject = @key order by number", new { key })).AsList();
        logged.ShouldContain($"matrix.ad read keep_records POST /cases/extract {AccessInstallation.Programme} 200");
        logged[^1].ShouldBe($"matrix.ad read keep_records POST /cases/extract/file {AccessInstallation.Programme} 200");
        (await connection.ExecuteScalarAsync<long>("select count(*) from portal.access_log log where log::text like '%' || @id || '%'", new { id = Case })).ShouldBe(0);
        // Whoever looks now is told of all who looked before.
        extract["looks"]!.AsArray().Count.ShouldBe(logged.Count - 1);
        (await administrator.GetStringAsync("/access/log", Cancelled)).ShouldContain(key);
        (await installation.Access("check-log")).ShouldContain("unbroken");
    }

    [Fact]
    public async Task A_file_is_given_to_no_form_of_another_site()
    {
        using var administrator = await installation.Somebody(chromium, "ad");
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["programme"] = AccessInstallation.Programme, ["case"] = Case });
        using var answer = await administrator.PostAsync("/cases/extract/file", form, Cancelled);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    async Task Submit()
    {
        await Record("cases", new()
        {
            ["case_id"] = Case, ["team_id"] = AccessInstallation.Own, ["therapist_id"] = "own-therapist", ["started"] = "2026-01-10",
            ["discharged"] = "2026-04-10", ["discharge_reason"] = "completed", ["living_at_home"] = "yes",
        });
        await Record("reassignments", new() { ["case_id"] = Case, ["therapist_id"] = "own-colleague", ["from"] = "2026-03-01" });
        await Record("follow-ups", new() { ["case_id"] = Case, ["months"] = 6, ["date"] = "2026-10-12", ["living_at_home"] = "yes" });
        await Interview("extracted-1", "2026-01-26");
        await Interview("extracted-2", "2026-02-20");
        await Record("tam-attempts", new() { ["case_id"] = Case, ["date"] = "2026-03-20", ["outcome"] = "no_answer" });
        await Record("corrections", new() { ["id"] = "extracted-1", ["date"] = "2026-02-01", ["item"] = 7, ["value"] = 2, ["reason"] = Reason });
        await Record("withdrawals", new() { ["id"] = "extracted-2", ["date"] = "2026-02-25", ["reason"] = Reason });
        var files = Directory.CreateTempSubdirectory("fidelity-extract-").FullName;
        await File.WriteAllTextAsync(Path.Combine(files, "tam_attempts.csv"), $"case_id,date,outcome\n{Case},2026-03-22,declined\n", Cancelled);
        await installation.Import(files, AccessInstallation.Programme);

        Task Interview(string id, string date) => Record("tam-interviews", new()
        {
            ["interview_id"] = id, ["case_id"] = Case, ["interviewer_id"] = "own-interviewer", ["date"] = date, ["mode"] = "phone", ["language"] = "sv",
            ["interpreter"] = false, ["instrument"] = "tam-r@1", ["items"] = SubmissionInstallation.Items(SubmissionInstallation.Times(28, 5)),
        });

        async Task Record(string address, JsonObject document)
        {
            using var answer = await installation.Post(AccessInstallation.Programme, address, document);
            answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Cancelled));
            if (answer.StatusCode == HttpStatusCode.Accepted)
                await installation.Until(answer.Headers.Location!.ToString(), shown => (string)shown["state"]! == "recorded");
        }
    }

    static async Task<(HttpStatusCode Status, string Text)> Page(HttpClient visitor, string programme, string family)
    {
        using var answer = await Send(visitor, "/cases/extract", new() { ["_handler"] = "show-extract", ["programme"] = programme, ["case"] = family });
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
    }

    static Task<HttpResponseMessage> Save(HttpClient visitor, string programme, string family) =>
        Send(visitor, "/cases/extract/file", new() { ["programme"] = programme, ["case"] = family });

    static async Task<HttpResponseMessage> Send(HttpClient visitor, string address, Dictionary<string, string> values)
    {
        values["__RequestVerificationToken"] = AccessInstallation.FormToken(await visitor.GetStringAsync("/cases/extract", Cancelled));
        using var form = new FormUrlEncodedContent(values);
        return await visitor.PostAsync(address, form, Cancelled);
    }

    /// <summary>What stands on a page after the fields that repeat the question.</summary>
    static string Answer(string page) => page.Split("autocomplete=\"off\"")[1];

    async Task<long> Events(string schema, string like)
    {
        await using var connection = new NpgsqlConnection(installation.Database);
        return await connection.ExecuteScalarAsync<long>($"select count(*) from {schema}.mt_events where data::text like @like", new { like });
    }

    async Task<int> Due()
    {
        await using var connection = new NpgsqlConnection(installation.Database);
        return await connection.ExecuteScalarAsync<int>(
            "select count(*)::int from portal.facts where kind = 'tam_opportunity' and key like @like", new { like = $"{Case}/%" });
    }
}
