using System.Text.Json;
using Fidelity.Contracts.Pir;
using Fidelity.Measurement;
using Fidelity.Pir.Computing;
using Fidelity.Pir.Publishing;
using Fidelity.ServiceDefaults;

namespace Fidelity.Pir.Restating;

/// <summary>Recomputes a review that was presented from its position, and says what today's records say otherwise.</summary>
sealed class ReviewExamination(EventWriter store, PastFacts past, InstallationKeys keys)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Whether the figures that were presented come out the same again, to the bit.</summary>
    public async Task<Reproduction> Reproduce(string programme, string team, string period, CancellationToken stopping)
    {
        if (await Presented(programme, team, period, stopping) is not { } presented)
            return Reproduction.NotPresented;
        if ((await store.Read<FrozenFigures>(FrozenFigures.StreamKey(keys, programme, team), stopping))?.Through >= presented.From)
            return Reproduction.Frozen;
        var known = (await past.At(programme, team, [presented.Position], stopping)).Single();
        var again = ReviewCalculated.Of(presented.Days(known.Team!.PirStartMonth), known, Profiles.Find(presented.Profile)!, presented.AsOf);
        return Written(again) == Written(presented) ? Reproduction.Identical : Reproduction.Different;
    }

    /// <summary>Every measure that would be another today, with the records that make it so; none when the review is not presented.</summary>
    public async Task<IReadOnlyList<MeasureDifference>> Compare(string programme, string team, string period, CancellationToken stopping)
    {
        if (await Presented(programme, team, period, stopping) is not { } presented)
            return [];
        var today = await Today(programme, team, period, stopping);
        var shown = presented.Told().Measures.Zip(today.Told().Measures).Where(measures => measures.First != measures.Second).ToList();
        if (shown is [])
            return [];
        var known = await past.At(programme, team, [presented.Position, today.Position], stopping);
        var (then, now) = (Basis(presented, known[0]), Basis(today, known[1]));
        return
        [
            .. shown.Select(measures => new MeasureDifference(
                measures.First, measures.Second, BasisChanges.Between(then.Of(measures.First.Measure), now.Of(measures.First.Measure)))),
        ];
    }

    public async Task<ReviewCalculated> Today(string programme, string team, string period, CancellationToken stopping) =>
        (await store.Read<Review>(keys.Stream("pir", programme, team, period), stopping))!.Latest!;

    async Task<ReviewCalculated?> Presented(string programme, string team, string period, CancellationToken stopping) =>
        await store.Read<ReviewSignOff>(ReviewSignOff.StreamKey(keys, programme, team, period), stopping) is { PresentedAt: not null, Pinned.Figures: var figures }
            ? figures : null;

    static PeriodBasis Basis(ReviewCalculated review, FactsOfTeam known) =>
        new(Profiles.Find(review.Profile)!, review.Days(known.Team!.PirStartMonth), known.Facts, review.AsOf);

    /// <summary>What had been shown of SAM and CAM by then is no computation.</summary>
    static string Written(ReviewCalculated review) => JsonSerializer.Serialize(review with { Shown = [] }, Json);
}
