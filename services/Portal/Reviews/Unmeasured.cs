using System.Globalization;
using Fidelity.Contracts.Pir;
using Fidelity.Measurement;
using Fidelity.Portal.Languages;
using Fidelity.Portal.Teams;
using Microsoft.Extensions.Localization;

namespace Fidelity.Portal.Reviews;

/// <summary>What a review has no verdict on, and why; and which interviews were not held. The page and the document say it in the same words.</summary>
static class Unmeasured
{
    public static IEnumerable<string> Of(ReviewComputed review, ProgrammeProfile? profile, IStringLocalizer<Texts> text)
    {
        foreach (var because in review.Measures.GroupBy(measure => ReasonOf(measure, profile, text), measure => text["measure." + measure.Measure].Value, StringComparer.Ordinal))
        {
            if (because.Key is not null)
                yield return $"{because.Key}: {string.Join(", ", because)}";
        }

        var missed = (from outcome in Endings.Order where outcome != OpportunityOutcome.Completed from ending in review.Interviews where ending.Outcome == outcome select ending).ToList();
        if (missed is not [])
        {
            yield return text["not_measured.interviews", missed.Sum(ending => ending.Interviews), review.Interviews.Sum(ending => ending.Interviews)] + ": "
                + string.Join(", ", missed.Select(ending => $"{text["outcome." + Codes.Of(ending.Outcome)].Value.ToLower(CultureInfo.CurrentCulture)} {ending.Interviews}"));
        }
    }

    static string? ReasonOf(MeasureResult measure, ProgrammeProfile? profile, IStringLocalizer<Texts> text)
    {
        var definition = profile?.Measures.FirstOrDefault(definition => definition.Key == measure.Measure);
        return measure switch
        {
            { Withheld: { } withheld } => $"{text["verdict.withheld"]}, {text["withheld." + Codes.Of(withheld), (definition?.RatersToShow).GetValueOrDefault()]}",
            { Denominator: 0 } => text["not_measured.no_records"],
            { Status: MeasureStatus.Insufficient } => text["not_measured.too_few", definition?.Minimum ?? 0],
            _ => null,
        };
    }
}
