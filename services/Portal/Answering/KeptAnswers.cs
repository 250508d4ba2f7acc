using Fidelity.Measurement;

namespace Fidelity.Portal.Answering;

/// <summary>Keeps what the script of a form sends while it is filled in; the form itself saves the same without it.</summary>
static class KeptAnswers
{
    /// <param name="others">What the form asks beside the items, by column.</param>
    public static async Task<IResult> Keep(
        Drafts drafts, Draft draft, InstrumentDefinition definition, IReadOnlyList<string> others, IFormCollection sent, string by, CancellationToken stopping)
    {
        var given = FilledIn.Of(sent, definition, others);
        return await drafts.Save(draft.Id, given, by, stopping) ? Kept(draft.Content, given, definition) : Results.Conflict();
    }

    /// <summary>Says how far a form has come with what was kept beside what was there.</summary>
    public static IResult Kept(IReadOnlyDictionary<string, string> content, IReadOnlyDictionary<string, string> given, InstrumentDefinition definition) =>
        Results.Json(new Progress(FilledIn.Answered(given.Concat(content).DistinctBy(field => field.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal), definition)), ApiJson.Options);

    /// <param name="Answered">How many items have an answer now.</param>
    sealed record Progress(int Answered);
}
