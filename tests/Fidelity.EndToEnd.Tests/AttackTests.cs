using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;

namespace Fidelity.EndToEnd.Tests;

/// <summary>What comes in with a purpose of its own breaks nothing, leaves nothing, and reaches nobody else.</summary>
[Collection(nameof(SubmissionInstallation))]
public sealed class AttackTests(SubmissionInstallation installation, Chromium chromium) : IClassFixture<Chromium>
{
    const int Requests = 10_000;
    const int AtOnce = 6;
    const string Programme = "attacked";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>What is put in the place of a value; <c>@</c> stands for the number of the request, by which it is found again.</summary>
    internal static readonly Func<string, JsonNode?>[] Values =
    [
        _ => null, _ => "", _ => " ", _ => true, _ => -1, _ => 0, _ => 2.5, _ => long.MaxValue, _ => 1e300, _ => new JsonArray(), _ => new JsonObject(),
        at => $"x{at}", at => $"<script>alert('{at}')</script>", at => $"\" onmouseover=alert('{at}') x=\"", at => $"=HYPERLINK(\"{at}\")", at => $"@SUM({at})",
        at => $"'; drop table portal.mt_events; -- {at}", at => $"../../{at}", at => $"{at}\r\nSet-Cookie: a=b", at => $"{at}\0", at => $"{at}\u202e\u200b",
        at => $"ÅÄÖ {at} 𝔘", at => $"%00%2e%2e%2f{at}", at => $"${{jndi:ldap://{at}}}", at => $"{{{{{at}}}}}", at => new string('9', 400) + at, at => $"{at},{at};{at}\t",
        at => new JsonArray(at, at), at => new JsonObject { ["$type"] = "System.Diagnostics.Process", ["id"] = at }, at => Nested(at),
        _ => "2026-02-30", _ => "0001-01-01", _ => "9999-12-31", _ => "2026-13-45T99:99", _ => "19811218-9876", _ => "NA", _ => "1e3", _ => "NaN", _ => "٣",
    ];

    /// <summary>Properties that a document does not have, of which some are names of what is kept with a submission.</summary>
    static readonly string[] Properties =
    [
        "submission_id", "attempt", "state", "score", "programme", "version", "concluded", "key", "$type", "__proto__", "stream", "items", "accepted_at", "",
    ];

    /// <summary>What stands in an address or its query.</summary>
    static readonly string[] Addresses =
    [
        "%00", "%0d%0aSet-Cookie:%20a=b", "..%2f..%2fetc%2fpasswd", "%27%20or%201=1--", "%3Cscript%3E", "%ff%fe", "%c0%ae", "1'", "-1", "2026-H3", "99999999999999999999",
        "*", "%25s%25n", "%F0%9D%94%98", "{0}", "null", "true", "", "mst%401", "%2e%2e", "00000000-0000-0000-0000-000000000000",
    ];

    /// <summary>A header more, or another one.</summary>
    static readonly (string Name, string Value)[] Headers =
    [
        ("Accept", "*/*;q=x"), ("Accept-Language", new string('a', 500)), ("Content-Type", "application/json; charset=utf-7"), ("Content-Type", "text/xml"),
        ("Content-Encoding", "gzip"), ("X-HTTP-Method-Override", "DELETE"), ("X-Forwarded-Host", "elsewhere.example"), ("X-Forwarded-For", "' or 1=1"),
        ("If-None-Match", "\"\u00ff"), ("Range", "bytes=0-0,-1"), ("Cookie", "fidelity-session=AAAA; language=../../x"), ("Expect", "nothing"), ("Traceparent", "00-zz-zz-zz"),
        ("Host", "elsewhere.example"), ("Origin", "null"), ("Transfer-Encoding", "identity"),
    ];

    sealed record Attack(HttpMethod Method, string Address, string Mark, string? Body = null, (string Name, string Value)? Header = null);

    [Fact]
    public async Task Ten_thousand_requests_with_one_thing_wrong_in_each_break_nothing_and_what_is_refused_is_not_kept()
    {
        var operations = await Operations();
        // What they refer to is there, so that one thing only is wrong.
        foreach (var (_, address, document) in operations.Where(operation => operation.Document is not null && !operation.Address.EndsWith("/webhooks", StringComparison.Ordinal)))
            await installation.Record(Programme, address["/api/v1/".Length..], document!);
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1, AllowAutoRedirect = false, UseCookies = false };
        using var client = new HttpClient(handler) { BaseAddress = installation.Portal.BaseAddress };
        client.DefaultRequestHeaders.Authorization = installation.Portal.DefaultRequestHeaders.Authorization;
        var faults = new ConcurrentBag<string>();
        var answers = new ConcurrentDictionary<int, int>();
        var refused = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancelled }, async (number, token) =>
        {
            // The same ten thousand each time.
            var attack = Draw(new Random(number), operations, $"mark{number:00000}");
            using var request = new HttpRequestMessage(attack.Method, attack.Address);
            if (attack.Body is not null)
                request.Content = new StringContent(attack.Body, Encoding.UTF8, "application/json");
            if (attack.Header is var (name, value))
                Put(request, name, value);
            using var answer = await client.SendAsync(request, token);
            var status = (int)answer.StatusCode;
            answers.AddOrUpdate(status, 1, (_, count) => count + 1);
            var said = await answer.Content.ReadAsStringAsync(token);
            var described = $"{attack.Method} {attack.Address} {attack.Header} {attack.Body?[..Math.Min(attack.Body.Length, 300)]}: {status}";
            if (status >= 500)
                faults.Add($"{described} {said}");
            if (status >= 400)
                refused[attack.Mark] = described;
            if (answer.Headers.Contains("Set-Cookie") || said.Contains("Npgsql", StringComparison.Ordinal) || said.Contains("   at Fidelity", StringComparison.Ordinal))
                faults.Add($"{described} tells too much: {said}");
        });

        faults.ShouldBeEmpty();
        // It is no test if all of it is stopped at the door.
        new[] { 200, 400, 404, 422 }.ShouldBeSubsetOf(answers.Keys);
        answers[200].ShouldBeGreaterThan(100);
        var kept = await Kept();
        kept.ShouldNotBeEmpty();
        kept.Where(refused.ContainsKey).Select(mark => refused[mark]).ShouldBeEmpty();
        // Nobody's work was harmed.
        await installation.Settle();
        (await installation.Queued()).Where(queue => queue.Key.EndsWith("_error", StringComparison.Ordinal) && queue.Value > 0).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_thousand_forms_with_one_field_wrong_in_each_break_nothing_and_bring_in_no_identity_number()
    {
        const int Forms = 1000;
        const string IdentityNumber = "19811218-9876";
        await installation.Access("invite", "auditor", "--basis", "these tests", "--for", "Attacked Ada");
        await using var connection = new NpgsqlConnection(installation.Database);
        var account = await connection.ExecuteScalarAsync<Guid>("select id from portal.accounts where holder = 'Attacked Ada'");
        var programme = new Dictionary<string, string>(StringComparer.Ordinal) { ["programme"] = "" };
        var forms = new (string Address, Dictionary<string, string> Fields)[]
        {
            ("/access", new(programme) { ["_handler"] = "invite", ["holder"] = "Somebody", ["staff"] = "" }),
            ("/access/tokens", new(programme) { ["_handler"] = "make", ["name"] = "a program", ["purposes"] = "follow_team", ["days"] = "30" }),
            ("/access/tokens", new() { ["_handler"] = "revoke", ["token"] = Guid.Empty.ToString() }),
            ("/access/webhooks", new() { ["_handler"] = "make", ["programme"] = "attacked", ["url"] = "https://follow.example.org/", ["events"] = "review_presented" }),
            ($"/access/accounts/{account}", new()
            {
                ["_handler"] = "give-grant", ["grant"] = Guid.CreateVersion7().ToString(), ["role"] = "auditor", ["on"] = "", ["basis"] = "agreement", ["from"] = "2026-10-31",
                ["until"] = "2026-12-31",
            }),
            ($"/access/accounts/{account}", new() { ["_handler"] = "end-grant", ["grant"] = Guid.Empty.ToString(), ["reason"] = "agreement" }),
            ("/account", new() { ["_handler"] = "change-password", ["old"] = "no password of theirs", ["new"] = "another long password" }),
            ("/account", new() { ["_handler"] = "add-passkey", ["credential"] = "{}", ["passkey_name"] = "key" }),
            ("/account", new() { ["_handler"] = "remove-passkey", ["passkey"] = "00ff" }),
            ("/sign-in", new() { ["_handler"] = "sign-in", ["name"] = "nobody", ["password"] = "no password of theirs" }),
            ("/sign-in", new() { ["_handler"] = "sign-in-passkey", ["credential"] = "{}" }),
        };
        using var administrator = AccessInstallation.Client(installation.Portal.BaseAddress!, await installation.Session(chromium, "administrator"));
        var token = AccessInstallation.FormToken(await administrator.GetStringAsync("/account", Cancelled));
        var sent = 0;
        for (var number = 0; number < Forms; number++)
        {
            var random = new Random(number);
            var (address, original) = forms[random.Next(forms.Length)];
            var fields = new Dictionary<string, string>(original, StringComparer.Ordinal) { ["__RequestVerificationToken"] = token };
            if (fields.ContainsKey("grant") && fields["_handler"] == "give-grant")
                fields["grant"] = Guid.CreateVersion7().ToString();
            var field = original.Keys.ElementAt(random.Next(original.Count));
            var wrong = number % 20 == 0 ? IdentityNumber : Values[random.Next(Values.Length)]($"form{number}");
            if (wrong is null)
                fields.Remove(field);
            else
                fields[field] = wrong.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)wrong! : wrong.ToJsonString();
            using var content = new FormUrlEncodedContent(fields);
            using var answer = await administrator.PostAsync(address, content, Cancelled);
            ((int)answer.StatusCode).ShouldBeLessThan(500, $"{number}: {address} {original["_handler"]}, {field}");
            sent += answer.StatusCode < HttpStatusCode.BadRequest ? 1 : 0;
        }

        // It is no test if all of it is stopped at the door.
        sent.ShouldBeGreaterThan(Forms / 2);
        foreach (var table in new[] { "mt_events", "accounts", "tokens", "passkeys", "webhooks" })
            (await connection.ExecuteScalarAsync<long>($"select count(*) from portal.{table} kept where kept::text like '%{IdentityNumber}%'")).ShouldBe(0, table);
        (await connection.ExecuteScalarAsync<long>("select count(*) from portal.accounts where holder like '%form%'")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Clients_that_send_slowly_hold_up_nobody_and_are_hung_up_on()
    {
        const int Slow = 300;
        var portal = installation.Portal.BaseAddress!;
        var lines = new List<TcpClient>();
        try
        {
            for (var one = 0; one < Slow; one++)
            {
                var line = new TcpClient();
                await line.ConnectAsync(portal.Host, portal.Port, Cancelled);
                lines.Add(line);
                // The first half never end their headers, the others their body.
                var head = one < Slow / 2
                    ? "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
                    : $"POST /api/v1/teams?programme=slow HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {installation.Portal.DefaultRequestHeaders.Authorization}\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 10000\r\n\r\n{";
                await line.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Cancelled);
            }

            (await installation.Portal.GetAsync("/api/v1/profiles", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
            patience.CancelAfter(TimeSpan.FromSeconds(60));
            foreach (var line in lines)
                await HungUp(line, patience.Token);
        }
        finally
        {
            lines.ForEach(line => line.Dispose());
        }

        (await installation.Portal.GetAsync("/api/v1/profiles", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/language/sv?return=%0d%0aSet-Cookie:%20forged=1")]
    [InlineData("/language/sv?return=//elsewhere.example/")]
    [InlineData("/language/sv?return=https://elsewhere.example/")]
    [InlineData("/language/sv?return=/%5celsewhere.example/")]
    [InlineData("/language/%0d%0aSet-Cookie:%20forged=1")]
    public async Task An_address_puts_no_header_into_its_answer_and_leads_to_no_other_site(string address)
    {
        using var client = AccessInstallation.Client(installation.Portal.BaseAddress!, null);
        using var answer = await client.GetAsync(address, Cancelled);
        ((int)answer.StatusCode).ShouldBeLessThan(500);
        answer.Headers.ToString().ShouldNotContain("forged=1", Case.Sensitive);
        if (answer.Headers.Location is { } location)
            new Uri(installation.Portal.BaseAddress!, location).Authority.ShouldBe(installation.Portal.BaseAddress!.Authority);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/sign-in")]
    [InlineData("/nothing-here")]
    [InlineData("/api/v1/profiles")]
    [InlineData("/api/v1/nothing-here")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/health/ready")]
    public async Task Every_answer_says_what_a_browser_may_do_with_it(string address)
    {
        foreach (var (host, away) in new[] { (installation.Portal.BaseAddress!.Authority, false), ("fidelity.example", true) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Host = host;
            using var answer = await installation.Portal.SendAsync(request, Cancelled);
            answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            answer.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'; ");
            answer.Headers.GetValues("Content-Security-Policy").Single().ShouldNotContain("unsafe");
            // A program that asks with a token may keep an answer, and has to ask whether it still holds; nothing on the way may, nor a browser.
            var kept = answer.Headers.CacheControl!;
            (kept.NoStore || (address == "/api/v1/profiles" && kept is { Private: true, NoCache: true })).ShouldBeTrue(kept.ToString());
            answer.Headers.Contains("Strict-Transport-Security").ShouldBe(away, host);
            answer.Headers.Contains("Server").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Other_machines_come_by_tls()
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        handler.SslOptions.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(installation.Certificate);
        using var client = new HttpClient(handler) { BaseAddress = SubmissionInstallation.Outside };
        using var page = await client.GetAsync("/sign-in", Cancelled);
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Headers.GetValues("Set-Cookie").ShouldAllBe(cookie => cookie.Contains("secure", StringComparison.OrdinalIgnoreCase));
        using var plain = new HttpClient { BaseAddress = new Uri($"http://{SubmissionInstallation.Outside.Authority}") };
        await Should.ThrowAsync<HttpRequestException>(() => plain.GetAsync("/sign-in", Cancelled));
    }

    [Fact]
    public async Task What_a_spreadsheet_would_run_is_text_in_the_report_of_an_import()
    {
        using var form = new MultipartFormDataContent();
        form.Add(new StringContent("team_id,name,profile,opened,closed,pir_start_month,=HYPERLINK(A1),@SUM(A1),+1,-1\n"), "files", "teams.csv");
        using var answer = await installation.Portal.PostAsync("/api/v1/imports?programme=spreadsheet", form, Cancelled);
        var import = answer.Headers.Location!.ToString();
        await installation.Until(import, shown => (string)shown["state"]! == "checked");
        var report = await installation.Portal.GetStringAsync($"{import}/report.csv", Cancelled);
        foreach (var formula in new[] { "=HYPERLINK(A1)", "@SUM(A1)", "+1", "-1" })
        {
            report.ShouldContain($",'{formula},");
            report.ShouldNotContain($",{formula},");
        }
    }

    [Fact]
    public async Task Text_that_is_markup_is_shown_and_not_run()
    {
        const string Markup = "<img src=x onerror=document.title='run'><script>document.title='run'</script>\"'";
        const string Team = "marked-up";
        await installation.Record(Team, "teams", new JsonObject { ["team_id"] = "norr", ["name"] = Markup, ["profile"] = "mst@1", ["opened"] = "2025-01-01", ["pir_start_month"] = 1 });
        await installation.Access("invite", "administrator", "--basis", Markup[..40], "--for", Markup);
        await installation.Access("make-token", Markup[..30], "--purposes", "follow_team");
        var sessions = new[] { await installation.Session(chromium, "programme_director", Team), await installation.Session(chromium, "administrator") };
        var shown = 0;
        foreach (var (session, address) in new[] { (0, "/"), (0, $"/teams/{Team}/norr"), (0, $"/teams/{Team}/norr/pir/2025-H1"), (1, "/access"), (1, "/access/tokens"), (1, "/operations") })
        {
            await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, "en-GB", bypassPolicy: true, session: sessions[session]);
            var page = await profile.NewPageAsync();
            await page.GotoAsync(address);
            (await page.TitleAsync()).ShouldNotBe("run", address);
            (await page.Locator("img[src=x]").CountAsync()).ShouldBe(0, address);
            shown += (await page.InnerTextAsync("body")).Contains("onerror=", StringComparison.Ordinal) ? 1 : 0;
        }

        shown.ShouldBeGreaterThanOrEqualTo(5);
    }

    async Task<IReadOnlyList<(HttpMethod Method, string Address, JsonObject? Document)>> Operations() =>
    [
        .. from path in (await installation.Portal.GetFromJsonAsync<JsonNode>("/openapi/v1.json", Cancelled))!["paths"]!.AsObject()
           from operation in path.Value!.AsObject()
           where operation.Key is "get" or "post"
           let examples = operation.Value!["requestBody"]?["content"]?["application/json"]?["examples"]?.AsObject()
           from document in examples?.Select(example => example.Value!["value"]!.AsObject()) ?? [null!]
           select (HttpMethod.Parse(operation.Key), path.Key, (JsonObject?)document),
    ];

    static Attack Draw(Random random, IReadOnlyList<(HttpMethod Method, string Address, JsonObject? Document)> operations, string mark)
    {
        var (method, address, document) = operations[random.Next(operations.Count)];
        var query = $"?programme={Programme}&team=nord&period=2025-H1";
        var place = random.Next(document is null ? 2 : 10);
        // What stands in braces is an id or a code; one that does not exist is what is wrong then.
        var filled = string.Join('/', address.Split('/').Select(part => part.StartsWith('{') ? Uri.EscapeDataString(mark) : part));
        return place switch
        {
            0 => new(method, address.Contains('{', StringComparison.Ordinal) ? string.Join('/', address.Split('/').Select(part => part.StartsWith('{') ? Pick(Addresses) : part)) + query
                : $"{address}?programme={Pick(Addresses)}&team={Pick(Addresses)}&period={Pick(Addresses)}", mark, document?.ToJsonString()),
            1 => new(method, filled + query, mark, document?.ToJsonString(), Pick(Headers)),
            2 => new(method, filled + query, mark, Broken(document!.ToJsonString())),
            _ => new(method, filled + query, mark, Changed(document!)),
        };

        T Pick<T>(IReadOnlyList<T> some) => some[random.Next(some.Count)];

        string Broken(string json) => random.Next(4) switch
        {
            0 => json[..random.Next(json.Length)] + mark,
            1 => $"[{json}]{mark}",
            2 => json.Insert(1, $"\"{mark}\":1,\"{mark}\":2,"),
            _ => json.Replace("\"", "\"\\ud800", StringComparison.Ordinal) + mark,
        };

        string Changed(JsonObject original)
        {
            var changed = original.DeepClone().AsObject();
            var property = Pick([.. changed.Select(property => property.Key)]);
            switch (random.Next(8))
            {
                case 0:
                    changed.Remove(property);
                    break;
                case 1:
                    changed[Pick(Properties)] = mark;
                    break;
                default:
                    var value = Pick(Values)(mark);
                    if (changed[property] is JsonArray { Count: > 0 } answers && random.Next(3) > 0)
                        answers[random.Next(answers.Count)] = value;
                    else
                        changed[property] = value;
                    break;
            }

            return changed.ToJsonString();
        }
    }

    static JsonNode Nested(string mark) => Enumerable.Range(0, 60).Aggregate((JsonNode)mark, (inner, _) => new JsonArray(inner));

    static void Put(HttpRequestMessage request, string name, string value)
    {
        if (name == "Content-Type" && request.Content is not null)
            request.Content.Headers.Remove(name);
        if (!request.Headers.TryAddWithoutValidation(name, value))
            request.Content?.Headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>The marks that are anywhere in what the services keep.</summary>
    async Task<IReadOnlySet<string>> Kept()
    {
        var kept = new HashSet<string>(StringComparer.Ordinal);
        await using var connection = new NpgsqlConnection(installation.Database);
        foreach (var schema in new[] { "roster", "tam", "surveys", "pir", "portal" })
            kept.UnionWith(await connection.QueryAsync<string>($"select distinct (regexp_matches(data::text, 'mark[0-9]{{5}}', 'g'))[1] from {schema}.mt_events"));
        return kept;
    }

    /// <summary>Reads what the server still says until it ends the connection.</summary>
    static async Task HungUp(TcpClient line, CancellationToken patience)
    {
        var buffer = new byte[1024];
        try
        {
            while (await line.GetStream().ReadAsync(buffer, patience) > 0)
            {
            }
        }
        catch (IOException)
        {
            // It was reset.
        }
    }
}
