using System.Net;
using System.Text.Json.Nodes;
using static Fidelity.EndToEnd.Tests.SubmissionInstallation;

namespace Fidelity.EndToEnd.Tests;

/// <summary>A programme that is made of single submissions alone. Today is 31 October 2026.</summary>
[Collection(nameof(SubmissionInstallation))]
public sealed class ProgrammeTests(SubmissionInstallation installation)
{
    static readonly JsonObject Team = new()
    {
        ["team_id"] = "t1", ["name"] = "Team Ett", ["profile"] = "mst@1", ["opened"] = "2026-01-01", ["closed"] = null, ["pir_start_month"] = 1,
    };

    static readonly JsonObject Case = new() { ["case_id"] = "c1", ["team_id"] = "t1", ["therapist_id"] = "th1", ["started"] = "2026-07-06" };

    readonly List<(string Address, JsonNode Document, string Submission)> submitted = [];

    [Fact]
    public async Task Every_kind_of_record_changes_what_it_should_and_its_repeat_changes_nothing()
    {
        const string Programme = "built";
        await Found(Programme);
        (await installation.Get("/api/v1/programmes")).Select(name => (string)name!).ShouldContain(Programme);
        await Due(Programme, "2026-07-20 expired", "2026-08-20 expired", "2026-09-20 expired", "2026-10-20 open");

        // 17 of 28 at the top of the scale; a correction makes it 18.
        var first = await Submit(Programme, "tam-interviews", Interview("i1", "2026-07-20", [.. Times(17, 5), .. Times(11, 4)]));
        ((double)first["score"]!["value"]!).ShouldBe(17 / 28d, 1e-15);
        await Due(Programme, "2026-07-20 completed i1", "2026-08-20 expired", "2026-09-20 expired", "2026-10-20 open");
        await Measure(Programme, "adherence", 17 / 28d, null, 1);
        (await Submit(Programme, "corrections", new() { ["id"] = "i1", ["date"] = "2026-07-22", ["item"] = 18, ["value"] = 5, ["reason"] = "Misheard" }))
            ["score"].ShouldBeNull();
        await Measure(Programme, "adherence", 18 / 28d, null, 1);

        // The mean of a case over its interviews; one that is withdrawn counts no more.
        await Submit(Programme, "tam-interviews", Interview("i2", "2026-08-20", [.. Times(28, 5)]));
        await Measure(Programme, "adherence", (18 / 28d + 1) / 2, null, 1);
        await Submit(Programme, "withdrawals", new() { ["id"] = "i2", ["date"] = "2026-08-24", ["reason"] = null });
        await Measure(Programme, "adherence", 18 / 28d, null, 1);
        await Submit(Programme, "tam-attempts", new() { ["case_id"] = "c1", ["date"] = "2026-09-21", ["outcome"] = "declined" });
        await Due(Programme, "2026-07-20 completed i1", "2026-08-20 expired", "2026-09-20 declined", "2026-10-20 open");

        // Who treats the family from October on cannot interview it.
        await Submit(Programme, "reassignments", new() { ["case_id"] = "c1", ["therapist_id"] = "in1", ["from"] = "2026-10-01" });
        await Submit(Programme, "tam-interviews", Interview("i3", "2026-10-14", [.. Times(28, 1)]));
        await Submit(Programme, "tam-interviews", Interview("i4", "2026-10-15", [.. Times(28, 5)], by: null));
        await Due(Programme, "2026-07-20 completed i1", "2026-08-20 expired", "2026-09-20 declined", "2026-10-20 completed i4");
        await Measure(Programme, "adherence", (18 / 28d + 1) / 2, null, 1);

        // Due two months apart, from one month after the two are together: 1 August and 1 October.
        await Measure(Programme, "sam_completed", 0, 0, 2);
        await Measure(Programme, "cam_completed", 0, 0, 4);
        (await Submit(Programme, "sam-surveys", Sam))["score"].ShouldBeNull();
        await Measure(Programme, "sam_completed", 1 / 2d, 1, 2);
        (await Submit(Programme, "cam-surveys", Cam))["score"].ShouldBeNull();
        await Measure(Programme, "cam_completed", 1 / 4d, 1, 4);
        await Submit(Programme, "corrections", new() { ["id"] = "s1", ["date"] = "2026-08-05", ["item"] = 43, ["value"] = "NA", ["reason"] = null });
        await Submit(Programme, "withdrawals", new() { ["id"] = "s1", ["date"] = "2026-08-06", ["reason"] = "Wrong supervisor" });
        await Measure(Programme, "sam_completed", 0, 0, 2);
        await Submit(Programme, "posts", Post("co1", "consultant", to: "2026-09-30"));
        await Measure(Programme, "cam_completed", 1 / 2d, 1, 2);

        // A repeated case fills its discharge: 6 July to 26 October are 112 days.
        await Submit(Programme, "cases", Discharged("2026-10-26"));
        await Measure(Programme, "completed", 1, 1, 1);
        await Measure(Programme, "living_at_home", 1, 1, 1);
        await Measure(Programme, "length_of_stay", 112, null, 1);
        await Submit(Programme, "follow-ups", FollowUp("2026-10-30"));
        await Submit(Programme, "teams", With(Team, "closed", "2026-10-31"));

        await ShouldChangeNothingWhenRepeated(Programme);
        await ShouldRefuseOtherContent(Programme);
    }

    async Task ShouldChangeNothingWhenRepeated(string programme)
    {
        submitted.Select(record => record.Address).Distinct().ShouldBe(Addresses, ignoreOrder: true);
        await installation.Settle();
        var events = await installation.Events();
        var letIn = await installation.LetIn();
        foreach (var (address, document, submission) in submitted)
        {
            using var again = await installation.Post(programme, address, document);
            again.StatusCode.ShouldBe(HttpStatusCode.OK, document.ToJsonString());
            // What was filled since stands for the record from then on.
            if (address is not ("teams" or "posts" or "cases"))
                ((string)JsonNode.Parse(await again.Content.ReadAsStringAsync())!["submission"]!).ShouldBe(submission, document.ToJsonString());
        }

        (await installation.LetIn()).ShouldBe(letIn);
        await installation.Settle();
        var after = await installation.Events();
        foreach (var owner in new[] { "roster", "tam", "surveys", "pir" })
            after[owner].ShouldBe(events[owner], owner);
    }

    async Task ShouldRefuseOtherContent(string programme)
    {
        var letIn = await installation.LetIn();
        foreach (var (address, document, named) in new (string, JsonObject, string)[]
        {
            ("teams", With(Team, "name", "Team Två"), "name"),
            ("posts", Post("co1", "consultant", to: "2026-10-01"), "to"),
            ("cases", Discharged("2026-10-27"), "discharged"),
            ("cases", With(Case, "started", "2026-07-07"), "started"),
            ("reassignments", new() { ["case_id"] = "c1", ["therapist_id"] = "th1", ["from"] = "2026-10-01" }, "therapist_id"),
            ("follow-ups", FollowUp("2026-10-31"), "date"),
            ("tam-interviews", With(Interview("i1", "2026-07-20", [.. Times(17, 5), .. Times(11, 4)]), "language", "ar"), "language"),
            ("tam-interviews", Interview("i1", "2026-07-20", [.. Times(18, 5), .. Times(10, 4)]), "i18"),
            ("sam-surveys", With(Sam, "date", "2026-08-04"), "not told"),
            ("cam-surveys", With(Cam, "items", Items(Times(23, 6))), "not told"),
            ("tam-interviews", Interview("s1", "2026-07-21", [.. Times(28, 5)]), "one is an interview, the other a survey"),
            ("corrections", new() { ["id"] = "i1", ["date"] = "2026-07-22", ["item"] = 18, ["value"] = 4, ["reason"] = "Misheard" }, "value"),
            ("withdrawals", new() { ["id"] = "i2", ["date"] = "2026-08-25", ["reason"] = null }, "date"),
        })
        {
            var problem = await installation.Refused(programme, address, document);
            ((string)problem["code"]!).ShouldBe("conflicting_id", document.ToJsonString());
            // The first property of every document is the one that identifies it.
            ((string)problem["errors"]![0]!["pointer"]!).ShouldBe($"/{document.First().Key}");
            ((string)problem["detail"]!).ShouldContain(named);
        }

        (await installation.LetIn()).ShouldBe(letIn);
    }

    [Fact]
    public async Task Of_many_who_submit_one_id_at_once_one_is_recorded_and_stays_known()
    {
        const string Programme = "raced";
        // Each name is sent twice, and one name holds.
        var teams = await Task.WhenAll(Enumerable.Range(0, 8).Select(number =>
            installation.Outcome(Programme, "teams", With(Team, "name", $"Team {number % 4}"))));
        teams.Order(StringComparer.Ordinal).ShouldBe([.. Enumerable.Repeat("recorded", 2), .. Enumerable.Repeat("refused", 6)]);
        await Task.WhenAll(
            installation.Record(Programme, "posts", Post("th1", "therapist")), installation.Record(Programme, "posts", Post("in1", "interviewer")));
        await installation.Record(Programme, "cases", Case);

        // Blanks filled at once, each from what was known before, are all filled.
        await Task.WhenAll(
            installation.Record(Programme, "cases", With(With(Case, "discharged", "2026-10-26"), "discharge_reason", "completed")),
            installation.Record(Programme, "cases", With(Case, "living_at_home", true)),
            installation.Record(Programme, "cases", With(Case, "no_new_arrest", "no")));
        await installation.Record(Programme, "follow-ups", FollowUp("2026-10-30"));
        await Measure(Programme, "completed", 1, 1, 1);
        await Measure(Programme, "living_at_home", 1, 1, 1);
        await Measure(Programme, "no_new_arrest", 0, 0, 1);

        var interviews = await Task.WhenAll(Enumerable.Range(0, 6).Select(number =>
            installation.Outcome(Programme, "tam-interviews", Interview("i1", "2026-07-20", [.. Times(27, 5), 1 + (number % 3)]))));
        interviews.Order(StringComparer.Ordinal).ShouldBe([.. Enumerable.Repeat("recorded", 2), .. Enumerable.Repeat("refused", 4)]);
    }

    [Fact]
    public async Task A_row_whose_id_was_taken_since_the_dry_run_is_left_out_and_reported()
    {
        const string Programme = "taken";
        await Found(Programme);
        var (first, second) = (await Upload(Programme, answer: 5), await Upload(Programme, answer: 4));
        await installation.Accept(first);
        await installation.Until(first, shown => (string)shown["state"]! == "settled" && (int)shown["recorded"]! == 1 && (int)shown["errors"]! == 0);
        await installation.Accept(second);
        await installation.Until(second, shown => (string)shown["state"]! == "settled" && (int)shown["recorded"]! == 0 && (int)shown["errors"]! == 1);
        (await installation.Portal.GetStringAsync($"{second}/report.csv", TestContext.Current.CancellationToken)).ShouldContain("tam.csv,2,interview_id,conflicting_id");
        await Measure(Programme, "adherence", 1, null, 1);
    }

    async Task<string> Upload(string programme, int answer)
    {
        var files = Directory.CreateTempSubdirectory("fidelity-taken-").FullName;
        await File.WriteAllTextAsync(Path.Combine(files, "tam.csv"), $"""
            interview_id,case_id,interviewer_id,date,mode,language,interpreter,instrument,{string.Join(",", Enumerable.Range(1, 28).Select(item => $"i{item}"))}
            i1,c1,in1,2026-07-20,phone,sv,no,tam-r@1,{string.Join(",", Enumerable.Repeat(answer, 28))}

            """);
        return await installation.Upload(files, programme);
    }

    [Fact]
    public async Task A_review_that_a_late_closing_leaves_outside_the_team_s_life_is_shown_no_more()
    {
        const string Programme = "closed";
        await Found(Programme);
        await Measure(Programme, "tam_completed", 0, 0, 4);
        await Submit(Programme, "teams", With(Team, "closed", "2026-06-30"));
        await installation.Until($"/api/v1/reviews?programme={Programme}&team=t1", measures =>
            measures.AsArray().Select(measure => (string)measure!["period"]!).Distinct(StringComparer.Ordinal).SequenceEqual(["2026-H1"]));
        var page = await installation.Portal.GetAsync(new Uri($"/teams/{Programme}/t1/pir/2026-H2", UriKind.Relative), TestContext.Current.CancellationToken);
        page.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await installation.Portal.GetStringAsync("/", TestContext.Current.CancellationToken)).ShouldNotContain($"/teams/{Programme}/t1/pir/2026-H2");
    }

    /// <summary>A team with everybody in post from July on, and a family.</summary>
    async Task Found(string programme)
    {
        await Submit(programme, "teams", Team);
        foreach (var (staff, role) in new[] { ("th1", "therapist"), ("su1", "supervisor"), ("co1", "consultant"), ("in1", "interviewer") })
            await Submit(programme, "posts", Post(staff, role));
        await Submit(programme, "cases", Case);
    }

    async Task<JsonNode> Submit(string programme, string address, JsonObject document)
    {
        var said = await installation.Record(programme, address, document);
        submitted.Add((address, document, (string)said["submission"]!));
        return said;
    }

    Task<JsonNode> Due(string programme, params string[] opportunities) => installation.Until($"/api/v1/opportunities?programme={programme}&team=t1", shown =>
        shown.AsArray().Select(one => $"{one!["due"]} {one["outcome"]} {one["by"]}".TrimEnd()).SequenceEqual(opportunities));

    Task<JsonNode> Measure(string programme, string key, double value, int? numerator, int denominator) =>
        installation.Until($"/api/v1/reviews?programme={programme}&team=t1&period=2026-H2", measures => measures.AsArray().Any(measure =>
            (string)measure!["measure"]! == key && (int?)measure["numerator"] == numerator && (int?)measure["denominator"] == denominator
            && Math.Abs((double?)measure["value"] - value ?? double.NaN) < 1e-12));

    static JsonObject Post(string staff, string role, string? to = null) =>
        new() { ["staff_id"] = staff, ["team_id"] = "t1", ["role"] = role, ["from"] = "2026-07-01", ["to"] = to };

    static JsonObject Discharged(string date) => With(With(With(Case, "discharged", date), "discharge_reason", "completed"), "living_at_home", true);

    static JsonObject FollowUp(string date) => new() { ["case_id"] = "c1", ["months"] = 6, ["date"] = date, ["living_at_home"] = false };

    static JsonObject Interview(string id, string date, IReadOnlyList<JsonNode?> answers, string? by = "in1") => new()
    {
        ["interview_id"] = id, ["case_id"] = "c1", ["interviewer_id"] = by, ["date"] = date, ["mode"] = by is null ? "online" : "phone",
        ["language"] = "sv", ["interpreter"] = false, ["instrument"] = "tam-r@1", ["items"] = Items(answers),
    };

    static JsonObject Sam => new()
    {
        ["survey_id"] = "s1", ["team_id"] = "t1", ["rater_id"] = "th1", ["supervisor_id"] = "su1", ["date"] = "2026-08-03", ["instrument"] = "sam@1",
        ["items"] = Items(Times(43, 4)),
    };

    static JsonObject Cam => new()
    {
        ["survey_id"] = "k1", ["team_id"] = "t1", ["rater_id"] = "su1", ["consultant_id"] = "co1", ["date"] = "2026-08-04", ["instrument"] = "cam@1",
        ["items"] = Items([.. Times(22, 5), null]),
    };

    static JsonObject With(JsonObject document, string property, JsonNode? value)
    {
        var other = document.DeepClone().AsObject();
        other[property] = value;
        return other;
    }
}
