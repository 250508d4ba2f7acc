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
        var content = new Dictionary<string, string>(draft.Content, StringComparer.Ordinal);
        foreach (var (column, value) in given)
            content[column] = value;
        return await drafts.Save(draft.Id, given, by, stopping)
            ? Results.Json(new Kept(FilledIn.Answered(content, definition)), ApiJson.Options)
            : Results.Conflict();
    }

    /// <param name="Answered">How many items have an answer now.</param>
    sealed record Kept(int Answered);
}
