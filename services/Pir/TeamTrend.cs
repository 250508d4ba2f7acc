using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Marten;

namespace Fidelity.Pir;

public sealed record TrendCalculated(
    string Programme, string TeamId, string Profile, long Position, DateOnly AsOf, IReadOnlyList<MonthlyMean> Adherence,
    IReadOnlyList<MonthlyShare> AdherenceAbove, IReadOnlyList<MonthlyShare> TamCompleted)
{
    /// <summary>Where phases of the charts begin, as <see cref="Baseline"/> has it.</summary>
    public IReadOnlyList<PhaseStart> Phases { get; init; } = [];

    public bool Agrees(TrendCalculated other) =>
        Profile == other.Profile && Phases.SequenceEqual(other.Phases) && Adherence.SequenceEqual(other.Adherence)
        && AdherenceAbove.SequenceEqual(other.AdherenceAbove) && TamCompleted.SequenceEqual(other.TamCompleted);
}

/// <summary>One team's monthly figures (measurement.md §5).</summary>
public sealed record TeamTrend
{
    public string Id { get; set; } = "";

    public TrendCalculated? Latest { get; init; }

    public TeamTrend Apply(TrendCalculated happened) => this with { Latest = happened };

    public static TeamTrend? Of(TrendCalculated? newest) => newest is null ? null : new() { Latest = newest };

    /// <summary>What the facts say of the months now; those up to a frozen day stand as they were (<see cref="FrozenFigures"/>).</summary>
    /// <param name="before">The months as they were computed last.</param>
    /// <param name="frozen">Null: none is frozen.</param>
    /// <param name="lastDay">Today, or the last day of a team that was closed.</param>
    public static TrendCalculated Compute(
        TrendCalculated? before, DateOnly? frozen, TeamChanged team, ProgrammeProfile profile, TeamFacts facts, long position, DateOnly today, DateOnly lastDay)
    {
        // A series without a month that is frozen begins where the facts do. Any other goes on after it, over gaps too.
        var after = frozen is { } day ? new DateOnly(day.Year, day.Month, 1).AddMonths(1) : default;
        DateOnly? from = before?.Adherence.Any(month => month.Month < after) == true ? after : null;
        return new(
            team.Programme, team.TeamId, profile.Id, position, today,
            Joined(before?.Adherence, Trend.Adherence(profile, facts.Interviews, lastDay, from), month => month.Month),
            Joined(before?.AdherenceAbove, Trend.AdherenceAbove(profile, facts.Interviews, lastDay, from), month => month.Month),
            Joined(before?.TamCompleted, Trend.TamCompleted(facts.TamOpportunities, lastDay), month => month.Month));

        IReadOnlyList<T> Joined<T>(IReadOnlyList<T>? before, IReadOnlyList<T> now, Func<T, DateOnly> month) =>
            [.. (before ?? []).Where(one => month(one) < after), .. now.Where(one => month(one) >= after)];
    }

    /// <summary>The trend after a computation; an event only when a figure changed, and not by what was known less far.</summary>
    public static (TeamTrend State, IReadOnlyList<object> Events) Calculate(TeamTrend? known, TrendCalculated calculated)
    {
        var trend = known ?? new TeamTrend();
        calculated = calculated with { Phases = trend.Latest?.Phases ?? [] };
        return trend.Latest?.Agrees(calculated) == true || trend.Latest?.Position > calculated.Position
            ? (trend, [])
            : (trend.Apply(calculated), [calculated]);
    }

    /// <summary>The trend when a baseline was changed: the same figures, with other phases.</summary>
    public static (TrendCalculated State, IReadOnlyList<object> Events) Rebase(TrendCalculated latest, IReadOnlyList<PhaseStart> phases)
    {
        var rebased = latest with { Phases = phases };
        return latest.Agrees(rebased) ? (latest, []) : (rebased, [rebased]);
    }

    public static string StreamKey(InstallationKeys keys, string programme, string team) => keys.Stream("trend", programme, team);

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<TrendCalculated>("trend_calculated");
        options.Projections.LiveStreamAggregation<TeamTrend>();
    }
}
