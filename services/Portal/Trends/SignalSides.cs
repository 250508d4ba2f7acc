using Fidelity.Measurement;

namespace Fidelity.Portal.Trends;

/// <summary>
/// For better or for worse: a rule marks months, and their place against the mean, or the direction of their rise or fall, says
/// which way they point.
/// </summary>
sealed class SignalSides
{
    readonly MonthlyMean[] _points;
    readonly Fraction _mean;
    readonly Dictionary<DateOnly, Side> _sides = [];

    public SignalSides(IReadOnlyList<MonthlyMean> trend, XmRChart chart)
    {
        _points = [.. trend.Where(month => month.Value is not null)];
        _mean = chart.Mean;
        Signals = [.. chart.Signals.SelectMany(Split)];
    }

    /// <summary>Each rule's months, by side.</summary>
    public IReadOnlyList<ChartSignal> Signals { get; }

    /// <summary>The side of a month that any rule marked; worse where rules differ.</summary>
    public Side Of(DateOnly month) => _sides.GetValueOrDefault(month);

    IEnumerable<ChartSignal> Split(Signal signal)
    {
        var rule = signal.Rule.Split('@')[0];
        var marked = signal.Months.ToHashSet();
        var places = Enumerable.Range(0, _points.Length).Where(place => marked.Contains(_points[place].Month)).ToList();
        foreach (var side in new[] { Side.Worse, Side.Better })
        {
            var its = places.Where(place => SideOf(rule, place, marked) == side).ToList();
            foreach (var place in its)
                _sides.TryAdd(_points[place].Month, side);
            if (its.Count > 0)
                yield return new(rule, side, [.. Stretches(its)]);
        }
    }

    Side SideOf(string rule, int place, HashSet<DateOnly> marked)
    {
        if (rule != "trend_of_seven")
            return Value(place) > _mean ? Side.Better : Side.Worse;
        var rises = place + 1 < _points.Length && marked.Contains(_points[place + 1].Month)
            ? Value(place + 1) > Value(place)
            : Value(place) > Value(place - 1);
        return rises ? Side.Better : Side.Worse;
    }

    Fraction Value(int place) => _points[place].Value!.Value;

    /// <summary>Neighbouring points together; a run bridges the months without a value.</summary>
    IEnumerable<(DateOnly First, DateOnly Last)> Stretches(List<int> places)
    {
        var first = places[0];
        for (var i = 0; i < places.Count; i++)
        {
            if (i + 1 < places.Count && places[i + 1] == places[i] + 1)
                continue;
            yield return (_points[first].Month, _points[places[i]].Month);
            if (i + 1 < places.Count)
                first = places[i + 1];
        }
    }
}
