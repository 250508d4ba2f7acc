using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using RabbitMQ.Client;

namespace Fidelity.EndToEnd.Tests;

/// <summary>With an account for each service, as in an installation: what erases must be let at everything that holds a family.</summary>
public sealed class ErasureInstallation() : Installation(port: 18800, ownServers: true)
{
    protected override IReadOnlyDictionary<string, string> Settings { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["FIDELITY_ERASURE_REST"] = "00:00:05" };
}

/// <summary>
/// A family is planted wherever it can come to be: in records of every kind, in an import that was accepted and one that was not, among
/// dead letters. After the rule has erased it, nothing of it is found by who searches everything, and the figures are what they were.
/// </summary>
public sealed class ErasureTests(ErasureInstallation installation, Chromium chromium) : IClassFixture<ErasureInstallation>, IClassFixture<Chromium>
{
    const string Programme = "gallring";
    const string Case = "planted-family";
    const string Interview = "planted-interview";

    /// <summary>What must be found nowhere: ids, free text, and a language that no other family speaks.</summary>
    static readonly string[] Planted = [Case, Interview, "planted-reason", "planted-correction", "tlh"];

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rule_erases_what_is_planted_and_nothing_is_left_but_the_figures()
    {
        await Plant();
        var (figures, over) = (await Figures(), await Figures(before: "2026-H2"));
        figures.ShouldContain(figure => figure.StartsWith("\"2024-H1\" \"adherence\"", StringComparison.Ordinal));
        var client = AccessInstallation.Client(installation.Portal.BaseAddress!, await installation.Session(chromium, "administrator"));
        (await Send(client, "/cases/extract", "/cases/extract/file", ("programme", Programme), ("case", Case))).Text.ShouldContain("planted-correction");
        var before = await Find();
        before.Keys.ShouldContain("tam.mt_events");
        before.Keys.ShouldContain("roster.mt_events");
        before.Keys.ShouldContain("pir.team_records");
        before.Keys.ShouldContain("portal.records");
        before.Keys.ShouldContain("portal.import_files");
        before.Keys.ShouldContain("portal.case_keys");
        before.Keys.ShouldContain("portal.drafts");
        before.Keys.ShouldContain("portal.call_notes");
        before.Keys.ShouldContain("portal.self_reports");
        before.Keys.ShouldContain("queue tam_error");
        (await Reminded()).ShouldBe(2);
        var kept = await Count("kept-family");

        var preview = await Send(client, "/erasure", "/erasure", ("_handler", "set-rule"), ("programme", Programme), ("months", "12"), ("basis", "plan for retention"));
        preview.Text.ShouldContain("erases at once: 1.");
        (await Count(Case)).ShouldBeGreaterThan(0, "it was only asked");
        (await Send(client, "/erasure", "/erasure", ("_handler", "set-rule"), ("programme", Programme), ("months", "12"), ("basis", "plan for retention"), ("confirmed", "1")))
            .Status.ShouldBe(HttpStatusCode.Redirect);
        await Ended(1);

        (await Find()).ShouldBeEmpty();
        (await Reminded()).ShouldBe(1);
        (await Count("kept-family")).ShouldBe(kept);
        await installation.Settle();
        (await Figures()).ShouldBe(figures);

        // Whoever brings it back is told, and it is kept no more than before.
        using var again = await installation.Post(Programme, "cases", CaseDocument());
        (await again.Content.ReadAsStringAsync(Cancelled)).ShouldContain("case_erased");
        var otherwise = CaseDocument();
        otherwise["started"] = "2024-03-02";
        using var altered = await installation.Post(Programme, "cases", otherwise);
        (await altered.Content.ReadAsStringAsync(Cancelled)).ShouldContain("case_erased");
        await installation.Settle();
        (await Find()).ShouldBeEmpty();
        (await Figures()).ShouldBe(figures);

        // One is erased by itself; the period that runs goes on without it, those that are over stand.
        (await Send(client, "/erasure", "/erasure", ("_handler", "erase-case"), ("programme", Programme), ("case", "no-such-family"), ("basis", "mistake"), ("sure", "true")))
            .Text.ShouldContain("There is no such case");
        (await Send(client, "/erasure", "/erasure", ("_handler", "erase-case"), ("programme", Programme), ("case", "kept-family"), ("basis", "taken in by mistake"), ("sure", "true")))
            .Status.ShouldBe(HttpStatusCode.Redirect);
        await Ended(2);
        (await Count("kept-family")).ShouldBe(0);
        await installation.Settle();
        (await Figures(before: "2026-H2")).ShouldBe(over);
        (await client.GetStringAsync("/erasure", Cancelled)).ShouldContain("nothing is left");
    }

    async Task Plant()
    {
        await Record("teams", new() { ["team_id"] = "norr", ["name"] = "Norr", ["profile"] = "mst@1", ["opened"] = "2024-01-01", ["pir_start_month"] = 1 });
        foreach (var (person, role) in new[] { ("s-1", "supervisor"), ("t-1", "therapist"), ("i-1", "interviewer") })
            await Record("posts", new() { ["staff_id"] = person, ["team_id"] = "norr", ["role"] = role, ["from"] = "2024-01-01" });
        await Record("cases", CaseDocument());
        await Record("tam-interviews", InterviewDocument(Interview, Case, "2024-03-20", "tlh"));
        await Record("tam-attempts", new() { ["case_id"] = Case, ["date"] = "2024-04-20", ["outcome"] = "no_answer" });
        await Record("corrections", new() { ["id"] = Interview, ["date"] = "2024-03-25", ["item"] = 1, ["value"] = 4, ["reason"] = "planted-correction" });
        await Record("tam-interviews", InterviewDocument("planted-interview-2", Case, "2024-05-20", "tlh"));
        await Record("withdrawals", new() { ["id"] = "planted-interview-2", ["date"] = "2024-05-25", ["reason"] = "planted-reason" });
        await Record("reassignments", new() { ["case_id"] = Case, ["therapist_id"] = "t-1", ["from"] = "2024-04-01" });
        await Record("follow-ups", new() { ["case_id"] = Case, ["months"] = 6, ["date"] = "2025-01-20", ["living_at_home"] = true });
        await Record("cases", new() { ["case_id"] = "kept-family", ["team_id"] = "norr", ["therapist_id"] = "t-1", ["started"] = "2026-02-01" });
        await Record("tam-interviews", InterviewDocument("kept-interview", "kept-family", "2026-02-20", "sv"));

        var accepted = Directory.CreateTempSubdirectory("fidelity-planted-").FullName;
        await File.WriteAllTextAsync(Path.Combine(accepted, "tam_attempts.csv"), $"case_id,date,outcome\n{Case},2024-06-20,unreachable\n", Cancelled);
        await installation.Import(accepted, Programme);
        await File.WriteAllTextAsync(Path.Combine(accepted, "tam_attempts.csv"), $"case_id,date,outcome\n{Case},2024-07-01,unreachable\n", Cancelled);
        await installation.Upload(accepted, Programme);
        await installation.Settle();
        await installation.Execute(
            $"""
            insert into portal.drafts (id, instrument, programme, team_id, subject, due, content, begun_by, begun_at, saved_by, saved_at)
            values (gen_random_uuid(), 'tam', '{Programme}', 'norr', '{Case}', '2024-06-15', '{"{"}"language": "tlh"{"}"}', 'i-1', now(), 'i-1', now());
            insert into portal.call_notes (programme, case_id, language) values ('{Programme}', '{Case}', 'tlh');
            insert into portal.self_reports (id, code_hash, programme, team_id, case_id, due, language, given_by, given_at)
            values (gen_random_uuid(), '\x00', '{Programme}', 'norr', '{Case}', '2024-06-15', 'tlh', 'i-1', now())
            """);
        foreach (var opportunity in new[] { $"{Case}/2024-03-15", "kept-family/2026-02-15" })
            await installation.Execute($"insert into portal.reminders values ('{installation.KeyedId("reminder", Programme, "tam_opportunity", opportunity)}', 'due', gen_random_uuid(), '2024-03-15')");
        await Bury("tam_error", $$$"""{"message":{"programme":"{{{Programme}}}","caseId":"{{{Case}}}"}}""");
    }

    static JsonObject CaseDocument() => new()
    {
        ["case_id"] = Case, ["team_id"] = "norr", ["therapist_id"] = "t-1", ["started"] = "2024-03-01", ["discharged"] = "2024-07-15", ["discharge_reason"] = "completed",
        ["living_at_home"] = "yes",
    };

    static JsonObject InterviewDocument(string id, string caseId, string date, string language) => new()
    {
        ["interview_id"] = id, ["case_id"] = caseId, ["interviewer_id"] = "i-1", ["date"] = date, ["mode"] = "phone", ["language"] = language,
        ["interpreter"] = false, ["instrument"] = "tam-r@1", ["items"] = SubmissionInstallation.Items(SubmissionInstallation.Times(28, 5)),
    };

    async Task Record(string address, JsonObject document)
    {
        using var answer = await installation.Post(Programme, address, document);
        var text = await answer.Content.ReadAsStringAsync(Cancelled);
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        if (answer.StatusCode == HttpStatusCode.Accepted)
            await installation.Until(answer.Headers.Location!.ToString(), shown => (string)shown["state"]! == "recorded");
    }

    /// <summary>Every measure of the team in the periods before one, and its months when all are asked for; not where and when they were computed.</summary>
    async Task<IReadOnlyList<string>> Figures(string before = "9999")
    {
        var measures = await installation.Get($"/api/v1/reviews?programme={Programme}&team=norr");
        var trend = (await installation.Portal.GetFromJsonAsync<JsonNode>($"/api/v1/trends?programme={Programme}&team=norr", Cancelled))!;
        string[] told = ["period", "measure", "value", "numerator", "denominator", "low", "high", "target", "status", "withheld", "state"];
        return
        [
            .. measures.Where(measure => string.CompareOrdinal((string)measure!["period"]!, before) < 0)
                .Select(measure => string.Join(' ', told.Select(field => measure![field]?.ToJsonString()))),
            .. before == "9999" ? [trend["months"]!.ToJsonString()] : Array.Empty<string>(),
        ];
    }

    async Task Ended(int erasures)
    {
        await using var connection = new NpgsqlConnection(installation.Database);
        for (var tries = 0; tries < 600; tries++)
        {
            if (await connection.ExecuteScalarAsync<long>("select count(*) from portal.erasures where ended_at is not null") == erasures)
                return;
            await Task.Delay(200, Cancelled);
        }

        throw new TimeoutException("The erasure did not end: "
            + string.Join(", ", await connection.QueryAsync<string>("select row_to_json(e)::text from portal.erasures e")));
    }

    /// <summary>Everywhere that one of the planted values is, in any table, queue or file of the installation, and which.</summary>
    async Task<IReadOnlyDictionary<string, string>> Find()
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var queued = await Bodies();
        foreach (var value in Planted)
        {
            foreach (var (table, _) in await Tables(value))
                found[table] = value;
            foreach (var (queue, _) in queued.Where(message => message.Body.Contains(value, StringComparison.Ordinal)))
                found[$"queue {queue}"] = value;
            foreach (var service in new[] { "roster", "tam", "surveys", "pir", "portal" })
            {
                if ((await installation.Log(service)).Contains(value, StringComparison.Ordinal))
                    found[$"log {service}"] = value;
            }
        }

        return found;
    }

    /// <summary>How many reminders are remembered. No search finds whose, as a keyed hash stands for the opportunity.</summary>
    async Task<long> Reminded()
    {
        await using var connection = new NpgsqlConnection(installation.Database);
        return await connection.ExecuteScalarAsync<long>("select count(*) from portal.reminders");
    }

    async Task<long> Count(string value) => (await Tables(value)).Sum(table => table.Rows);

    /// <summary>The tables with the value in any column of any row, bytes included.</summary>
    async Task<IReadOnlyList<(string Table, long Rows)>> Tables(string value)
    {
        await using var connection = new NpgsqlConnection(installation.Database);
        var found = new List<(string, long)>();
        foreach (var table in await connection.QueryAsync<string>(
                     "select table_schema || '.' || table_name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')"))
        {
            var rows = await connection.ExecuteScalarAsync<long>(
                $"select count(*) from {table} as t where position(@value in t::text) > 0 or position(@hex in t::text) > 0",
                new { value = value == "tlh" ? "\"tlh\"" : value, hex = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(value == "tlh" ? "\"tlh\"" : value)) });
            if (rows > 0)
                found.Add((table, rows));
        }

        return found;
    }

    async Task Bury(string queue, string body)
    {
        await using var connection = await new ConnectionFactory { Uri = installation.Broker }.CreateConnectionAsync(Cancelled);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
        await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties { MessageId = Guid.CreateVersion7().ToString() }, Encoding.UTF8.GetBytes(body), Cancelled);
    }

    /// <summary>Every message that rests in a queue. It is looked at twice, as the portal, which watches dead letters, may be looking too.</summary>
    async Task<IReadOnlyList<(string Queue, string Body)>> Bodies()
    {
        var bodies = new List<(string, string)>();
        await using var connection = await new ConnectionFactory { Uri = installation.Broker }.CreateConnectionAsync(Cancelled);
        foreach (var queue in (await installation.Queued()).Keys)
        {
            // Whatever is looked at goes back when the channel closes.
            await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
            for (var look = 0; look < 2; look++)
            {
                while (await channel.BasicGetAsync(queue, autoAck: false, Cancelled) is { } message)
                    bodies.Add((queue, Encoding.UTF8.GetString(message.Body.Span)));
                await Task.Delay(300, Cancelled);
            }
        }

        return bodies;
    }

    static async Task<(HttpStatusCode Status, string Text)> Send(HttpClient client, string page, string address, params (string Name, string Value)[] fields)
    {
        var token = AccessInstallation.FormToken(await client.GetStringAsync(page, Cancelled));
        using var form = new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("__RequestVerificationToken", token)]);
        using var answer = await client.PostAsync(address, form, Cancelled);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
    }
}
