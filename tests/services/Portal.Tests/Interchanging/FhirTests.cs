// FHIR's model says of everything that it may be null; what is not there fails the test all the same.
#nullable disable warnings
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Interchanging;
using Fidelity.Portal.Tests.Describing;
using Firely.Fhir.Validation;
using Hl7.Fhir.Model;
using Hl7.Fhir.Specification.Source;
using Hl7.Fhir.Specification.Terminology;
using Task = System.Threading.Tasks.Task;

namespace Fidelity.Portal.Tests.Interchanging;

/// <summary>What is said in FHIR R4 over HTTP, held against the StructureDefinitions of its specification.</summary>
public sealed class FhirTests(StoredPortal portal) : IClassFixture<StoredPortal>
{
    /// <summary>Where records are submitted into.</summary>
    const string Own = "own";

    /// <summary>Not for several at once, as its makers say; the tests of a class run one after the other.</summary>
    static readonly Lazy<Validator> Specification = new(() =>
    {
        var source = new CachedResolver(new ZipSource(Path.Combine(AppContext.BaseDirectory, "specification.zip")));
        return new(source, new LocalTerminologyService(source));
    });

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_instrument_is_a_Questionnaire_without_a_text()
    {
        var bundle = await Get<Bundle>("/api/v1/fhir/Questionnaire");
        ShouldBeValid(bundle);
        var questionnaires = bundle.Entry.Select(entry => (Questionnaire)entry.Resource).ToList();
        questionnaires.Select(one => $"{one.Url}|{one.Version}").ShouldBe(
            ["urn:fidelity:instrument:tam-r|1", "urn:fidelity:instrument:tam-r-linear|1", "urn:fidelity:instrument:tam-can|1", "urn:fidelity:instrument:sam|1", "urn:fidelity:instrument:cam|1"]);
        foreach (var one in questionnaires)
        {
            ShouldBeValid(one);
            one.Item.ShouldAllBe(item => item.Text == null);
            ShouldBeValid(await Get<Questionnaire>($"/api/v1/fhir/Questionnaire/{one.Id}"));
        }

        var cam = questionnaires[^1];
        cam.Item.Where(item => item.ReadOnly != true).Select(item => item.LinkId).ShouldBe(Enumerable.Range(1, 23).Select(number => $"{number}"));
        cam.Item.Where(item => item.ReadOnly == true).Select(item => item.LinkId).ShouldBe(["score.competence", "score.procedures", "score.alliance"]);
        cam.Item[0].AnswerOption.Select(option => option.Value is Integer number ? $"{number.Value}" : ((Coding)option.Value).Code).ShouldBe(["1", "2", "3", "4", "5", "6", "not-applicable"]);
        (await portal.Client.GetAsync("/api/v1/fhir/Questionnaire/tam-r@1", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_interview_goes_out_as_it_stands_and_of_whom_it_is_to_who_may_see_families()
    {
        await portal.Know(Interview("out", "tam_1", Answer.Of(5), Answer.NotApplicable, Answer.Blank));
        var bundle = await Get<Bundle>("/api/v1/fhir/QuestionnaireResponse?programme=out&team=nord");
        ShouldBeValid(bundle);
        var response = (QuestionnaireResponse)bundle.Entry.ShouldHaveSingleItem().Resource;
        ShouldBeValid(response);
        (response.Identifier.System, response.Identifier.Value, response.Questionnaire, response.Subject.Identifier.Value, response.Author.Identifier.Value, response.Authored)
            .ShouldBe(("urn:fidelity:out:interview", "tam_1", "urn:fidelity:instrument:tam-r|1", "c-1", "v-1", "2026-03-18"));
        response.Item.Count.ShouldBe(29);
        ((Integer)response.Item[0].Answer.Single().Value).Value.ShouldBe(5);
        ((Coding)response.Item[1].Answer.Single().Value).Code.ShouldBe("not-applicable");
        response.Item[2].Answer.ShouldBeEmpty();
        // 26 answers, 20 of them in the top category.
        ((double)((FhirDecimal)response.Item[28].Answer.Single().Value).Value!).ShouldBe(20 / 26d, 1e-12);

        using var scores = portal.Asking(await portal.Token("out", Purpose.SeeScores));
        var alone = await scores.GetStringAsync("/api/v1/fhir/QuestionnaireResponse?team=nord", Cancelled);
        alone.ShouldContain("tam_1");
        alone.ShouldNotContain("c-1");
        using var other = portal.Asking(await portal.Token("elsewhere", Purpose.SeeScores));
        (await other.GetStringAsync("/api/v1/fhir/QuestionnaireResponse?programme=out&team=nord", Cancelled)).ShouldNotContain("tam_1");
        using var follower = portal.Asking(await portal.Token("out", Purpose.FollowTeam));
        (await follower.GetAsync("/api/v1/fhir/QuestionnaireResponse?team=nord", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_withdrawn_interview_is_said_to_be_in_error_and_an_insufficient_one_has_no_score()
    {
        await portal.Know(Interview("odd", "withdrawn", Answer.Of(5)) is var fact ? fact with { Interview = fact.Interview with { Withdrawn = true } } : null!);
        await portal.Know(Interview("odd", "thin", [.. Enumerable.Repeat(Answer.Blank, 10)]));
        var responses = (await Get<Bundle>("/api/v1/fhir/QuestionnaireResponse?programme=odd&team=nord")).Entry.Select(entry => (QuestionnaireResponse)entry.Resource).ToList();
        responses.ForEach(ShouldBeValid);
        responses.Select(one => one.Status).ShouldBe([QuestionnaireResponse.QuestionnaireResponseStatus.Completed, QuestionnaireResponse.QuestionnaireResponseStatus.EnteredInError]);
        responses[0].Item.ShouldNotContain(item => item.LinkId == "score");
    }

    [Fact]
    public async Task What_goes_out_can_come_in_and_is_the_same_record()
    {
        await Found();
        await portal.Know(Interview(Own, "tam-1", Answer.Of(4), Answer.NotApplicable, Answer.Blank));
        var response = (await Get<Bundle>($"/api/v1/fhir/QuestionnaireResponse?programme={Own}&team=nord")).Entry.Single().Resource;
        using var taken = await Submit(Own, response);
        taken.StatusCode.ShouldBe(HttpStatusCode.Accepted, await taken.Content.ReadAsStringAsync(Cancelled));
        var kept = (await portal.Query<string>("select data -> 'command' from portal.mt_events where type = 'submission_accepted' and data -> 'command' ->> 'interviewId' = 'tam-1'")).ShouldHaveSingleItem();
        var command = JsonNode.Parse(kept)!;
        ((string)command["interviewId"]!, (string)command["caseId"]!, (string)command["interviewerId"]!, (string)command["date"]!, (string)command["language"]!)
            .ShouldBe(("tam-1", "c-1", "v-1", "2026-03-18", "sv"));
        command["answers"]!.AsArray().Take(4).Select(answer => answer?.ToJsonString()).ShouldBe(["4", "\"NA\"", null, "5"]);
    }

    [Theory]
    [InlineData("0.95", "inconsistent", "/item/28")]
    [InlineData("0.769231", null, null)]
    [InlineData("0.769232", "inconsistent", "/item/28")]
    [InlineData("1.0", "inconsistent", "/item/28")]
    public async Task A_score_that_the_answers_do_not_make_is_refused_and_named(string theirs, string? code, string? pointer)
    {
        await Found();
        var document = Document(response => response["item"]!.AsArray()[28] = JsonNode.Parse($$"""{ "linkId": "score", "answer": [{ "valueDecimal": {{theirs}} }] }""")!);
        using var answer = await Submit(Own, document);
        if (code is null)
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            return;
        }

        var fault = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!["errors"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)fault["code"]!, (string)fault["pointer"]!).ShouldBe((code, pointer));
        ((string)fault["detail"]!).ShouldContain("0.769231");
    }

    public static TheoryData<string, string, string> Faulty => new()
    {
        { """{ "questionnaire": "urn:fidelity:instrument:tam-r" }""", "unknown_instrument", "/questionnaire" },
        { """{ "questionnaire": "urn:fidelity:instrument:tam-r|9" }""", "unknown_instrument", "/questionnaire" },
        { """{ "status": "in-progress" }""", "unknown_code", "/status" },
        { """{ "authored": "2026-03-18T10:00:00Z" }""", "bad_date", "/authored" },
        { """{ "identifier": null }""", "missing_value", "/identifier/value" },
        { """{ "subject": { "identifier": { "value": "nobody" } } }""", "unknown_reference", "/subject/identifier/value" },
        { """{ "encounter": { "reference": "Encounter/1" } }""", "unknown_column", "/encounter" },
        { """{ "extension": [{ "url": "urn:other", "valueCode": "x" }] }""", "unknown_column", "/extension/0" },
        { """{ "item": [{ "linkId": "1", "answer": [{ "valueInteger": 9 }] }] }""", "out_of_scale", "/item/0" },
        { """{ "item": [{ "linkId": "1", "answer": [{ "valueString": "5" }] }] }""", "bad_number", "/item/0" },
        { """{ "item": [{ "linkId": "29" }] }""", "unknown_column", "/item/0" },
        { """{ "item": [{ "linkId": "01" }] }""", "unknown_column", "/item/0" },
        { """{ "item": [{ "linkId": "1" }, { "linkId": "1" }] }""", "unknown_column", "/item/1" },
        { """{ "subject": { "identifier": { "value": "c-1" }, "display": "19811218-9876" } }""", "personal_identity_number", "/subject/display" },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task What_is_wrong_is_named_where_it_stands_and_nothing_is_kept(string change, string code, string pointer)
    {
        await Found();
        var kept = await Kept();
        using var answer = await Submit(Own, Document(response =>
        {
            foreach (var (name, value) in JsonNode.Parse(change)!.AsObject().ToList())
            {
                response.Remove(name);
                if (value is not null)
                    response[name] = value.DeepClone();
            }
        }));
        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!["errors"]!.AsArray().Select(fault => ((string)fault!["code"]!, (string?)fault["pointer"])).ShouldContain((code, pointer));
        (await Kept()).ShouldBe(kept);
    }

    async Task<long> Kept() => (await portal.Query<long>("select count(*) from portal.mt_events where type = 'submission_accepted'")).Single();

    [Theory]
    [InlineData("""{ "resourceType": "Patient" }""")]
    [InlineData("""{ "resourceType": "QuestionnaireResponse", "status": "nonsense" }""")]
    [InlineData("""{ "resourceType": "QuestionnaireResponse", "status": "completed", "status": "completed" }""")]
    [InlineData("[]")]
    [InlineData("nothing")]
    public async Task What_is_no_QuestionnaireResponse_is_not_read(string document)
    {
        using var answer = await Submit("p", document);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Measures_go_out_with_counts_and_interval_and_without_any_where_they_are_withheld()
    {
        await portal.Know(new ReviewComputed(
            1, "measured", "nord", "2026-H1", new(2026, 1, 1), new(2026, 6, 30), ReviewState.Refreshed, "mst@1", 1, new(2026, 7, 1), null, 0, 0,
            [
                new("completed", MeasureKind.Share, 13 / 15d, 13, 15, 0.6212, 0.9626, ">= 0.85", MeasureStatus.Met),
                new("length_of_stay", MeasureKind.Mean, 121.5, null, 4, null, null, "100-140", MeasureStatus.Insufficient),
                new("sam_principles", MeasureKind.Mean, null, null, 2, null, null, null, MeasureStatus.Withheld, WithheldReason.TooFewRaters),
            ]));
        var bundle = await Get<Bundle>("/api/v1/fhir/MeasureReport?programme=measured");
        ShouldBeValid(bundle);
        var reports = bundle.Entry.Select(entry => (MeasureReport)entry.Resource).ToList();
        reports.ForEach(ShouldBeValid);
        reports.Select(report => report.Measure).ShouldBe(["urn:fidelity:measure:completed|mst@1", "urn:fidelity:measure:length_of_stay|mst@1", "urn:fidelity:measure:sam_principles|mst@1"]);
        var share = reports[0].Group.Single();
        share.Population.Select(population => (population.Code.Coding.Single().Code, population.Count)).ShouldBe([("numerator", 13), ("denominator", 15)]);
        ((double)share.MeasureScore.Value!).ShouldBe(13 / 15d, 1e-12);
        var mean = reports[1].Group.Single();
        mean.Population.Select(population => (population.Code.Coding.Single().Code, population.Count)).ShouldBe([("denominator", 4)]);
        var withheld = reports[2].Group.Single();
        (withheld.Population.Count, withheld.MeasureScore.Value).ShouldBe((0, null));
        JsonSerializer.Serialize(reports[2], R4.Json).ShouldContain("too_few_raters");
    }

    [Fact]
    public async Task A_bundle_comes_in_parts_whose_links_lead_to_its_end()
    {
        await portal.Know(Enumerable.Range(0, 5).Select(number => Interview("paged", $"tam-{number}", Answer.Of(5))));
        List<string> ids = [];
        for (var next = "/api/v1/fhir/QuestionnaireResponse?programme=paged&team=nord&limit=2"; next is not null;)
        {
            var bundle = await Get<Bundle>(next);
            ShouldBeValid(bundle);
            ids.AddRange(bundle.Entry.Select(entry => ((QuestionnaireResponse)entry.Resource).Identifier.Value));
            next = bundle.Link.SingleOrDefault(link => link.Relation == "next")?.Url;
        }

        ids.ShouldBe(["tam-0", "tam-1", "tam-2", "tam-3", "tam-4"]);
    }

    [Fact]
    public async Task The_examples_of_the_description_are_valid_too()
    {
        var description = JsonNode.Parse(await portal.Client.GetStringAsync("/openapi/v1.json", Cancelled))!;
        var examples = (
            from path in description["paths"]!.AsObject()
            where path.Key.Contains("/fhir/", StringComparison.Ordinal)
            from operation in path.Value!.AsObject()
            from content in new[] { operation.Value!["requestBody"]?["content"]?[R4.ContentType], operation.Value["responses"]!["200"]?["content"]?[R4.ContentType] }.OfType<JsonNode>()
            from example in content["examples"]?.AsObject().Select(one => one.Value!["value"]!) ?? [content["example"]!]
            select example).ToList();
        examples.Count.ShouldBe(6);
        foreach (var example in examples)
            ShouldBeValid(JsonSerializer.Deserialize<Resource>(example, R4.Json)!);
    }

    [Fact]
    public void The_specification_finds_what_is_wrong() => Specification.Value.Validate(new MeasureReport { Status = MeasureReport.MeasureReportStatus.Complete }).Success.ShouldBeFalse();

    static void ShouldBeValid(Resource resource) =>
        // Extensions of ours are in no specification; that is a warning.
        Specification.Value.Validate(resource).Issue
            .Where(issue => issue.Severity is OperationOutcome.IssueSeverity.Error or OperationOutcome.IssueSeverity.Fatal).Select(issue => issue.ToString()).ShouldBeEmpty();

    async Task<T> Get<T>(string address) where T : Resource
    {
        using var answer = await portal.Client.GetAsync(address, Cancelled);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/fhir+json");
        return JsonSerializer.Deserialize<T>(await answer.Content.ReadAsStringAsync(Cancelled), R4.Json)!;
    }

    Task<HttpResponseMessage> Submit(string programme, Resource resource) => Submit(programme, JsonSerializer.Serialize(resource, R4.Json));

    async Task<HttpResponseMessage> Submit(string programme, string document)
    {
        using var content = new StringContent(document, Encoding.UTF8, "application/fhir+json");
        return await portal.Client.PostAsync($"/api/v1/fhir/QuestionnaireResponse?programme={programme}", content, Cancelled);
    }

    /// <summary>An interview of family c-1 by v-1 with twenty of twenty-six answers in the top category, changed.</summary>
    static string Document(Action<JsonObject> change)
    {
        var answers = Enumerable.Range(1, 28).Select(item => item switch { 9 => """{ "linkId": "9" }""", 20 => """{ "linkId": "20", "answer": [{ "valueCoding": { "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "not-applicable" } }] }""", _ => $$"""{ "linkId": "{{item}}", "answer": [{ "valueInteger": {{(item > 22 ? 3 : 5)}} }] }""" });
        var document = JsonNode.Parse($$"""
            {
              "resourceType": "QuestionnaireResponse", "language": "sv", "identifier": { "value": "{{Guid.CreateVersion7()}}" }, "questionnaire": "urn:fidelity:instrument:tam-r|1",
              "status": "completed", "subject": { "identifier": { "value": "c-1" } }, "authored": "2026-03-18", "author": { "identifier": { "value": "v-1" } },
              "extension": [{ "url": "urn:fidelity:extension:mode", "valueCode": "phone" }, { "url": "urn:fidelity:extension:interpreter", "valueBoolean": false }],
              "item": [{{string.Join(",", answers)}}, { "linkId": "score" }]
            }
            """)!.AsObject();
        change(document);
        return document.ToJsonString();
    }

    /// <summary>What an interview rests on, as the portal knows it from what was submitted. No owner answers here, so each waits a while, and is submitted once.</summary>
    async Task Found()
    {
        if (await Kept() > 0)
            return;
        await Record("teams", """{ "team_id": "nord", "name": "Team Nord", "profile": "mst@1", "opened": "2026-01-01", "pir_start_month": 1 }""");
        await Task.WhenAll(
            Record("posts", """{ "staff_id": "t-1", "team_id": "nord", "role": "therapist", "from": "2026-01-01" }"""),
            Record("posts", """{ "staff_id": "v-1", "team_id": "nord", "role": "interviewer", "from": "2026-01-01" }"""));
        await Record("cases", """{ "case_id": "c-1", "team_id": "nord", "therapist_id": "t-1", "started": "2026-02-01" }""");
    }

    async Task Record(string address, string document)
    {
        using var content = new StringContent(document, Encoding.UTF8, "application/json");
        using var answer = await portal.Client.PostAsync($"/api/v1/{address}?programme={Own}", content, Cancelled);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync(Cancelled));
    }

    /// <summary>An interview whose first answers are these, then fives up to the twentieth of what is left of 26, and threes.</summary>
    static TamInterviewScored Interview(string programme, string id, params Answer[] first)
    {
        var answers = first.Concat(Enumerable.Range(first.Length, 28 - first.Length).Select(at => Answer.Of(at < 22 ? 5 : 3))).ToList();
        return new(1, programme, "nord", "c-1", new(
            id, new(2026, 3, 18), "v-1", "t-1", InterviewMode.Phone, "sv", false, answers, Scoring.Score(Instruments.TamR, answers), Independent: true, Withdrawn: false,
            OutsideCase: false, Completes: null));
    }
}
