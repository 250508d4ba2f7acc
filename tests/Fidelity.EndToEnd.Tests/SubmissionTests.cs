using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Fidelity.EndToEnd.Tests;

public sealed class SubmissionInstallation() : Installation(port: 18300);

/// <summary>Single submissions over HTTP, good ones and every kind of bad one.</summary>
public sealed class SubmissionTests(SubmissionInstallation installation) : IClassFixture<SubmissionInstallation>, IAsyncLifetime
{
    const string Programme = "single";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if ((await installation.Get("/api/v1/programmes")).Count > 0)
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

    public static TheoryData<string, string, string?, string> BadRequests => new()
    {
        { "POST", "/api/v1/tam-interviews?programme=single", "application/json", "{" },
        { "POST", "/api/v1/tam-interviews?programme=single", "application/json", "" },
        { "POST", "/api/v1/tam-interviews?programme=single", "application/json", "[]" },
        { "POST", "/api/v1/tam-interviews?programme=single", "application/json", "null" },
        { "POST", "/api/v1/tam-interviews?programme=single", "application/json", "{}" },
        { "POST", "/api/v1/tam-interviews?programme=single", "application/json", "{\"items\": {}}" },
        { "POST", "/api/v1/tam-interviews?programme=single", "application/json", "{\"items\": [1e400, 99999999999999999999999999]}" },
        { "POST", "/api/v1/tam-interviews?programme=single", "application/json", "{\"interview_id\": {\"a\": 1}, \"date\": 20260101, \"mode\": []}" },
        { "POST", "/api/v1/tam-interviews?programme=single", "application/json", "{\"interview_id\": \"\\u0000\", \"case_id\": \"\\ud800\"}" },
        { "POST", "/api/v1/tam-interviews?programme=single", "text/plain", "hello" },
        { "POST", "/api/v1/tam-interviews?programme=single", null, "" },
        { "POST", "/api/v1/tam-interviews", "application/json", "{}" },
        { "POST", "/api/v1/tam-interviews?programme=' or 1=1", "application/json", "{}" },
        { "POST", "/api/v1/imports?programme=single", "application/json", "{}" },
        { "POST", "/api/v1/imports?programme=single", "multipart/form-data; boundary=x", "--x" },
        { "POST", "/api/v1/imports?programme=single", "multipart/form-data", "" },
        { "POST", "/api/v1/imports/0", "application/json", "{}" },
        { "POST", "/api/v1/imports/0198f000-0000-7000-8000-000000000000/accept", "application/json", "{}" },
        { "GET", "/api/v1/imports/0198f000-0000-7000-8000-000000000000", null, "" },
        { "GET", "/api/v1/imports/0198f000-0000-7000-8000-000000000000/report.csv", null, "" },
        { "GET", "/api/v1/imports/x", null, "" },
        { "GET", "/api/v1/submissions/0198f000-0000-7000-8000-000000000000", null, "" },
        { "GET", "/api/v1/trends", null, "" },
        { "GET", "/api/v1/trends?team=nobody", null, "" },
        { "GET", "/api/v1/opportunities", null, "" },
        { "GET", "/api/v1/reviews?programme=%00", null, "" },
        { "GET", "/api/v1/reviews?team=%00", null, "" },
        { "DELETE", "/api/v1/reviews", null, "" },
        { "GET", "/api/v1/nothing", null, "" },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task A_bad_request_gets_a_problem_document_and_leaves_nothing(string method, string address, string? type, string body)
    {
        var before = await installation.Events();
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (method == "POST")
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (type is not null)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var answer = await installation.Portal.SendAsync(request, Cancelled);
        await ShouldSayWhatToDo(answer);
        (await installation.Events()).ShouldBe(before);
    }

    [Fact]
    public async Task A_body_of_ten_megabytes_is_refused()
    {
        using var answer = await installation.Portal.PostAsync(
            $"/api/v1/tam-interviews?programme={Programme}", new StringContent($"{{\"interview_id\": \"{new string('x', 10_000_000)}\"}}", Encoding.UTF8, "application/json"),
            Cancelled);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
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

    Task<HttpResponseMessage> Post(JsonNode interview) => installation.Portal.PostAsJsonAsync($"/api/v1/tam-interviews?programme={Programme}", interview);

    static JsonObject Interview(string id, string caseId = "c1", JsonNode?[]? answers = null) => new()
    {
        ["interview_id"] = id, ["case_id"] = caseId, ["interviewer_id"] = "in1", ["date"] = "2026-07-20", ["mode"] = "phone",
        ["language"] = "sv", ["interpreter"] = false, ["instrument"] = "tam-r@1", ["items"] = new JsonArray([.. (answers ?? []).Select(answer => answer?.DeepClone())]),
    };
}
