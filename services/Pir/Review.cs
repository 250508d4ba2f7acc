using Fidelity.Contracts.Pir;
using Fidelity.Measurement;
using Marten;

namespace Fidelity.Pir;

public sealed record ReviewCalculated(
    string Programme, string TeamId, string Period, DateOnly From, DateOnly To, ReviewState State, string Profile, long Position,
    DateOnly AsOf, DateOnly? DataTo, int Closed, int FullCourse, IReadOnlyList<MeasureResult> Measures)
{
    /// <summary>Whether the two say the same of the period; where and when they were computed aside.</summary>
    public bool Agrees(ReviewCalculated other) =>
        this with { Position = other.Position, AsOf = other.AsOf, Measures = other.Measures } == other && Measures.SequenceEqual(other.Measures);
}

/// <summary>One team's review of one period (measurement.md §7): provisional while the period runs, then refreshed.</summary>
public sealed record Review
{
    public string Id { get; set; } = "";

    public ReviewCalculated? Latest { get; init; }

    public Review Apply(ReviewCalculated happened) => this with { Latest = happened };

    /// <summary>The review after a computation; an event only when something in it changed.</summary>
    public static (Review State, IReadOnlyList<object> Events) Calculate(Review? known, ReviewCalculated calculated)
    {
        var review = known ?? new Review();
        return review.Latest?.Agrees(calculated) == true ? (review, []) : (review.Apply(calculated), [calculated]);
    }

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<ReviewCalculated>("review_calculated");
        options.Projections.LiveStreamAggregation<Review>();
    }
}
