using System.ComponentModel;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Describing;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fidelity.Portal.Submitting;

/// <summary>Submitting records one by one over HTTP, and asking what became of them.</summary>
static class SubmissionEndpoints
{
    const string Tag = "Submissions";

    static readonly Guid Example = new("5d0f6c1e-9a57-4b0e-8f3d-2c7b1a90e644");
    static readonly string ExampleStatus = $"/api/v1/submissions/{Example}";

    public static void AddSubmitting(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SubmitRecord>();
        builder.Services.AddSingleton<Submissions>();
        builder.Services.AddSingleton<Owners>();
        builder.Services.AddSingleton<SubmissionsTable>();
        builder.Services.AddSingleton<AwaitedAnswers>();
        builder.Services.AddHostedService<Resending>();
    }

    public static void MapSubmitting(this IEndpointRouteBuilder api)
    {
        foreach (var address in RecordAddress.All)
        {
            api.MapPost($"/{address.Path}",
                    ([Description(Programme.Meaning)] string? programme, HttpContext context, SubmitRecord record, CurrentVisitor visitor) =>
                        record.Submit(address.Kind, programme, context, visitor))
                .For(Purpose.SubmitRecords)
                .WithName($"submit{address.Name}").WithTags(Tag).WithSummary(address.Summary)
                .WithDescription($"{address.Description}\n\nThe document is judged exactly as a row of `{address.Kind.File}` in an import.")
                .Requires("programme")
                .Takes(address)
                .Answers(StatusCodes.Status200OK, "Recorded. A repeat is answered as the first time.",
                    new SubmissionShown(Example, SubmissionState.Recorded, ExampleStatus, address.IsScored ? ExampleScore : null, []))
                .Answers(StatusCodes.Status202Accepted, "Kept, and still being recorded.",
                    new SubmissionShown(Example, SubmissionState.Accepted, ExampleStatus, null, []))
                .Says(StatusCodes.Status202Accepted, "Location", "Where to ask what became of it.")
                .Refuses(Problems.OfStatus(StatusCodes.Status400BadRequest))
                .Refuses(Problems.OfStatus(StatusCodes.Status413PayloadTooLarge))
                .Refuses(Problems.OfStatus(StatusCodes.Status415UnsupportedMediaType))
                .Refuses(Problems.Of(
                [
                    new(ErrorCodes.MissingValue, RecordDocument.Pointer(address.Kind.Columns[0]), null, Values.Missing.Message),
                    new(ErrorCodes.UnknownColumn, "/colour", null, "This property is not known here. Remove it, or correct its name."),
                ]));
        }

        api.MapGet("/submissions/{id:guid}", Show).For(Purpose.SubmitRecords)
            .WithName("getSubmission").WithTags(Tag).WithSummary("Say what became of a submission")
            .WithDescription(
                "Ask the address that the submission was answered with. A submission that has waited a day for what it rests on is shown as refused, until that comes after all.")
            .Answers(StatusCodes.Status200OK, "Where the submission stands.",
                new SubmissionShown(Example, SubmissionState.Recorded, ExampleStatus, ExampleScore, []))
            .Refuses(Unknown(Example));
    }

    static ScoreShown ExampleScore => ScoreShown.Of(new Score("tam-r@1", 26, 1, 1, new Fraction(24, 26)));

    static async Task<IResult> Show(
        [Description("What the submission was answered with as `submission`.")] Guid id, CurrentVisitor visitor, EventWriter store, TimeProvider clock,
        CancellationToken stopping) =>
        await store.Read<Submission>(Submissions.StreamKey(id), stopping) is { Command: { } command } submission
        && (await visitor.Reach(Purpose.SubmitRecords)).CoversAllOf(command.Programme)
            ? Results.Json(SubmissionShown.Of(id, submission, clock.GetUtcNow()), ApiJson.Options)
            : Unknown(id);

    static ProblemHttpResult Unknown(Guid id) => Problems.Of(StatusCodes.Status404NotFound, ErrorCodes.UnknownReference,
        $"There is no submission {id}. Check the address that the submission was answered with.");
}
