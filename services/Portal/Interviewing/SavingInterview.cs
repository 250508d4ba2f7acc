using Fidelity.Portal.Access;
using Fidelity.Portal.Answering;
using Fidelity.Portal.LoggingAccess;

namespace Fidelity.Portal.Interviewing;

/// <summary>Keeps an answer as it is given, for the form's script. The form saves the same without it.</summary>
static class SavingInterview
{
    public static void MapInterviewing(this IEndpointRouteBuilder pages) =>
        // The one who opened the form is in the log; each key that is pressed need not be.
        pages.MapPost("/interviews/{id:guid}/saved", Save).For(Purpose.Interview).WithMetadata(new Unlogged());

    static async Task<IResult> Save(Guid id, IFormCollection sent, HoldInterview interviews, Drafts drafts, CurrentVisitor visitor, CancellationToken stopping) =>
        await interviews.Open(id, await visitor.Reach(Purpose.Interview), stopping) is { } form
            ? await KeptAnswers.Keep(drafts, form.Draft, form.Definition, InterviewForm.Columns, sent, (await visitor.Get())!.Holder, stopping)
            : Results.NotFound();
}
