namespace Fidelity.Measurement;

/// <summary>A pattern that chance alone seldom makes. Versioned, and each can be left out of a chart.</summary>
public sealed class SignalRule
{
    readonly Func<IReadOnlyList<Fraction>, Fraction, Fraction, IEnumerable<int>> _marks;

    internal SignalRule(string id, Func<IReadOnlyList<Fraction>, Fraction, Fraction, IEnumerable<int>> marks) => (Id, _marks) = (id, marks);

    /// <summary>Name and version, <c>run_of_seven@1</c>.</summary>
    public string Id { get; }

    /// <summary>The places of the points of the pattern, in order, each once. The lower limit mirrors the upper.</summary>
    internal IEnumerable<int> Marks(IReadOnlyList<Fraction> values, Fraction mean, Fraction upper) =>
        _marks(values, mean, upper).Distinct().Order();
}

/// <summary>The signal rules of measurement.md §5; the points of the pattern are the ones marked.</summary>
public static class SignalRules
{
    const int RunLength = 7;

    /// <summary>A point beyond a limit.</summary>
    public static SignalRule BeyondLimit { get; } = new("beyond_limit@1", (values, mean, upper) =>
        Places(values).Where(i => Fraction.Abs(values[i] - mean) > upper - mean));

    /// <summary>Seven in a row on one side of the mean; a point on the mean breaks a run.</summary>
    public static SignalRule RunOfSeven { get; } = new("run_of_seven@1", (values, mean, _) =>
        Runs([.. values.Select(value => value.CompareTo(mean))], RunLength)
            .SelectMany(run => Enumerable.Range(run.Start, run.Length)));

    /// <summary>Seven points in a row rising or falling: six steps, each strictly beyond the last.</summary>
    public static SignalRule TrendOfSeven { get; } = new("trend_of_seven@1", (values, _, _) =>
        Runs([.. values.Zip(values.Skip(1), (a, b) => b.CompareTo(a))], RunLength - 1)
            .SelectMany(run => Enumerable.Range(run.Start, run.Length + 1)));

    /// <summary>Two of three consecutive points strictly beyond two thirds of the way to the limit, on the same side.</summary>
    public static SignalRule TwoOfThree { get; } = new("two_of_three@1", (values, mean, upper) =>
    {
        var outer = new Fraction(2, 3) * (upper - mean);
        int[] sides = [.. values.Select(value => Fraction.Abs(value - mean) > outer ? value.CompareTo(mean) : 0)];
        return
            from start in Enumerable.Range(0, Math.Max(0, sides.Length - 2))
            from side in new[] { -1, 1 }
            let places = Enumerable.Range(start, 3).Where(i => sides[i] == side).ToList()
            where places.Count >= 2
            from place in places
            select place;
    });

    /// <summary>Every rule.</summary>
    public static IReadOnlyList<SignalRule> All { get; } = [BeyondLimit, RunOfSeven, TrendOfSeven, TwoOfThree];

    static IEnumerable<int> Places(IReadOnlyList<Fraction> values) => Enumerable.Range(0, values.Count);

    /// <summary>Stretches of one and the same sign, none of them zero, at least this long.</summary>
    static IEnumerable<(int Start, int Length)> Runs(IReadOnlyList<int> signs, int atLeast)
    {
        var start = 0;
        for (var end = 1; end <= signs.Count; end++)
        {
            if (end < signs.Count && signs[end] == signs[start])
                continue;
            if (signs[start] != 0 && end - start >= atLeast)
                yield return (start, end - start);
            start = end;
        }
    }
}
