using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Marten;

namespace Fidelity.Pir;

public sealed record FiguresFrozen(DateOnly Through);

/// <summary>
/// Up to which day a team's figures rest on a case that has been erased. They can no longer be computed, so those of that time stand as
/// they were: every period that began by then, and every month (measurement.md §7).
/// </summary>
public sealed record FrozenFigures
{
    public string Id { get; set; } = "";

    public DateOnly? Through { get; init; }

    public FrozenFigures Apply(FiguresFrozen happened) => this with { Through = happened.Through };

    /// <summary>The last day on which a case bears on figures; null when it bears on none.</summary>
    public static DateOnly? LastDay(TeamFacts facts, string caseId) => new[]
    {
        facts.Cases.Where(known => known.Id == caseId).Max(known => known.Discharged ?? known.Started as DateOnly?),
        facts.Interviews.Where(interview => interview.Case == caseId).Max(interview => (DateOnly?)interview.Date),
        facts.TamOpportunities.Where(due => due.Case == caseId).Max(due => (DateOnly?)due.Opportunity.Due),
    }.Max();

    /// <summary>Freezes what a case bears on, up to the end of the last period that is over: the one that runs goes on without the case.</summary>
    /// <param name="lastDay">The last day on which the case bears on figures.</param>
    /// <param name="ended">The last day of the last period that is over; null when none is.</param>
    public static (FrozenFigures State, IReadOnlyList<object> Events) Freeze(FrozenFigures? known, DateOnly lastDay, DateOnly? ended)
    {
        var state = known ?? new FrozenFigures();
        if (ended is not { } end)
            return (state, []);
        var frozen = new FiguresFrozen(lastDay < end ? lastDay : end);
        return state.Through >= frozen.Through ? (state, []) : (state.Apply(frozen), [frozen]);
    }

    /// <summary>A review as it is computed now; of a period that is frozen, as it was computed last: it alone goes on in its life.</summary>
    public static ReviewCalculated Standing(ReviewCalculated? before, ReviewCalculated now, DateOnly? through) =>
        before is null || !(now.From <= through) ? now : before with { State = now.State, Position = now.Position, AsOf = now.AsOf };

    public static string StreamKey(InstallationKeys keys, string programme, string team) => keys.Stream("frozen", programme, team);

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<FiguresFrozen>("figures_frozen");
        options.Projections.LiveStreamAggregation<FrozenFigures>();
    }
}
