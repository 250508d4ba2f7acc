using Fidelity.Measurement;

namespace Fidelity.Portal.Figures;

/// <summary>What of a measure has not been read in a public primary text, and why (measurement.md, introduction).</summary>
static class Unverified
{
    /// <summary>Sentences in English, as the definitions have them; the texts hold their translations under the same words.</summary>
    public static IReadOnlyList<string> Notes(ProgrammeProfile profile, string measure) =>
    [
        .. profile.Measures
            .Where(definition => definition.Key == measure && definition is { Status: SourceStatus.Unverified, Note.Length: > 0 })
            .Select(definition => definition.Note),
        .. (InstrumentOf(profile, measure)?.Parts ?? []).Where(part => part.Status == SourceStatus.Unverified).Select(part => part.Note),
    ];

    /// <summary>The instrument whose scores fill a measure; completion counts interviews, whatever their scores.</summary>
    public static InstrumentDefinition? InstrumentOf(ProgrammeProfile profile, string measure) => measure switch
    {
        "adherence" or "adherence_above" => profile.Tam,
        "sam_completed" or "cam_completed" => null,
        _ when measure.StartsWith("sam_", StringComparison.Ordinal) => profile.Sam,
        _ when measure.StartsWith("cam_", StringComparison.Ordinal) => profile.Cam,
        _ => null,
    };
}
