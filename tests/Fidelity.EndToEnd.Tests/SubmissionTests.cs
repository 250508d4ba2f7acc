using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Fidelity.EndToEnd.Tests;

/// <summary>Single submissions over HTTP, good ones and every kind of bad one.</summary>
[Collection(nameof(SubmissionInstallation))]
public sealed class SubmissionTests(SubmissionInstallation installation) : IAsyncLifetime
{
    const string Programme = "single";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if ((await installation.Get("/api/v1/programmes")).Any(programme => (string)programme! == Programme))
            return;
        var folder = Directory.CreateTempSubdirectory("fidelity-single-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "teams.csv"), "team_id,name,profile,opened,closed,pir_start_month\nt1,Team Ett,mst@1,2026-01-01,,1\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "staff.csv"),
            "staff_id,team_id,role,from,to\nth1,t1,therapist,2026-01-01,\nth2,t1,therapist,2026-01-01,\nin1,t1,interviewer,2026-01-01,\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "cases.csv"),
            "case_id,team_id,therapist_id,started,discharged,discharge_reason,living_at_home,in_school_or_work,no_new_arrest,no_new_report,no_new_substance_report\n"
            + "c1,t1,th1,2026-07-06,,,,,,,\nc2,t1,th2,2026-07-06,,,,,,,\n");
        await installation.Import(folder, Programme);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_interview_is_recorded_with_its_score_and_shows_in_the_review()
    {
        // 17 of 28 at the top of the scale: 0.607142…, below .61 and exactly 17/28.
        var interview = Interview("single-1", answers: [.. Enumerable.Repeat<JsonNode?>(5, 17), .. Enumerable.Repeat<JsonNode?>(4, 11)]);
        using var answer = await Post(interview);
        var said = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancelled);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, said!.ToJsonString());
        ((double)said["score"]!["value"]!).ShouldBe(17 / 28d, 1e-15);
        ((string)said["score"]!["sufficiency"]!).ShouldBe("sufficient");
        ((int)said["score"]!["answered"]!).ShouldBe(28);

        await installation.Until($"/api/v1/reviews?programme={Programme}&team=t1&period=2026-H2", reviews =>
            reviews.AsArray().Any(measure => (string)measure!["measure"]! == "adherence" && (int)measure["denominator"]! == 1
                && Math.Abs((double)measure["value"]! - 17 / 28d) < 1e-15));

        using var again = await Post(interview);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await again.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!["submission"]!.ToJsonString().ShouldBe(said["submission"]!.ToJsonString());
        using var status = await installation.Portal.GetAsync((string)said["status"]!, Cancelled);
        ((string)(await status.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!["state"]!).ShouldBe("recorded");

        interview["items"]!.AsArray()[0] = 1;
        using var other = await Post(interview);
        other.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var conflict = (await other.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!;
        ((string)conflict["code"]!).ShouldBe("conflicting_id");
        ((string)conflict["errors"]![0]!["pointer"]!).ShouldBe("/interview_id");
        ((string)conflict["detail"]!).ShouldContain("i1");
    }

    [Fact]
    public async Task Eighteen_answers_are_too_few_for_a_score()
    {
        using var answer = await Post(Interview("single-2", caseId: "c2", answers: [.. Enumerable.Repeat<JsonNode?>(5, 18), .. Enumerable.Repeat<JsonNode?>("NA", 4), .. Enumerable.Repeat<JsonNode?>(null, 6)]));
        var said = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!;
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, said.ToJsonString());
        said["score"]!["value"].ShouldBeNull();
        ((string)said["score"]!["sufficiency"]!).ShouldBe("insufficient");
        ((int)said["score"]!["not_applicable"]!).ShouldBe(4);
        ((int)said["score"]!["blank"]!).ShouldBe(6);
    }

    [Fact]
    public async Task Every_fault_is_named_at_once_with_its_place()
    {
        var interview = Interview("19811218-9876", caseId: "nobody", answers: [9, "maybe", .. Enumerable.Repeat<JsonNode?>(5, 26)]);
        interview["date"] = "2026-02-30";
        using var answer = await Post(interview);
        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var errors = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!["errors"]!.AsArray()
            .Select(error => $"{error!["code"]} {error["pointer"]}").Order(StringComparer.Ordinal);
        errors.ShouldBe(
        [
            "bad_date /date", "bad_number /items/1", "out_of_scale /items/0", "personal_identity_number /interview_id", "unknown_reference /case_id",
        ]);
    }

    /// <summary>Bodies that no kind of record is.</summary>
    static readonly (string? Type, string Body)[] BadBodies =
    [
        ("application/json", "{"),
        ("application/json", ""),
        ("application/json", "[]"),
        ("application/json", "null"),
        ("application/json", "true"),
        ("application/json", "\"c1\""),
        ("application/json", "{}"),
        ("application/json", "{\"items\": {}}"),
        ("application/json", "{\"date\": \"2026-07-20\", \"date\": \"2026-07-21\"}"),
        ("application/json", "{\"items\": [1e400, 99999999999999999999999999], \"item\": 1e400, \"months\": -99999999999999999999, \"pir_start_month\": 1.5}"),
        ("application/json", "{\"interview_id\": {\"a\": 1}, \"date\": 20260101, \"mode\": []}"),
        ("application/json", "{\"team_id\": \"\\u0000\", \"case_id\": \"\\ud800\"}"),
        ("application/json", "{\"team_id\": \"\\u0000\", \"case_id\": \"\\u0000\", \"id\": \"\\u0000\", \"reason\": \"\\u0000\", \"name\": \"\\u0000\"}"),
        ("application/json", "{\"i99999999999999999999\": 1}"),
        ("application/json; charset=utf-16", "{}"),
        ("text/plain", "hello"),
        ("multipart/form-data; boundary=x", "--x--"),
        (null, ""),
    ];

    public static TheoryData<string, string, string?, string> BadRequests =>
    [
        .. from address in SubmissionInstallation.Addresses
           from bad in BadBodies
           select new TheoryDataRow<string, string, string?, string>("POST", $"/api/v1/{address}?programme=single", bad.Type, bad.Body),
        .. from address in SubmissionInstallation.Addresses
           from query in new[] { "", "?programme=", "?programme=' or 1=1", "?programme=Single", "?programme=a&programme=b", "?programme=%00", "?programme=19811218-9876" }
           select new TheoryDataRow<string, string, string?, string>("POST", $"/api/v1/{address}{query}", "application/json", "{}"),
        .. from address in SubmissionInstallation.Addresses
           from method in new[] { "GET", "PUT", "DELETE" }
           select new TheoryDataRow<string, string, string?, string>(method, $"/api/v1/{address}?programme=single", null, ""),
        new("POST", "/api/v1/imports?programme=single", "application/json", "{}"),
        new("POST", "/api/v1/imports?programme=single", "multipart/form-data; boundary=x", "--x"),
        new("POST", "/api/v1/imports?programme=single", "multipart/form-data", ""),
        new("POST", "/api/v1/imports/0", "application/json", "{}"),
        new("POST", "/api/v1/imports/0198f000-0000-7000-8000-000000000000/accept", "application/json", "{}"),
        new("POST", "/api/v1/imports/0198f000-0000-7000-8000-000000000000/accept?goodRowsOnly=perhaps", "application/json", "{}"),
        new("GET", "/api/v1/imports/0198f000-0000-7000-8000-000000000000", null, ""),
        new("GET", "/api/v1/imports/0198f000-0000-7000-8000-000000000000/report.csv", null, ""),
        new("GET", "/api/v1/imports/x", null, ""),
        new("GET", "/api/v1/submissions/0198f000-0000-7000-8000-000000000000", null, ""),
        new("GET", "/api/v1/submissions/x", null, ""),
        new("GET", "/api/v1/trends", null, ""),
        new("GET", "/api/v1/trends?team=nobody", null, ""),
        new("GET", "/api/v1/trends?team=t1&programme=Single", null, ""),
        new("GET", "/api/v1/opportunities", null, ""),
        new("GET", "/api/v1/reviews?programme=%00", null, ""),
        new("GET", "/api/v1/reviews?team=%00", null, ""),
        new("GET", "/api/v1/reviews?programme=Single", null, ""),
        new("DELETE", "/api/v1/reviews", null, ""),
        new("GET", "/api/v1/instruments/tam-r", null, ""),
        new("GET", "/api/v1/profiles/mst@2", null, ""),
        new("GET", "/api/v1/nothing", null, ""),
        new("GET", "/api/v1/", null, ""),
    ];

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task A_bad_request_gets_a_problem_document_and_leaves_nothing(string method, string address, string? type, string body)
    {
        var letIn = await installation.LetIn();
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (method == "POST")
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (type is not null)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var answer = await installation.Portal.SendAsync(request, Cancelled);
        await ShouldSayWhatToDo(answer);
        (await installation.LetIn()).ShouldBe(letIn);
    }

    public static TheoryData<string> Addresses => [.. SubmissionInstallation.Addresses];

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task A_body_of_ten_megabytes_is_refused(string address)
    {
        using var answer = await installation.Portal.PostAsync(
            $"/api/v1/{address}?programme={Programme}", new StringContent($"{{\"id\": \"{new string('x', 10_000_000)}\"}}", Encoding.UTF8, "application/json"), Cancelled);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        await ShouldSayWhatToDo(answer);
    }

    [Fact]
    public async Task The_shell_leaves_out_the_rows_with_faults_when_it_is_told_to()
    {
        var folder = Directory.CreateTempSubdirectory("fidelity-faulty-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "teams.csv"),
            "team_id,name,profile,opened,closed,pir_start_month\nt1,Team Ett,mst@1,2026-01-01,,1\nt2,Team Två,mst@1,2026-13-01,,1\n", Cancelled);
        var said = await installation.LoadFromShell(folder, "faulty", "--accept-good-rows");
        said.ShouldContain("teams.csv,3,opened,bad_date");
        said.ShouldContain("1 rows recorded");
    }

    [Fact]
    public async Task A_body_that_does_not_say_its_length_is_read_no_further_than_it_may_be()
    {
        using var pieces = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/teams?programme={Programme}");
        pieces.Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes($"{{\"name\": \"{new string('x', 2_000_000)}\"}}")));
        pieces.Content.Headers.ContentType = new("application/json");
        pieces.Headers.TransferEncodingChunked = true;
        using var answer = await installation.Portal.SendAsync(pieces, Cancelled);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        await ShouldSayWhatToDo(answer);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_no_document()
    {
        using var body = new ByteArrayContent([.. "{\"name\": \""u8, 0xff, 0xfe, .. "\"}"u8]);
        body.Headers.ContentType = new("application/json");
        using var answer = await installation.Portal.PostAsync($"/api/v1/teams?programme={Programme}", body, Cancelled);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await ShouldSayWhatToDo(answer);
    }

    static async Task ShouldSayWhatToDo(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBeInRange(400, 499, text);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", text);
        var problem = JsonNode.Parse(text)!;
        ((string?)problem["code"]).ShouldNotBeNullOrEmpty();
        ((string?)problem["detail"]).ShouldNotBeNullOrEmpty();
    }

    Task<HttpResponseMessage> Post(JsonNode interview) => installation.Post(Programme, "tam-interviews", interview);

    static JsonObject Interview(string id, string caseId = "c1", JsonNode?[]? answers = null) => new()
    {
        ["interview_id"] = id, ["case_id"] = caseId, ["interviewer_id"] = "in1", ["date"] = "2026-07-20", ["mode"] = "phone",
        ["language"] = "sv", ["interpreter"] = false, ["instrument"] = "tam-r@1", ["items"] = SubmissionInstallation.Items(answers ?? []),
    };
}
