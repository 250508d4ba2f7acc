using Fidelity.Contracts.Pir;
using Fidelity.Measurement;
using Fidelity.Pir.Computing;
using Marten;

namespace Fidelity.Pir;

/// <summary>A review as computed, SAM and CAM included: it is for this service alone, see <see cref="RaterProtection"/>.</summary>
public sealed record ReviewCalculated(
    string Programme, string TeamId, string Period, DateOnly From, DateOnly To, ReviewState State, string Profile, long Position,
    DateOnly AsOf, DateOnly? DataTo, int Closed, int FullCourse, IReadOnlyList<MeasureResult> Measures)
{
    /// <summary>What had been shown of SAM and CAM by then.</summary>
    public IReadOnlyList<MeasureResult> Shown { get; init; } = [];

    /// <summary>For which reasons how many cases were closed; none in what was computed before they were kept.</summary>
    public IReadOnlyList<ClosureCount> Closures { get; init; } = [];

    /// <summary>What became of how many interviews that fell due; none in what was computed before they were kept.</summary>
    public IReadOnlyList<OutcomeCount> Interviews { get; init; } = [];

    /// <summary>The period, as the team's first month has it.</summary>
    public Period Days(int startMonth) => Fidelity.Measurement.Period.Parse(Period, startMonth);

    /// <summary>A period as a team's facts have it: a function of the store up to their position, of the profile, and of the day.</summary>
    internal static ReviewCalculated Of(Period period, FactsOfTeam known, ProgrammeProfile profile, DateOnly today)
    {
        var measures = Fidelity.Measurement.Measures.Compute(profile, period, known.Facts, today);
        return new(
            known.Team!.Programme, known.Team.TeamId, period.Name, period.From, period.To,
            today > period.To ? ReviewState.Refreshed : ReviewState.Provisional,
            profile.Id, known.Position, today, known.DataTo(today < period.To ? today : period.To),
            Closed: known.Facts.Cases.Count(known => known.Discharged <= today && period.Contains(known.Discharged.Value)),
            FullCourse: measures.Single(measure => measure.Measure == "completed").Denominator,
            measures)
        {
            Closures = PeriodCounts.Closures(period, known.Facts, today), Interviews = PeriodCounts.Interviews(period, known.Facts, today),
        };
    }

    /// <summary>Whether the two say the same of the period; where and when they were computed aside.</summary>
    public bool Agrees(ReviewCalculated other) =>
        this with { Position = other.Position, AsOf = other.AsOf, Measures = other.Measures, Shown = other.Shown, Closures = other.Closures, Interviews = other.Interviews } == other
        && Measures.SequenceEqual(other.Measures) && Shown.SequenceEqual(other.Shown)
        && Closures.SequenceEqual(other.Closures) && Interviews.SequenceEqual(other.Interviews);
}

/// <summary>Values of SAM and CAM were let out. They stay as they are here, whatever is recorded later (measurement.md §6).</summary>
public sealed record SurveyValuesShown(long Position, DateOnly AsOf, IReadOnlyList<MeasureResult> Measures);

/// <summary>One team's review of one period (measurement.md §7): provisional while the period runs, then refreshed.</summary>
public sealed record Review
{
    public string Id { get; set; } = "";

    public ReviewCalculated? Latest { get; init; }

    public IReadOnlyList<MeasureResult> Shown { get; init; } = [];

    /// <summary>Whether values of SAM and CAM will leave when the records have come to rest.</summary>
    public bool AwaitsRest => Latest is { } latest && RaterProtection.Ready(latest).Count > 0;

    public Review Apply(ReviewCalculated happened) => this with { Latest = happened };

    public Review Apply(SurveyValuesShown happened) => this with { Shown = [.. Shown, .. happened.Measures] };

    /// <summary>The review as its newest computation tells it: each says what had been shown by then.</summary>
    public static Review? Of(ReviewCalculated? newest) => newest is null ? null : new() { Latest = newest, Shown = newest.Shown };

    /// <summary>
    /// The review after a computation; an event only when something in it changed, and not by what was known less far.
    /// </summary>
    /// <param name="known">The review so far.</param>
    /// <param name="calculated">What the facts say now.</param>
    /// <param name="atRest">Whether records have stopped arriving, so that what is shown now is not half of an import.</param>
    public static (Review State, IReadOnlyList<object> Events) Calculate(Review? known, ReviewCalculated calculated, bool atRest)
    {
        var review = known ?? new Review();
        if (review.Latest?.Position > calculated.Position)
            return (review, []);
        var events = new List<object>();
        if (atRest && RaterProtection.Ready(calculated with { Shown = review.Shown }) is { Count: > 0 } ready)
        {
            var shown = new SurveyValuesShown(calculated.Position, calculated.AsOf, ready);
            review = review.Apply(shown);
            events.Add(shown);
        }

        calculated = calculated with { Shown = review.Shown };
        if (review.Latest?.Agrees(calculated) != true)
        {
            review = review.Apply(calculated);
            events.Add(calculated);
        }

        return (review, events);
    }

    /// <summary>The review when its period turns out to lie outside the team's life: it is void, whatever it said.</summary>
    public static (Review? State, IReadOnlyList<object> Events) Void(Review? known, long position, DateOnly today)
    {
        if (known?.Latest is not { State: not ReviewState.Void } latest || latest.Position > position)
            return (known, []);
        var happened = latest with { State = ReviewState.Void, Position = position, AsOf = today, Shown = known.Shown };
        return (known.Apply(happened), [happened]);
    }

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<ReviewCalculated>("review_calculated");
        options.Events.MapEventType<SurveyValuesShown>("survey_values_shown");
        options.Projections.LiveStreamAggregation<Review>();
    }
}
