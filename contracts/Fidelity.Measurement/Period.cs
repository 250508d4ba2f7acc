using System.Globalization;

namespace Fidelity.Measurement;

/// <summary>
/// A team's PIR period: six calendar months, both days inclusive, in the team's time zone (measurement.md §3). Halves are
/// numbered from the team's start month m: with m = 4, <c>2026-H2</c> is 1 October 2026–31 March 2027.
/// </summary>
public readonly record struct Period
{
    const int Months = 6;

    // Halves since 0001-H1, and the start month counted from 0: every value is a period, default included.
    readonly int _half;
    readonly int _monthsIntoYear;

    Period(int half, int startMonth) => (_half, _monthsIntoYear) = (half, startMonth - 1);

    /// <summary>Year of the first half's start, and the half: <c>2026-H1</c>.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{_half / 2 + 1:0000}-H{_half % 2 + 1}");

    /// <summary>The first day.</summary>
    public DateOnly From => DateOnly.MinValue.AddMonths(_half * Months + _monthsIntoYear);

    /// <summary>The last day.</summary>
    public DateOnly To => From.AddMonths(Months).AddDays(-1);

    /// <summary>The period before this one.</summary>
    /// <exception cref="InvalidOperationException">There is none before 0001-H1.</exception>
    public Period Previous =>
        _half > 0 ? new(_half - 1, _monthsIntoYear + 1) : throw new InvalidOperationException("The calendar begins here.");

    /// <summary>True on every day of the period.</summary>
    public bool Contains(DateOnly date) => From <= date && date <= To;

    /// <summary>The period a date lies in.</summary>
    /// <param name="date">On or after the first start month of the calendar.</param>
    /// <param name="startMonth">The team's PIR start month, 1–12.</param>
    public static Period Containing(DateOnly date, int startMonth)
    {
        RequireMonth(startMonth);
        var months = (date.Year - 1) * 12 + date.Month - startMonth;
        ArgumentOutOfRangeException.ThrowIfNegative(months, nameof(date));
        return new(months / Months, startMonth);
    }

    /// <summary>Reads a name as <see cref="Name"/> writes it.</summary>
    public static bool TryParse(string? name, int startMonth, out Period period)
    {
        RequireMonth(startMonth);
        period = default;
        if (name is not [_, _, _, _, '-', 'H', '1' or '2']
            || !int.TryParse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            || year is < 1 or > 9997) // the last whole period still ends inside the calendar
            return false;
        period = new((year - 1) * 2 + (name[6] - '1'), startMonth);
        return true;
    }

    /// <summary>Reads a name, or throws <see cref="FormatException"/>.</summary>
    public static Period Parse(string name, int startMonth) =>
        TryParse(name, startMonth, out var period) ? period : throw new FormatException($"'{name}' is no period such as 2026-H1.");

    /// <summary>
    /// The periods a team has had or is in, oldest first: those that have begun by today and are not wholly outside its life.
    /// </summary>
    public static IReadOnlyList<Period> All(int startMonth, DateOnly opened, DateOnly? closed, DateOnly today)
    {
        var last = closed < today ? closed.Value : today;
        if (last < opened)
            return [];
        var (first, latest) = (Containing(opened, startMonth)._half, Containing(last, startMonth)._half);
        return [.. Enumerable.Range(first, latest - first + 1).Select(half => new Period(half, startMonth))];
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    static void RequireMonth(int startMonth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(startMonth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(startMonth, 12);
    }
}
