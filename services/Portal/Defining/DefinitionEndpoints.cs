using System.ComponentModel;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Describing;
using Fidelity.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fidelity.Portal.Defining;

/// <summary>How the numbers are made, over HTTP: instruments and programme profiles, each with its source and status.</summary>
static class DefinitionEndpoints
{
    const string Tag = "Definitions";

    public static void MapDefinitions(this IEndpointRouteBuilder api)
    {
        api.MapGet("/instruments", () => Results.Json(Instruments.All.Select(InstrumentShown.Of), ApiJson.Options)).For(Purpose.Enter)
            .WithName("listInstruments").WithTags(Tag).WithSummary("List the instrument definitions")
            .WithDescription(
                "A released version never changes; another key is another version. The texts of items belong to their licence holder and are never here.")
            .Answers(StatusCodes.Status200OK, "Every definition.",
                (IReadOnlyList<InstrumentShown>)[InstrumentShown.Of(Instruments.TamR), InstrumentShown.Of(Instruments.Cam)]);
        api.MapGet("/instruments/{id}", Instrument).For(Purpose.Enter)
            .WithName("getInstrument").WithTags(Tag).WithSummary("Show an instrument definition")
            .WithDescription("Everything that turns answers into a score, and how surely each part of it is known.")
            .Answers(StatusCodes.Status200OK, "The definition.", InstrumentShown.Of(Instruments.TamR))
            .Refuses(NoInstrument);
        api.MapGet("/profiles", () => Results.Json(Profiles.All.Select(ProfileShown.Of), ApiJson.Options)).For(Purpose.Enter)
            .WithName("listProfiles").WithTags(Tag).WithSummary("List the programme profiles")
            .WithDescription("A profile says what is measured, against which targets and by which instruments. A released version never changes.")
            .Answers(StatusCodes.Status200OK, "Every profile.", (IReadOnlyList<ProfileShown>)[ProfileShown.Of(Profiles.Mst)]);
        api.MapGet("/profiles/{id}", Profile).For(Purpose.Enter)
            .WithName("getProfile").WithTags(Tag).WithSummary("Show a programme profile")
            .WithDescription("Its measures in the order in which they are shown, and the instruments that fill them.")
            .Answers(StatusCodes.Status200OK, "The profile.", ProfileShown.Of(Profiles.Mst))
            .Refuses(NoProfile);
    }

    static IResult Instrument([Description("The definition's name and version, such as tam-r@1.")] string id) =>
        Instruments.Find(id) is { } definition ? Results.Json(InstrumentShown.Of(definition), ApiJson.Options) : NoInstrument;

    static IResult Profile([Description("The profile's name and version, such as mst@1.")] string id) =>
        Profiles.Find(id) is { } profile ? Results.Json(ProfileShown.Of(profile), ApiJson.Options) : NoProfile;

    static ProblemHttpResult NoInstrument => None("instrument", Instruments.All.Select(definition => definition.Id));

    static ProblemHttpResult NoProfile => None("profile", Profiles.All.Select(profile => profile.Id));

    static ProblemHttpResult None(string what, IEnumerable<string> known) => Problems.Of(StatusCodes.Status404NotFound, ErrorCodes.UnknownReference,
        $"There is no such {what}. Those there are: {string.Join(", ", known)}.");
}
