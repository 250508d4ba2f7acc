using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;

namespace Fidelity.EndToEnd.Tests;

/// <summary>
/// The access matrix, tried: every route, by every kind of visitor, for what is theirs, for what is another's, and for what does not
/// exist. Of the last two the answers are the same, and no answer holds a name that is not for them.
/// </summary>
[Collection(nameof(AccessInstallation))]
public sealed class AccessMatrixTests(AccessInstallation installation, Chromium chromium) : IAsyncLifetime
{
    static readonly string[] Lines = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "access-matrix.txt")).Where(line => line.Length > 0 && line[0] != '#')];
    static readonly string[] Columns = Lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];

    const string Extract = "/cases/extract/file";
    const string Upload = "/imports/upload";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Where something belongs: what a route's parameters are filled with.</summary>
    sealed record Place(string Programme, string Team, string Case, string Key, Guid Account, Guid Submission, Guid Import, Guid Interview, Guid Survey, Guid Recorded, Guid Webhook, Guid Delivery);

    public static TheoryData<string> Visitors => [.. Columns];

    public async ValueTask InitializeAsync() => await installation.Fill(chromium);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Visitors))]
    public async Task Each_visitor_gets_what_the_matrix_says(string who)
    {
        var (mine, faraway, theirs) = await Places();
        using var visitor = await Visitor(who);
        var own = who == "te" ? theirs : mine;
        // Administrators, auditors and tokens have their programme, all others a team of it.
        Place[] others = who == "te" ? [mine] : who is "ad" or "au" or "ts" or "tf" or "tc" ? [theirs] : [faraway, theirs];
        var nowhere = own with
        {
            Programme = "nowhere", Team = "no-team", Case = "no-case", Key = new('0', 32), Account = Guid.CreateVersion7(), Submission = Guid.CreateVersion7(),
            Import = Guid.CreateVersion7(), Interview = Guid.CreateVersion7(), Survey = Guid.CreateVersion7(),
            Recorded = Guid.CreateVersion7(), Webhook = Guid.CreateVersion7(), Delivery = Guid.CreateVersion7(),
        };
        List<string> faults = [];
        foreach (var row in Lines.Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            var (method, route, expected) = (row[0], row[1], row[2 + Array.IndexOf(Columns, who)]);
            if ((method, route) is ("POST", "/exports/make" or "/api/v1/exports"))
                continue;
            if (route is "/sign-out" or "/sign-in/organisation" or "/language/{name}" || (method, route) is ("GET", "/reminders/one-click") || route.StartsWith("/passkeys/", StringComparison.Ordinal))
                continue;
            var theirAnswer = await Ask(visitor, method, route, own);
            var (ownStatus, otherStatus) = expected switch
            {
                "i" => (HttpStatusCode.Redirect, HttpStatusCode.Redirect),
                "u" => (HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
                "x" => (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
                "n" => (HttpStatusCode.NotFound, HttpStatusCode.NotFound),
                "." or "y" or "l" => (HttpStatusCode.OK, HttpStatusCode.OK),
                "o" => (route.EndsWith("/accept", StringComparison.Ordinal) || route.EndsWith("/again", StringComparison.Ordinal) ? HttpStatusCode.Accepted : HttpStatusCode.OK, HttpStatusCode.NotFound),
                // Without a file, the form's page is shown again.
                "w" when route == Upload => (HttpStatusCode.Redirect, HttpStatusCode.Forbidden),
                "w" => (route.EndsWith("imports", StringComparison.Ordinal) ? HttpStatusCode.UnsupportedMediaType
                    // An empty document is no resource.
                    : route.Contains("/fhir/", StringComparison.Ordinal) ? HttpStatusCode.BadRequest : HttpStatusCode.UnprocessableEntity, HttpStatusCode.Forbidden),
                _ => throw new InvalidOperationException($"'{expected}' is no code of the matrix."),
            };
            if (theirAnswer.Status != ownStatus)
                faults.Add($"{method} {route}, own: {(int)theirAnswer.Status} instead of {(int)ownStatus} ({expected})");
            if (expected == "l" && (theirAnswer.Text == "[]" || (route.Contains("/fhir/", StringComparison.Ordinal) && !theirAnswer.Text.Contains("\"entry\"", StringComparison.Ordinal))))
                faults.Add($"{method} {route}: the own list is empty");
            faults.AddRange(Secrets(who, route).Where(secret => expected != "." && theirAnswer.Text.Contains(secret, StringComparison.OrdinalIgnoreCase))
                .Select(secret => $"{method} {route} tells of '{secret}'"));
            var none = await Ask(visitor, method, route, nowhere);
            foreach (var other in others)
            {
                var answer = await Ask(visitor, method, route, other);
                if (answer.Status != otherStatus && expected is not ("y" or "."))
                    faults.Add($"{method} {route}, of {other.Team}: {(int)answer.Status} instead of {(int)otherStatus} ({expected})");
                if (expected is "o" or "l" or "w" or "x" && Nameless(answer, other) != Nameless(none, nowhere))
                    faults.Add($"{method} {route}: {other.Team} is answered otherwise than what does not exist");
            }
        }

        faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_therapist_sees_the_own_families_and_scores_alone()
    {
        using var therapist = await Visitor("th");
        var team = await therapist.GetStringAsync($"/teams/{AccessInstallation.Programme}/{AccessInstallation.Own}", Cancelled);
        team.ShouldContain("own-therapist-family");
        team.ShouldNotContain("colleague");
        var due = await therapist.GetStringAsync($"/api/v1/opportunities?team={AccessInstallation.Own}", Cancelled);
        due.ShouldContain("own-therapist-family");
        due.ShouldNotContain("colleague");
        using var supervisor = await Visitor("su");
        (await supervisor.GetStringAsync($"/teams/{AccessInstallation.Programme}/{AccessInstallation.Own}", Cancelled)).ShouldContain("own-colleague-family");
    }

    [Fact]
    public async Task An_export_holds_what_is_open_to_whoever_asks_and_is_given_to_nobody_else()
    {
        // Who may ask for what, tried at both addresses that make exports.
        foreach (var (who, allowed) in new (string, string[])[]
                 {
                     ("in", []), ("ad", []), ("fo", []), ("ts", []), ("tc", []), ("tf", ["trends", "reviews"]), ("di", ["trends", "reviews"]),
                     ("th", ["trends", "reviews", "interviews", "opportunities"]), ("su", ["trends", "reviews", "interviews", "opportunities"]),
                 })
        {
            using var visitor = await Visitor(who);
            foreach (var table in new[] { "trends", "reviews", "interviews", "opportunities" })
            {
                using var asked = await visitor.PostAsync(new Uri($"/api/v1/exports?table={table}&profile=swedish_csv", UriKind.Relative), null, Cancelled);
                asked.StatusCode.ShouldBe(allowed.Contains(table) ? HttpStatusCode.Created : HttpStatusCode.Forbidden, $"{who} {table}");
                if (!allowed.Contains(table))
                    continue;
                var file = await visitor.GetStringAsync($"{asked.Headers.Location}/file", Cancelled);
                foreach (var secret in Secrets(who, "").Append("-family"))
                    file.ShouldNotContain(secret, Case.Insensitive, $"{who} {table}");
            }
        }

        var own = await Rows("th");
        own.ShouldBeInRange(1, await Rows("su") - 1);

        using var supervisor = await Visitor("su");
        using var mine = await supervisor.PostAsync(new Uri("/api/v1/exports?table=interviews", UriKind.Relative), null, Cancelled);
        using var consultant = await Visitor("co");
        foreach (var address in new[] { $"{mine.Headers.Location}", $"{mine.Headers.Location}/file", $"/exports/{mine.Headers.Location!.ToString().Split('/')[^1]}", $"/exports/{mine.Headers.Location!.ToString().Split('/')[^1]}/file" })
        {
            using var refused = await consultant.GetAsync(address, Cancelled);
            refused.StatusCode.ShouldBe(HttpStatusCode.NotFound, address);
        }

        using var anonymous = await Visitor("an");
        using var unknown = await anonymous.PostAsync(new Uri("/api/v1/exports?table=trends", UriKind.Relative), null, Cancelled);
        unknown.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        // The page's own address, with the token of its form.
        using var director = await Visitor("di");
        foreach (var (table, expected) in new[] { ("trends", HttpStatusCode.OK), ("interviews", HttpStatusCode.Forbidden) })
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["table"] = table, ["profile"] = "excel", ["__RequestVerificationToken"] = AccessInstallation.FormToken(await director.GetStringAsync("/since-report", Cancelled)),
            });
            using var made = await director.PostAsync("/exports/make", form, Cancelled);
            made.StatusCode.ShouldBe(expected, table);
        }

        async Task<int> Rows(string who)
        {
            using var visitor = await Visitor(who);
            using var asked = await visitor.PostAsync(new Uri("/api/v1/exports?table=interviews", UriKind.Relative), null, Cancelled);
            return (int)(await asked.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!["rows"]!;
        }
    }

    [Fact]
    public async Task An_auditor_sees_access_and_changes_none()
    {
        using var auditor = await Visitor("au");
        var page = await auditor.GetStringAsync("/access", Cancelled);
        page.ShouldNotContain("Invite somebody");
        // With the auditor's own token of forms, as a page of theirs has it.
        var token = AccessInstallation.FormToken(page);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "invite", ["holder"] = "Smuggled Siv", ["programme"] = AccessInstallation.Programme, ["__RequestVerificationToken"] = token,
        });
        using var answer = await auditor.PostAsync("/access", form, Cancelled);
        ((int)answer.StatusCode).ShouldBe(400);
        (await auditor.GetStringAsync("/access", Cancelled)).ShouldNotContain("Smuggled");
    }

    /// <summary>Names that must not be in any answer about what is theirs.</summary>
    static IEnumerable<string> Secrets(string who, string route) => who switch
    {
        "ad" when route == Extract => ["elsewhere", "colleague"],
        "te" => ["own-", "faraway"],
        "ad" or "au" => ["elsewhere", "-family", "therapist-interview"],
        "ts" or "tf" or "tc" => ["elsewhere"],
        "in" => ["elsewhere", "faraway", "id=\"scores\"", "/pir"],
        "th" => ["elsewhere", "faraway", "colleague"],
        "di" => ["elsewhere", "faraway", "-family", "colleague", "id=\"scores\""],
        "su" or "co" => ["elsewhere", "faraway"],
        _ => ["elsewhere", "faraway", "own-", "-family", "colleague"],
    };

    /// <summary>An answer without what it repeats of the question.</summary>
    static (HttpStatusCode, string) Nameless((HttpStatusCode Status, string Text) answer, Place asked)
    {
        var text = answer.Text;
        string[] names =
        [
            asked.Programme, asked.Team, asked.Case, asked.Key, asked.Account.ToString(), asked.Submission.ToString(), asked.Import.ToString(),
            asked.Interview.ToString(), asked.Survey.ToString(), asked.Recorded.ToString(), asked.Webhook.ToString(), asked.Delivery.ToString(),
        ];
        foreach (var name in names)
            text = text.Replace(name, "", StringComparison.Ordinal);
        // What names the single request or the single page.
        text = System.Text.RegularExpressions.Regex.Replace(text, "\"trace_?id\":\"[^\"]*\"|value=\"CfDJ8[^\"]*\"", "", System.Text.RegularExpressions.RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
        return (answer.Status, text);
    }

    static async Task<(HttpStatusCode Status, string Text)> Ask(HttpClient visitor, string method, string route, Place place)
    {
        var address = route
            .Replace("{Programme}", place.Programme, StringComparison.Ordinal).Replace("{TeamId}", place.Team, StringComparison.Ordinal)
            .Replace("{CaseKey}", place.Key, StringComparison.Ordinal)
            .Replace("{Id}/{Programme?}", $"{PastEntries.Month}/{place.Programme}", StringComparison.Ordinal)
            .Replace("/{Period?}", "", StringComparison.Ordinal).Replace("/{Series?}", "", StringComparison.Ordinal).Replace("{documentName}", "v1", StringComparison.Ordinal)
            .Replace("{Period}/{Measure}", "2026-H2/tam_completed", StringComparison.Ordinal).Replace("{Period}", "2026-H1", StringComparison.Ordinal)
            .Replace("accounts/{Id:guid}", $"accounts/{place.Account}", StringComparison.Ordinal)
            .Replace("imports/{Id:guid}", $"imports/{place.Import}", StringComparison.Ordinal)
            .Replace("submissions/{id:guid}", $"submissions/{place.Submission}", StringComparison.Ordinal)
            .Replace("imports/{id:guid}", $"imports/{place.Import}", StringComparison.Ordinal)
            .Replace("webhooks/{id:guid}", $"webhooks/{place.Webhook}", StringComparison.OrdinalIgnoreCase).Replace("{delivery:guid}", place.Delivery.ToString(), StringComparison.Ordinal)
            .Replace("{Interview:guid}", place.Recorded.ToString(), StringComparison.Ordinal)
            .Replace("interviews/{id:guid}", $"interviews/{place.Interview}", StringComparison.OrdinalIgnoreCase)
            .Replace("surveys/{id:guid}", $"surveys/{place.Survey}", StringComparison.OrdinalIgnoreCase)
            .Replace("exports/{id:guid}", $"exports/{place.Submission}", StringComparison.OrdinalIgnoreCase).Replace("codebook/{table}", "codebook/trends", StringComparison.Ordinal)
            .Replace("instruments/{id}", "instruments/tam-r@1", StringComparison.Ordinal).Replace("profiles/{id}", "profiles/mst@1", StringComparison.Ordinal).Replace("Questionnaire/{id}", "Questionnaire/tam-r-1", StringComparison.Ordinal);
        if (method == "GET" && address is ("/api/v1/reviews" or "/api/v1/trends" or "/api/v1/opportunities" or "/api/v1/webhooks" or "/api/v1/fhir/QuestionnaireResponse" or "/api/v1/fhir/MeasureReport"))
            address += $"?programme={place.Programme}&team={place.Team}";
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (address == Extract)
        {
            // With the token of forms that the page gives; who does not get the page has none.
            using var page = await visitor.GetAsync("/cases/extract", Cancelled);
            request.Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["programme"] = place.Programme, ["case"] = place.Case, ["__RequestVerificationToken"] = page.IsSuccessStatusCode ? AccessInstallation.FormToken(await page.Content.ReadAsStringAsync(Cancelled)) : "",
            });
        }
        else if (address.EndsWith("/saved", StringComparison.Ordinal))
        {
            using var page = await visitor.GetAsync("/account", Cancelled);
            request.Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["i1"] = "5", ["part"] = $"goal/{Guid.CreateVersion7()}", ["seen"] = "0", ["__RequestVerificationToken"] = page.IsSuccessStatusCode ? AccessInstallation.FormToken(await page.Content.ReadAsStringAsync(Cancelled)) : "",
            });
        }
        else if (address == Upload)
        {
            using var page = await visitor.GetAsync("/imports", Cancelled);
            request.Content = new MultipartFormDataContent
            {
                { new StringContent(place.Programme), "programme" },
                { new StringContent(page.IsSuccessStatusCode ? AccessInstallation.FormToken(await page.Content.ReadAsStringAsync(Cancelled)) : ""), "__RequestVerificationToken" },
            };
        }
        else if (method == "POST" && !address.EndsWith("/accept", StringComparison.Ordinal))
        {
            request.RequestUri = new Uri($"{address}?programme={place.Programme}", UriKind.Relative);
            request.Content = JsonContent.Create(new JsonObject());
        }

        using var answer = await visitor.SendAsync(request, Cancelled);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
    }

    /// <summary>A team of one's own, another of the programme, and one of another programme.</summary>
    async Task<(Place Mine, Place Faraway, Place Theirs)> Places()
    {
        var mine = await Of(AccessInstallation.Programme, AccessInstallation.Own);
        var theirs = await Of(AccessInstallation.OtherProgramme, AccessInstallation.Elsewhere);
        var (interview, survey) = await Forms(mine.Programme, AccessInstallation.Faraway, "faraway");
        const string Family = "faraway-therapist-family";
        return (
            mine, mine with { Team = AccessInstallation.Faraway, Case = Family, Key = await installation.Key(AccessInstallation.Programme, Family), Interview = interview, Survey = survey, Recorded = await Recorded(AccessInstallation.Programme, "faraway") },
            theirs);

        async Task<(Guid Interview, Guid Survey)> Forms(string programme, string team, string name) =>
            (await installation.Form(programme, team, "tam", $"{name}-therapist-family", "2026-09-15"),
                await installation.Form(programme, team, "sam", $"{team}|{name}-therapist|{name}-supervisor", "2026-10-01"));

        async Task<Place> Of(string programme, string team)
        {
            var files = Directory.CreateTempSubdirectory("fidelity-matrix-").FullName;
            await File.WriteAllTextAsync(Path.Combine(files, "reassignments.csv"), "case_id,therapist_id,from\n", Cancelled);
            var import = await installation.Import(files, programme);
            using var repeated = await installation.Post(programme, "posts", new JsonObject
            {
                ["staff_id"] = $"{team.Split('-')[0]}-interviewer", ["team_id"] = team, ["role"] = "interviewer", ["from"] = "2026-01-01",
            });
            var submission = (await repeated.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!;
            var name = team.Split('-')[0];
            var (family, forms) = ($"{name}-therapist-family", await Forms(programme, team, name));
            var (webhook, delivery) = await Webhook(programme, team);
            return new(
                programme, team, family, await installation.Key(programme, family), await installation.AccountIn(chromium, programme), (Guid)submission["submission"]!,
                (Guid)import["id"]!, forms.Interview, forms.Survey, await Recorded(programme, name), webhook, delivery);
        }
    }

    /// <summary>A webhook of the programme, and something that it was told.</summary>
    async Task<(Guid Webhook, Guid Delivery)> Webhook(string programme, string team)
    {
        using var made = await installation.Portal.PostAsJsonAsync(
            $"/api/v1/webhooks?programme={programme}", new { url = $"https://follow.example.org/{team}", events = new[] { "review_presented" } }, Cancelled);
        var webhook = (Guid)(await made.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!["webhook"]!["id"]!;
        var delivery = Guid.CreateVersion7();
        await using var connection = new NpgsqlConnection(installation.Database);
        await connection.ExecuteAsync(
            """
            insert into portal.deliveries (id, webhook, event, about, body, made_at, answer, delivered_at)
            values (@delivery, @webhook, 'review_presented', 'nord/2020-H1', '{}', now(), '200', now())
            """, new { delivery, webhook });
        return (webhook, delivery);
    }

    /// <summary>What stands in addresses for the interview that was recorded with a team's family: its submission.</summary>
    async Task<Guid> Recorded(string programme, string name)
    {
        await using var connection = new NpgsqlConnection(installation.Database);
        return await connection.ExecuteScalarAsync<Guid>(
            "select substr(stream_key, length('submission:') + 1)::uuid from portal.records where programme = @programme and kind = 'Record' and key = @key",
            new { programme, key = $"{name}-therapist-interview" });
    }

    Task<HttpClient> Visitor(string who) => installation.Somebody(chromium, who);
}
