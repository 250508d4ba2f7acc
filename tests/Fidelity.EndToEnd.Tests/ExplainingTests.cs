using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Playwright;
using Npgsql;

namespace Fidelity.EndToEnd.Tests;

/// <summary>The pages that say why a number is what it is, over the season: what they list gives the number, and tells nobody more than they may know.</summary>
[Collection(nameof(PagesInstallation))]
public sealed class ExplainingTests(PagesInstallation installation, Chromium chromium) : IAsyncLifetime
{
    const string Programme = PagesInstallation.Programme;
    const string Team = "mst-soder";
    const string Period = "2026-H1";

    static readonly (DateOnly From, DateOnly To) Days = (new(2026, 1, 1), new(2026, 6, 30));

    string consultant = "";

    Uri Portal => installation.Portal.BaseAddress!;

    public async ValueTask InitializeAsync()
    {
        await installation.Fill(chromium);
        // Who invites is an administrator.
        chromium.Session = await installation.Session(chromium, "administrator");
        consultant = await installation.Session(chromium, "consultant", Programme);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    static string To(string measure, string team = Team) => $"/teams/{Programme}/{team}/pir/{Period}/{measure}";

    [Theory]
    [InlineData("mst-soder")]
    [InlineData("can-vast")]
    public async Task The_records_that_a_page_lists_give_the_number_and_the_counts_of_the_review(string team)
    {
        await using var profile = await chromium.NewProfile(Portal, "en-GB", script: false, session: consultant);
        var page = await profile.NewPageAsync();
        var measures = (await installation.Get($"/api/v1/reviews?programme={Programme}&team={team}&period={Period}")).Select(measure => measure!).ToList();
        measures.Count.ShouldBe(team == "can-vast" ? 21 : 20);
        foreach (var measure in measures)
        {
            var key = (string)measure["measure"]!;
            await page.GotoAsync(To(key, team));
            (await page.Locator(".fault").CountAsync()).ShouldBe(0, key);
            if ((key.StartsWith("sam_", StringComparison.Ordinal) || key.StartsWith("cam_", StringComparison.Ordinal)) && !key.EndsWith("_completed", StringComparison.Ordinal))
            {
                await ShouldNameNobody(page, key);
                var completion = measures.Single(other => (string)other["measure"]! == $"{key[..3]}_completed");
                (await page.Locator("main").InnerTextAsync()).ShouldContain($"Answered: {completion["numerator"]} of {completion["denominator"]} that fell due", customMessage: key);
                continue;
            }

            var (numerator, denominator) = ((int?)measure["numerator"], (int)measure["denominator"]!);
            var sums = await Sums(page);
            var rows = await InIt(page);
            switch (key)
            {
                case "sam_completed" or "cam_completed":
                    sums.ShouldBe(new() { ["Surveys due"] = denominator, ["Of these completed"] = numerator!.Value }, key);
                    await ShouldNameNobody(page, key);
                    break;
                case "tam_completed":
                    sums.ShouldBe(new() { ["Interviews due"] = denominator, ["Of these completed"] = numerator!.Value }, key);
                    rows.Count.ShouldBe(denominator);
                    rows.Count(row => row[^1] == "completed").ShouldBe(numerator.Value);
                    break;
                case "any_tam":
                    sums["Cases"].ShouldBe(denominator);
                    sums["Cases with an interview completed"].ShouldBe(numerator!.Value);
                    rows.Count.ShouldBe(denominator);
                    rows.Count(row => row[^1] == "yes").ShouldBe(numerator.Value);
                    rows.Sum(row => row[1].Split('\n').Length).ShouldBe(sums["Interviews due"]);
                    break;
                case "adherence":
                    sums["Cases"].ShouldBe(denominator);
                    rows.Count.ShouldBe(denominator);
                    rows.Sum(row => row[1].Split('\n').Length).ShouldBe(sums["Interviews"]);
                    // What is written of each case is rounded, to three places where two would put it on the wrong side.
                    rows.Average(row => double.Parse(row[2], CultureInfo.InvariantCulture)).ShouldBe((double)measure["value"]!, 0.005);
                    var held = SeasonByHand.Interviews.Where(one => one.Team == team && Days.From <= one.Date && one.Date <= Days.To).ToList();
                    sums["Interviews"].ShouldBe(held.Count(one => one.IsSufficient && one.Role is not null && one.Instrument == (team == "can-vast" ? "tam-can@1" : "tam-r@1")));
                    (await LeftOut(page)).ShouldBe(held.Count - sums["Interviews"]);
                    break;
                case "adherence_above":
                    sums["Cases"].ShouldBe(denominator);
                    sums["Cases at or above the threshold"].ShouldBe(numerator!.Value);
                    rows.Count.ShouldBe(denominator);
                    rows.Count(row => row[^1] == "0.61 reached").ShouldBe(numerator.Value);
                    break;
                case "length_of_stay":
                    sums.ShouldBe(new() { ["Cases"] = denominator }, key);
                    rows.Count.ShouldBe(denominator);
                    rows.Average(row => double.Parse(row[^1], CultureInfo.InvariantCulture)).ShouldBe((double)measure["value"]!, 1e-9);
                    break;
                default:
                    sums.ShouldBe(new() { ["Cases"] = denominator, ["Of these yes"] = numerator!.Value }, key);
                    rows.Count.ShouldBe(denominator);
                    rows.Count(row => row[^1] == "yes").ShouldBe(numerator.Value, key);
                    // What is not in it is left out: together they are all cases that were closed.
                    (await LeftOut(page)).ShouldBe(
                        SeasonByHand.Rows("cases.csv").Count(row => row["team_id"] == team && row["discharged"].Length > 0 && IsIn(SeasonByHand.Day(row["discharged"]))) - denominator, key);
                    break;
            }
        }
    }

    [Fact]
    public async Task A_value_leads_to_what_it_rests_on_and_back()
    {
        await using var profile = await chromium.NewProfile(Portal, "en-GB", script: false, session: consultant);
        var page = await profile.NewPageAsync();
        await page.GotoAsync($"/teams/{Programme}/{Team}/pir/{Period}");
        await page.Locator("#measure-length_of_stay").GetByRole(AriaRole.Link, new() { Name = "what is in it and what is left out (Length of stay" }).ClickAsync();
        (await page.Locator("h1").InnerTextAsync()).ShouldContain("Why this number? Team Söder, 2026-H1");
        await page.GetByRole(AriaRole.Link, new() { Name = "The review of 2026-H1" }).ClickAsync();
        new Uri(page.Url).Fragment.ShouldBe("#measure-length_of_stay");
        await page.GotoAsync($"/teams/{Programme}/{Team}");
        await page.Locator("#measure-tam_completed").GetByRole(AriaRole.Link, new() { Name = "what is in it" }).ClickAsync();
        page.Url.ShouldEndWith("/pir/2026-H2/tam_completed");
        foreach (var address in new[] { To("nothing"), To("completed").Replace(Period, "1999-H1", StringComparison.Ordinal), To("completed", "nobody"), To("no_new_report") })
            (await page.GotoAsync(address))!.Status.ShouldBe(404, address);
    }

    [Fact]
    public async Task Families_are_named_to_those_who_may_see_them_and_to_the_others_how_many_they_are()
    {
        var supervisor = await Invited("s-s8nk5");
        var therapist = await Invited("t-5c9br");
        var director = await installation.Session(chromium, "programme_director", Programme);
        var families = SeasonByHand.Rows("cases.csv").Where(row => row["team_id"] == Team).ToList();
        var closed = families.Where(row => row["discharged"].Length > 0 && IsIn(SeasonByHand.Day(row["discharged"])) && row["discharge_reason"] is "completed" or "placed" or "lack_of_engagement")
            .Select(row => row["case_id"]).Order(StringComparer.Ordinal).ToList();
        var own = closed.Where(family => TherapistOf(family, families) == "t-5c9br").ToList();
        own.Count.ShouldBeInRange(1, closed.Count - 1);

        await using var consultants = await Profile(consultant);
        var sees = await consultants.NewPageAsync();
        await sees.GotoAsync(To("length_of_stay"));
        (await Named(sees)).ShouldBe(closed);
        (await sees.Locator("main a[href*='/cases/']").CountAsync()).ShouldBe(0, "the pages of cases are not the consultant's");

        await using var supervisors = await Profile(supervisor);
        var manages = await supervisors.NewPageAsync();
        await manages.GotoAsync(To("length_of_stay"));
        (await Named(manages)).ShouldBe(closed);
        await manages.Locator(".records-of").GetByRole(AriaRole.Link, new() { Name = closed[0], Exact = true }).ClickAsync();
        (await manages.Locator("h1").InnerTextAsync()).ShouldContain(closed[0]);
        await manages.GotoAsync(To("adherence"));
        await manages.Locator(".records-of li a").First.ClickAsync();
        new Uri(manages.Url).AbsolutePath.ShouldContain("/interviews/");
        (await manages.Locator(".facts").First.InnerTextAsync()).ShouldContain("Score");

        await using var therapists = await Profile(therapist);
        var treats = await therapists.NewPageAsync();
        await treats.GotoAsync(To("length_of_stay"));
        (await Named(treats)).ShouldBe(own);
        (await Sums(treats))["Cases"].ShouldBe(closed.Count);
        (await treats.Locator("main").InnerTextAsync()).ShouldContain($"Not listed, since they are of cases that are not open to you: {closed.Count - own.Count}.");
        await treats.GotoAsync(To("adherence"));
        (await Named(treats)).ShouldNotBeEmpty();
        (await Named(treats)).ShouldBeSubsetOf([.. families.Where(row => HasTreated("t-5c9br", row)).Select(row => row["case_id"])]);

        await using var directors = await Profile(director);
        var follows = await directors.NewPageAsync();
        foreach (var measure in new[] { "length_of_stay", "adherence", "any_tam", "tam_completed", "living_at_home" })
        {
            await follows.GotoAsync(To(measure));
            (await follows.Locator(".records-of").CountAsync()).ShouldBe(0);
            (await follows.Locator("main").InnerTextAsync()).ShouldContain("To you it is shown how many they are.");
            var content = await follows.ContentAsync();
            families.ShouldAllBe(row => !content.Contains(row["case_id"]), measure);
            await sees.GotoAsync(To(measure));
            (await Sums(follows)).ShouldBe(await Sums(sees));
        }

        Task<IBrowserContext> Profile(string session) => chromium.NewProfile(Portal, "en-GB", script: false, session: session);

        static async Task<IReadOnlyList<string>> Named(IPage page) =>
            [.. (await page.Locator("section[aria-labelledby=in-it] .records-of tbody th").AllInnerTextsAsync()).Select(name => name.Trim()).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task Of_a_review_that_is_presented_both_numbers_stand_and_one_that_is_not_yet_computed_again_says_so()
    {
        await using var profile = await chromium.NewProfile(Portal, "en-GB", script: false, session: consultant);
        var page = await profile.NewPageAsync();
        await using var connection = new NpgsqlConnection(installation.Database);
        var key = $"{Team}/{Period}";
        var review = (await connection.ExecuteScalarAsync<string>("select data from portal.facts where programme = @Programme and kind = 'review' and key = @key", new { Programme, key }))!;
        var other = JsonNode.Parse(review)!;
        var completed = other["measures"]!.AsArray().Single(measure => (string)measure!["measure"]! == "completed")!;
        var (numerator, denominator) = ((int)completed["numerator"]!, (int)completed["denominator"]!);
        var now = completed.DeepClone();
        (completed["numerator"], completed["value"]) = (numerator - 1, (numerator - 1d) / denominator);
        try
        {
            // As it would be with one record still on its way.
            await connection.ExecuteAsync("update portal.facts set data = @data::jsonb where programme = @Programme and kind = 'review' and key = @key", new { Programme, key, data = other.ToJsonString() });
            await page.GotoAsync(To("completed"));
            (await page.Locator(".fault").InnerTextAsync()).ShouldContain($"{numerator}/{denominator}");
            (await page.Locator("#measure-completed").InnerTextAsync()).ShouldContain($"{numerator - 1}/{denominator}");
            (await Sums(page)).ShouldBe(new() { ["Cases"] = denominator, ["Of these yes"] = numerator });
            await page.GotoAsync(To("placed"));
            (await page.Locator(".fault").CountAsync()).ShouldBe(0);

            // As it would be had that one arrived after the review was presented.
            var signOff = new JsonObject
            {
                ["signatures"] = new JsonArray(), ["ended"] = new JsonArray(), ["presentedAt"] = "2026-08-01T10:00:00+00:00",
                ["signed"] = new JsonObject { ["figures"] = other.DeepClone(), ["text"] = null, ["versions"] = new JsonArray() },
                ["restatement"] = new JsonObject
                {
                    ["position"] = 1, ["asOf"] = "2026-08-02",
                    ["changes"] = new JsonArray(new JsonObject { ["measure"] = "completed", ["presented"] = completed.DeepClone(), ["now"] = now, ["causes"] = new JsonArray() }),
                },
            };
            await connection.ExecuteAsync(
                """
                update portal.facts set data = @review::jsonb where programme = @Programme and kind = 'review' and key = @key;
                insert into portal.facts (programme, kind, key, team_id, version, data)
                values (@Programme, 'sign_off', @key, @Team, 1, jsonb_build_object('version', 1, 'programme', @Programme, 'teamId', @Team, 'period', @Period, 'signOff', @signOff::jsonb))
                """, new { Programme, Team, Period, key, review, signOff = signOff.ToJsonString() });
            await page.GotoAsync(To("completed"));
            (await page.Locator(".fault").CountAsync()).ShouldBe(0);
            var presented = await page.Locator("section[aria-labelledby=presented]").InnerTextAsync();
            presented.ShouldContain($"{numerator - 1}/{denominator}");
            presented.ShouldContain($"{numerator}/{denominator}");
            (await page.GetByRole(AriaRole.Link, new() { Name = "As presented, and as known today" }).GetAttributeAsync("href"))!.ShouldEndWith($"/pir/{Period}#restated");
            (await Sums(page)).ShouldBe(new() { ["Cases"] = denominator, ["Of these yes"] = numerator });
        }
        finally
        {
            await connection.ExecuteAsync(
                "update portal.facts set data = @review::jsonb where programme = @Programme and kind = 'review' and key = @key; delete from portal.facts where programme = @Programme and kind = 'sign_off'",
                new { Programme, key, review });
        }
    }

    [Theory]
    [InlineData("sv-SE", 1366)]
    [InlineData("en-GB", 1366)]
    [InlineData("sv-SE", 320)]
    [InlineData("en-GB", 320)]
    public async Task The_pages_keep_within_the_guidelines(string language, int width)
    {
        await using var profile = await chromium.NewProfile(Portal, language, width, bypassPolicy: true, session: consultant);
        var page = await profile.NewPageAsync();
        foreach (var measure in new[] { "no_new_arrest", "adherence_above", "cam_alliance" })
        {
            await page.GotoAsync(To(measure));
            await page.Look($"basis-{measure}");
        }
    }

    static bool IsIn(DateOnly day) => Days.From <= day && day <= Days.To;

    static string TherapistOf(string family, IEnumerable<Dictionary<string, string>> families) =>
        SeasonByHand.Rows("reassignments.csv").Where(row => row["case_id"] == family).OrderBy(row => row["from"], StringComparer.Ordinal).LastOrDefault()?["therapist_id"]
        ?? families.Single(row => row["case_id"] == family)["therapist_id"];

    static bool HasTreated(string therapist, Dictionary<string, string> family) =>
        family["therapist_id"] == therapist || SeasonByHand.Rows("reassignments.csv").Any(row => row["case_id"] == family["case_id"] && row["therapist_id"] == therapist);

    static async Task<Dictionary<string, int>> Sums(IPage page) =>
        (await page.Locator(".sums dt").AllInnerTextsAsync()).Zip(await page.Locator(".sums dd").AllInnerTextsAsync())
            .ToDictionary(sum => sum.First, sum => int.Parse(sum.Second, CultureInfo.InvariantCulture), StringComparer.Ordinal);

    /// <summary>The cells of what is listed as in it.</summary>
    static async Task<IReadOnlyList<string[]>> InIt(IPage page) => await page.EvaluateAsync<string[][]>(
        "[...document.querySelectorAll('section[aria-labelledby=in-it] .records-of tbody tr')].map(row => [...row.cells].map(cell => cell.innerText.trim()))");

    /// <summary>How many rows are listed as left out.</summary>
    static Task<int> LeftOut(IPage page) => page.Locator("section[aria-labelledby=left-out] tbody tr").CountAsync();

    /// <summary>Nothing of SAM and CAM but counts: no list, and nobody who rates or is rated.</summary>
    static async Task ShouldNameNobody(IPage page, string measure)
    {
        (await page.Locator(".records-of").CountAsync()).ShouldBe(0, measure);
        var content = await page.ContentAsync();
        foreach (var survey in SeasonByHand.Rows("sam.csv"))
            new[] { survey["survey_id"], survey["rater_id"], survey["supervisor_id"] }.ShouldAllBe(name => !content.Contains(name), measure);
    }

    /// <summary>The session of somebody of the roster.</summary>
    async Task<string> Invited(string staff) =>
        await chromium.TakeUp(await installation.InviteTo(Programme, chromium, $"Explained {staff}", staff), $"explained.{staff}");
}
