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

    /// <summary>The figures that were presented; null when none were.</summary>
    public async Task<ReviewCalculated?> Presented(string programme, string team, string period, CancellationToken stopping) =>
        await store.Read<ReviewSignOff>(ReviewSignOff.StreamKey(keys, programme, team, period), stopping) is { PresentedAt: not null, Pinned.Figures: var figures }
            ? figures : null;

    /// <summary>Whether the figures come out the same again, to the bit.</summary>
    public async Task<Reproduction> Reproduce(ReviewCalculated presented, CancellationToken stopping)
    {
        if ((await store.Read<FrozenFigures>(FrozenFigures.StreamKey(keys, presented.Programme, presented.TeamId), stopping))?.Through >= presented.From)
            return Reproduction.Frozen;
        var known = (await past.At(presented.Programme, presented.TeamId, [presented.Position], stopping)).Single();
        var again = ReviewCalculated.Of(presented.Days(known.Team!.PirStartMonth), known, Profiles.Find(presented.Profile)!, presented.AsOf);
        return Written(again) == Written(presented) ? Reproduction.Identical : Reproduction.Different;
    }

    /// <summary>The review as it is today, and every measure that is another than when it was presented.</summary>
    public async Task<(ReviewCalculated Today, IReadOnlyList<MeasureDifference> Differences)> Compare(ReviewCalculated presented, CancellationToken stopping)
    {
        var today = (await store.Read<Review>(keys.Stream("pir", presented.Programme, presented.TeamId, presented.Period), stopping))!.Latest!;
        var shown = presented.Told().Measures.Zip(today.Told().Measures).Where(measures => measures.First != measures.Second).ToList();
        if (shown is [])
            return (today, []);
        var known = await past.At(presented.Programme, presented.TeamId, [presented.Position, today.Position], stopping);
        var (then, now) = (Basis(presented, known[0]), Basis(today, known[1]));
        return (today,
        [
            .. shown.Select(measures => new MeasureDifference(
                measures.First, measures.Second,
                RaterProtection.MayLeave(
                    today, measures.Second, BasisChanges.Between(then.Of(measures.First.Measure), now.Of(measures.First.Measure))))),
        ]);
    }

    static PeriodBasis Basis(ReviewCalculated review, FactsOfTeam known) =>
        new(Profiles.Find(review.Profile)!, review.Days(known.Team!.PirStartMonth), known.Facts, review.AsOf);

    /// <summary>What had been shown of SAM and CAM by then is no computation.</summary>
    static string Written(ReviewCalculated review) => JsonSerializer.Serialize(review with { Shown = [] }, Json);
}
