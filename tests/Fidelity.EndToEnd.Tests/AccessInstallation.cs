using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Playwright;
using Npgsql;

namespace Fidelity.EndToEnd.Tests;

/// <summary>
/// An installation with two teams of a programme and one of another, each with staff, families and scores. What belongs to the second is
/// named <c>faraway</c>, to the third <c>elsewhere</c>, and to the first team's other therapist <c>colleague</c>.
/// </summary>
public sealed class AccessInstallation() : Installation(port: 18700)
{
    public const string Programme = "mine";
    public const string Own = "own-team";
    public const string Faraway = "faraway-team";
    public const string OtherProgramme = "theirs";
    public const string Elsewhere = "elsewhere-team";

    /// <summary>Somebody who has to judge what they did themselves.</summary>
    public const string Chief = "chief";

    readonly Dictionary<string, string> people = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> tokens = new(StringComparer.Ordinal);
    readonly Dictionary<string, Guid> accounts = new(StringComparer.Ordinal);
    bool isFilled;

    protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["FIDELITY_SMTP_HOST"] = "127.0.0.1", ["FIDELITY_SMTP_PORT"] = MailSink.Port, ["FIDELITY_SMTP_TLS"] = "none",
        ["FIDELITY_SMTP_FROM"] = "Fidelity <fidelity@example.test>", ["FIDELITY_PUBLIC_URL"] = "http://127.0.0.1:18700/",
        ["FIDELITY_REMINDER_HOUR"] = "0", ["FIDELITY_REMINDER_PAUSE"] = "00:00:01",
    };

    /// <summary>Where its reminders arrive.</summary>
    public MailSink Mail { get; } = new();

    public override async ValueTask InitializeAsync()
    {
        Mail.Start();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Mail.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Records it all, once.</summary>
    public async Task Fill(Chromium chromium)
    {
        if (isFilled)
            return;
        isFilled = true;
        await Found(Programme, Own, "own", colleague: true);
        await Found(Programme, Faraway, "faraway", colleague: false);
        await Found(OtherProgramme, Elsewhere, "elsewhere", colleague: false);
        await Settle();
        await this.LogLastMonth(
        [
            new("anna", "read", "see_cases", "GET /teams/{Programme}/{TeamId}", Programme, Own),
            new("anna", "search", "see_cases", "GET /api/v1/opportunities", Programme),
            new("bertil", "refusal", "see_scores", "GET /api/v1/trends", Programme, Own, Status: 403),
            new("bertil", "read", "work_on_team", "GET /teams/{Programme}/{TeamId}", Programme, Own),
            new("bertil", "read", "follow_team", "GET /teams/{Programme}/{TeamId}/pir/{Period?}", Programme, Own),
            new(Chief, "act", "see_access", "POST /access/log/samples/{Id}/{Programme?}", Programme, Subject: "2026-01"),
            new("disa", "read", "see_cases", "GET /teams/{Programme}/{TeamId}", OtherProgramme, Elsewhere),
        ]);
        chromium.Session = await Session(chromium, "administrator");
    }

    /// <summary>A team with a supervisor, a consultant, an interviewer, therapists, and a scored interview with a family of each.</summary>
    async Task Found(string programme, string team, string name, bool colleague)
    {
        await Record("teams", new() { ["team_id"] = team, ["name"] = $"Team {name}", ["profile"] = "mst@1", ["opened"] = "2026-01-01", ["pir_start_month"] = 1 });
        string[] therapists = colleague ? [$"{name}-therapist", $"{name}-colleague"] : [$"{name}-therapist"];
        (string, string)[] staff =
        [
            ($"{name}-supervisor", "supervisor"), ($"{name}-consultant", "consultant"), ($"{name}-interviewer", "interviewer"),
            .. therapists.Select(therapist => (therapist, "therapist")),
        ];
        foreach (var (person, role) in staff)
            await Record("posts", new() { ["staff_id"] = person, ["team_id"] = team, ["role"] = role, ["from"] = "2026-01-01" });
        foreach (var therapist in therapists)
        {
            await Record("cases", new() { ["case_id"] = $"{therapist}-family", ["team_id"] = team, ["therapist_id"] = therapist, ["started"] = "2026-09-01" });
            await Record("tam-interviews", new()
            {
                ["interview_id"] = $"{therapist}-interview", ["case_id"] = $"{therapist}-family", ["interviewer_id"] = $"{name}-interviewer", ["date"] = "2026-09-16",
                ["mode"] = "phone", ["language"] = "sv", ["interpreter"] = false, ["instrument"] = "tam-r@1",
                ["items"] = SubmissionInstallation.Items(SubmissionInstallation.Times(28, 5)),
            });
        }

        async Task Record(string address, JsonObject document)
        {
            using var answer = await Post(programme, address, document);
            answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
            if (answer.StatusCode == System.Net.HttpStatusCode.Accepted)
                await Until(answer.Headers.Location!.ToString(), shown => (string)shown["state"]! == "recorded");
        }
    }

    /// <summary>Somebody's session as a client that follows no redirect; its answers are compared with nothing.</summary>
    public static HttpClient Client(Uri portal, string? session)
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = portal };
        if (session is not null)
        {
            var cookies = JsonNode.Parse(session)!["cookies"]!.AsArray().Select(cookie => $"{cookie!["name"]}={cookie["value"]}");
            client.DefaultRequestHeaders.Add("Cookie", string.Join("; ", cookies));
        }

        return client;
    }

    /// <summary>What the forms of a page carry so that no other site can send them.</summary>
    public static string FormToken(string page) => page.Split("__RequestVerificationToken\" value=\"")[1].Split('"')[0];

    /// <summary>An administrator invites somebody to the first programme unless another is named, and gives the link.</summary>
    public Task<Uri> Invite(Chromium chromium, string holder, string? staff = null, string programme = Programme) => InviteTo(programme, chromium, holder, staff);

    /// <summary>An administrator grants an account a role on the page. Days are those of the form unless given.</summary>
    public async Task Grant(Chromium chromium, string holder, string role, string on, string? from = null, string? until = null)
    {
        await using var profile = await chromium.NewProfile(Portal.BaseAddress!, "en-GB");
        var page = await OpenAccount(profile, holder);
        await page.GetByLabel("Role", new() { Exact = true }).SelectOptionAsync(role);
        await page.GetByLabel("For", new() { Exact = true }).SelectOptionAsync(on);
        await page.GetByLabel("Basis").FillAsync("agreement of these tests");
        if (from is not null)
            await page.GetByLabel("First day").FillAsync(from);
        if (until is not null)
            await page.GetByLabel("Last day").FillAsync(until);
        await page.GetByRole(AriaRole.Button, new() { Name = "Grant", Exact = true }).ClickAsync();
        await page.Locator("table.grants").GetByText("agreement of these tests").First.WaitForAsync();
    }

    /// <summary>Somebody of a column of the access matrix, as a client.</summary>
    public async Task<HttpClient> Somebody(Chromium chromium, string who)
    {
        if (who[0] == 't' && who != "th")
        {
            if (!tokens.TryGetValue(who, out var token))
            {
                var purposes = who switch { "ts" => "submit_records", "tf" => "follow_team", "tc" => "see_cases", _ => "submit_records,follow_team,see_cases,see_scores,subscribe" };
                token = (await Access("make-token", who, "--purposes", purposes, "--programme", who == "te" ? OtherProgramme : Programme)).Trim();
                tokens.Add(who, token);
            }

            var program = Client(Portal.BaseAddress!, null);
            program.DefaultRequestHeaders.Authorization = new("Bearer", token);
            return program;
        }

        return Client(Portal.BaseAddress!, who == "an" ? null : await SessionOf(chromium, who));
    }

    /// <summary>The session of somebody of the access matrix, as a browser keeps it.</summary>
    public async Task<string> SessionOf(Chromium chromium, string who)
    {
        if (!people.TryGetValue(who, out var session))
            people.Add(who, session = await Arrive(chromium, who));
        return session;
    }

    /// <summary>Makes an account as the matrix describes it, by what an administrator does on the pages.</summary>
    async Task<string> Arrive(Chromium chromium, string who)
    {
        const string Team = $"{Programme}/{Own}";
        var holder = $"Matrix {who}";
        var staff = who switch { "in" => "own-interviewer", "th" => "own-therapist", "su" => "own-supervisor", "co" => "own-consultant", "cg" or "ce" or "fo" => $"{who}-staff", _ => null };
        if (who is "cg" or "ce")
            await Employ(staff!, "consultant");
        if (who is "fo")
            await Employ(staff!, "supervisor", "2026-10-30");
        var link = await Invite(chromium, holder, staff);
        switch (who)
        {
            case "co":
                await Grant(chromium, holder, "consultant", Team);
                break;
            case "ce":
                await Grant(chromium, holder, "consultant", Team, "2026-01-01", "2026-10-30");
                break;
            case "di":
                await Grant(chromium, holder, "programme_director", Team);
                break;
            case "de":
                await Grant(chromium, holder, "programme_director", Team);
                await End(chromium, holder);
                break;
            case "ad":
                await Grant(chromium, holder, "administrator", Programme);
                break;
            case "au":
                await Grant(chromium, holder, "auditor", Programme);
                break;
        }

        return await chromium.TakeUp(link, $"matrix.{who}");
    }

    /// <summary>Gives somebody a post on the first team, or the post its last day, and waits until that is known everywhere.</summary>
    public async Task Employ(string staff, string role, string? to = null)
    {
        using var answer = await Post(
            Programme, "posts", new JsonObject { ["staff_id"] = staff, ["team_id"] = Own, ["role"] = role, ["from"] = "2026-10-01", ["to"] = to });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        await Settle();
    }

    /// <summary>A form that somebody has begun.</summary>
    /// <param name="subject">Of a TAM the family, of a survey team, rater and rated.</param>
    public async Task<Guid> Form(string programme, string team, string instrument, string subject, string due)
    {
        await using var connection = new NpgsqlConnection(Database);
        return await connection.ExecuteScalarAsync<Guid>(
            """
            insert into portal.drafts as known (id, instrument, programme, team_id, subject, due, content, begun_by, begun_at, saved_by, saved_at)
            values (@id, @instrument, @programme, @team, @subject, @due::date, '{}', 'somebody', now(), 'somebody', now())
            on conflict (programme, instrument, subject, due) where submission is null do update set due = known.due returning id
            """, new { id = Guid.CreateVersion7(), instrument, programme, team, subject, due });
    }

    /// <summary>What stands for a case in addresses: made here, as by whoever has opened the list of its team's cases.</summary>
    public async Task<string> Key(string programme, string family)
    {
        await Execute($"insert into portal.case_keys (programme, case_id, key) values ('{programme}', '{family}', md5('{programme} {family}')) on conflict do nothing");
        await using var connection = new NpgsqlConnection(Database);
        return (await connection.ExecuteScalarAsync<string>("select key from portal.case_keys where programme = @programme and case_id = @family", new { programme, family }))!;
    }

    /// <summary>An account that belongs to a programme.</summary>
    public async Task<Guid> AccountIn(Chromium chromium, string programme)
    {
        if (!accounts.TryGetValue(programme, out var account))
        {
            await Invite(chromium, $"Anybody of {programme}", programme: programme);
            await using var profile = await chromium.NewProfile(Portal.BaseAddress!, "en-GB");
            var page = await OpenAccount(profile, $"Anybody of {programme}");
            accounts.Add(programme, account = Guid.Parse(page.Url.Split('/')[^1]));
        }

        return account;
    }

    async Task End(Chromium chromium, string holder)
    {
        await using var profile = await chromium.NewProfile(Portal.BaseAddress!, "en-GB");
        var page = await OpenAccount(profile, holder);
        await page.GetByLabel("Reason").FillAsync("ended by these tests");
        await page.GetByRole(AriaRole.Button, new() { Name = "End", Exact = true }).ClickAsync();
        await page.Locator("table.grants").GetByText("ended by these tests").WaitForAsync();
    }

    /// <summary>The page of an account, as an administrator has it.</summary>
    public static async Task<IPage> OpenAccount(IBrowserContext profile, string holder)
    {
        var page = await profile.NewPageAsync();
        await page.GotoAsync("/access");
        await page.GetByRole(AriaRole.Link, new() { Name = holder, Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = holder, Level = 1 }).WaitForAsync();
        return page;
    }
}

[CollectionDefinition(nameof(AccessInstallation))]
public sealed class AccessCollection : ICollectionFixture<AccessInstallation>, ICollectionFixture<Chromium>;
