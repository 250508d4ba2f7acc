using System.ComponentModel;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Describing;
using Fidelity.Portal.Listing;
using Fidelity.Portal.Reviews;
using Fidelity.Portal.Submitting;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fidelity.Portal.Interchanging;

/// <summary>Instruments, interviews, surveys and measures as resources of FHIR R4.</summary>
static class FhirEndpoints
{
    const string Tag = "FHIR";
    const string ExampleRoot = "https://fidelity.example.org/api/v1/fhir";
    static readonly Guid ExampleId = new("5d0f6c1e-9a57-4b0e-8f3d-2c7b1a90e644");

    public static void AddInterchanging(this WebApplicationBuilder builder) => builder.Services.AddSingleton<InterviewResponses>();

    public static void MapInterchanging(this IEndpointRouteBuilder api)
    {
        api.MapGet("/fhir/Questionnaire", (HttpContext context) => R4.Answer(R4.Found(Instruments.All.Select(Questionnaires.Of), Root(context)))).For(Purpose.Enter)
            .WithName("listQuestionnaires").WithTags(Tag).WithSummary("List the instruments as Questionnaires")
            .WithDescription("A Bundle. Link ids are the numbers of items; items have no texts, which belong to their licence holder. Read-only items `score` and `score.SUBSCALE` are computed.")
            .AnswersFhir(StatusCodes.Status200OK, "Every instrument definition.", R4.Found([Questionnaires.Of(Instruments.TamR)], ExampleRoot));
        api.MapGet("/fhir/Questionnaire/{id}", Questionnaire).For(Purpose.Enter)
            .WithName("getQuestionnaire").WithTags(Tag).WithSummary("Show an instrument as a Questionnaire")
            .WithDescription("By name and version, with a hyphen between: `tam-r-1`.")
            .AnswersFhir(StatusCodes.Status200OK, "The definition.", Questionnaires.Of(Instruments.Cam))
            .Refuses(NoQuestionnaire);
        api.MapGet("/fhir/QuestionnaireResponse", Responses).For(Purpose.SeeScores)
            .WithName("listQuestionnaireResponses").WithTags(Tag).WithSummary("List a team's interviews as QuestionnaireResponses")
            .WithDescription(
                "A Bundle of every TAM interview as it stands, corrections applied, with its score; a withdrawn one is `entered-in-error`. The `subject` is there for who may see the "
                + "family too. What one rater answered in a survey is shown to nobody, so surveys come in here and do not go out.")
            .Requires("team")
            .AnswersFhir(StatusCodes.Status200OK, "The interviews, by id.", R4.Found([Example], ExampleRoot))
            .InParts()
            .Refuses(Problems.OfParameter(ReviewEndpoints.NoTeam, StatusCodes.Status400BadRequest))
            .Refuses(Problems.OfParameter(Programme.Fault("Nord")!));
        api.MapPost("/fhir/QuestionnaireResponse", ([Description(Programme.Meaning)] string? programme, HttpContext context, SubmitRecord record, CurrentVisitor visitor) =>
                record.Submit(SubmittedResponse.Read, programme, context, visitor)).For(Purpose.SubmitRecords)
            .WithName("submitQuestionnaireResponse").WithTags(Tag).WithSummary("Submit an interview or a survey as a QuestionnaireResponse")
            .WithDescription(
                "By its `questionnaire` it is a TAM interview, a SAM or a CAM, and is judged exactly as at `/tam-interviews`, `/sam-surveys` and `/cam-surveys`. `identifier` is your own id; "
                + "`authored` is the day; of an interview, `subject` is the family, `author` the interviewer (left out for self-report) and the extensions `mode` and `interpreter` say how it was held; of a "
                + "survey, `subject` is who is rated, `author` the rater and the extension `team` the team. References are by identifier. A score that comes along has to be the one that the answers make: another one is refused and "
                + "named. An element that has no place here is refused, too.")
            .Requires("programme")
            .TakesFhir(("interview", Interview), ("survey", Survey))
            .Answers(StatusCodes.Status200OK, "Recorded. A repeat is answered as the first time.",
                new SubmissionShown(ExampleId, SubmissionState.Recorded, $"/api/v1/submissions/{ExampleId}", null, []))
            .Answers(StatusCodes.Status202Accepted, "Kept, and still being recorded.",
                new SubmissionShown(ExampleId, SubmissionState.Accepted, $"/api/v1/submissions/{ExampleId}", null, []))
            .Says(StatusCodes.Status202Accepted, "Location", "Where to ask what became of it.")
            .Refuses(Problems.OfStatus(StatusCodes.Status400BadRequest))
            .Refuses(Problems.OfStatus(StatusCodes.Status413PayloadTooLarge))
            .Refuses(Problems.OfStatus(StatusCodes.Status415UnsupportedMediaType))
            .Refuses(Problems.Of([new(ErrorCodes.Inconsistent, "/item/28", null, "The score that came along is not that of the answers. By tam-r@1 they make 0.961538. Correct the answers, or leave the score out.")]));
        api.MapGet("/fhir/MeasureReport", Measures).For(Purpose.FollowTeam)
            .WithName("listMeasureReports").WithTags(Tag).WithSummary("List the measures of reviews as MeasureReports")
            .WithDescription("A Bundle with one summary report for each measure, team and period, as at `/reviews`. What is withheld has the reason and no number.")
            .AnswersFhir(StatusCodes.Status200OK, "The measures, by programme, team, period and the profile's order.", R4.Found([MeasureReports.Of(ExampleReview, ExampleReview.Measures[0], ExampleId)], ExampleRoot))
            .InParts()
            .Refuses(Problems.OfParameter(Programme.Fault("Nord")!));
    }

    static IResult Questionnaire([Description("The definition's name and version with a hyphen between, such as tam-r-1.")] string id) =>
        Instruments.All.FirstOrDefault(definition => R4.IdOf(definition.Id) == id) is { } definition ? R4.Answer(Questionnaires.Of(definition)) : NoQuestionnaire;

    static async Task<IResult> Responses(
        HttpContext context, CurrentVisitor visitor, InterviewResponses interviews, ListParts parts, BusinessCalendar calendar,
        [Description(ReviewEndpoints.OptionalProgramme)] string? programme, [Description("The id of the team.")] string? team,
        [Description(ListParts.LimitMeaning)] int? limit, [Description(ListParts.CursorMeaning)] string? cursor, CancellationToken stopping)
    {
        if (ReviewEndpoints.Fault(programme, teamRequired: true, team) is { } fault)
            return fault;
        var (part, badPart) = parts.Read(context, limit, cursor);
        if (badPart is not null)
            return badPart;
        var (responses, next) = await interviews.Read(
            await visitor.Reach(Purpose.SeeScores), await visitor.Reach(Purpose.SeeCases), programme, team!, calendar.Today, part, stopping);
        return R4.Answer(R4.Found(responses, Root(context), Next(context, parts, next)));
    }

    static async Task<IResult> Measures(
        HttpContext context, CurrentVisitor visitor, ReviewList list, ListParts parts, InstallationKeys keys, [Description(ReviewEndpoints.OptionalProgramme)] string? programme,
        [Description("The id of the team; all teams when left out.")] string? team,
        [Description("The name of the period, such as 2026-H1; all periods when left out.")] string? period,
        [Description(ListParts.LimitMeaning)] int? limit, [Description(ListParts.CursorMeaning)] string? cursor, CancellationToken stopping)
    {
        if (ReviewEndpoints.Fault(programme, teamRequired: false, team) is { } fault)
            return fault;
        var (part, badPart) = parts.Read(context, limit, cursor);
        if (badPart is not null)
            return badPart;
        var (measures, next) = await list.Read(await visitor.Reach(Purpose.FollowTeam), programme, team, period, part, stopping);
        return R4.Answer(R4.Found(measures.Select(measure => MeasureReports.Of(measure.Review, measure.Measure, keys)), Root(context), Next(context, parts, next)));
    }

    static string Root(HttpContext context) => R4.Absolute(context, "/api/v1/fhir");

    static string? Next(HttpContext context, ListParts parts, string[]? place) => place is null ? null : R4.Absolute(context, parts.SayNext(context, place));

    static ProblemHttpResult NoQuestionnaire => Problems.Of(StatusCodes.Status404NotFound, ErrorCodes.UnknownReference,
        $"There is no such Questionnaire. Those there are: {string.Join(", ", Instruments.All.Select(definition => R4.IdOf(definition.Id)))}.");

    static readonly string[] Answers = ["5", "5", "4", "5", "5", "5", "5", "5", "NA", "5", "5", "5", "5", "5", "5", "5", "5", "5", "5", "", "5", "5", "5", "5", "5", "5", "5", "5"];

    /// <summary>What the documents of examples say, without what a portal adds.</summary>
    static QuestionnaireResponse Interview => new()
    {
        Language = "sv", Identifier = R4.Of("main", "interview", "tam-1"), Questionnaire = R4.Canonical("instrument", "tam-r@1"),
        Status = QuestionnaireResponse.QuestionnaireResponseStatus.Completed, Subject = R4.To("Patient", "main", "case", "c-1"), Authored = "2025-03-18",
        Author = R4.To("Practitioner", "main", "staff", "v-1"), Extension = [R4.Also("mode", new Code("phone")), R4.Also("interpreter", new FhirBoolean(false))],
        Item =
        [
            .. Answers.Select((answer, at) => new QuestionnaireResponse.ItemComponent
            {
                LinkId = Questionnaires.LinkOf(at + 1),
                Answer = answer == "" ? [] : [new() { Value = answer == "NA" ? new Coding(R4.AbsentReason, R4.NotApplicable) : new Integer(answer[0] - '0') }],
            }),
            new() { LinkId = Questionnaires.Score, Answer = [new() { Value = new FhirDecimal(0.961538m) }] },
        ],
    };

    static QuestionnaireResponse Example
    {
        get
        {
            var shown = (QuestionnaireResponse)Interview.DeepCopy();
            shown.Id = ExampleId.ToString();
            shown.Extension.Insert(0, R4.Also("team", R4.To("Organization", "main", "team", "nord")));
            shown.Extension.Add(R4.Also("independent", new FhirBoolean(true)));
            return shown;
        }
    }

    static QuestionnaireResponse Survey => new()
    {
        Identifier = R4.Of("main", "survey", "cam-1"), Questionnaire = R4.Canonical("instrument", "cam@1"),
        Status = QuestionnaireResponse.QuestionnaireResponseStatus.Completed, Subject = R4.To("Practitioner", "main", "staff", "k-1"), Authored = "2025-02-04",
        Author = R4.To("Practitioner", "main", "staff", "t-1"), Extension = [R4.Also("team", R4.To("Organization", "main", "team", "nord"))],
        Item = [.. Enumerable.Range(1, Instruments.Cam.Items).Select(item => new QuestionnaireResponse.ItemComponent { LinkId = Questionnaires.LinkOf(item), Answer = [new() { Value = new Integer(5) }] })],
    };

    static Contracts.Pir.ReviewComputed ExampleReview => new(
        1, "main", "nord", "2026-H1", new(2026, 1, 1), new(2026, 6, 30), Contracts.Pir.ReviewState.Refreshed, "mst@1", 4711, new(2026, 7, 1), null, 0, 0,
        [new("completed", MeasureKind.Share, 13 / 15d, 13, 15, 0.6212, 0.9626, ">= 0.85", MeasureStatus.Met)]);
}
