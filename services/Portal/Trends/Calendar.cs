namespace Fidelity.Portal.Trends;

static class Calendar
{
    /// <summary>The first day of every month from one to another, both included.</summary>
    public static IEnumerable<DateOnly> Months(DateOnly first, DateOnly last)
    {
        for (var month = first; month <= last; month = month.AddMonths(1))
            yield return month;
    }
}
