using Fidelity.Portal.Access;
using Fidelity.Portal.Answering;
using Fidelity.Portal.LoggingAccess;

namespace Fidelity.Portal.Rating;

/// <summary>Keeps a rater's answer as it is given, for the form's script.</summary>
static class SavingSurvey
{
    public static void AddRating(this WebApplicationBuilder builder) => builder.Services.AddSingleton<OwnSurveys>();

    public static void MapRating(this IEndpointRouteBuilder pages) =>
        pages.MapPost("/surveys/{id:guid}/saved", Save).For(Purpose.Rate).WithMetadata(new Unlogged());

    static async Task<IResult> Save(Guid id, IFormCollection sent, OwnSurveys surveys, Drafts drafts, CurrentVisitor visitor, CancellationToken stopping)
    {
        var rater = (await visitor.Get())!.Holder;
        return await surveys.Open(id, rater, await visitor.Reach(Purpose.Rate), stopping) is { } form
            ? await KeptAnswers.Keep(drafts, form.Draft, form.Definition, [], sent, rater, stopping)
            : Results.NotFound();
    }
}
