using System.Globalization;
using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Figures;

/// <summary>How dates are written: with the month in letters, so that no reader takes it for the day.</summary>
static class Dates
{
    public static string Day(DateOnly date) => date.ToString("d MMM yyyy", CultureInfo.CurrentCulture);

    /// <summary>Of a day so near that its year goes without saying.</summary>
    public static string ShortDay(DateOnly date) => date.ToString("d MMM", CultureInfo.CurrentCulture);

    /// <summary>Of a moment in UTC, on the teams' clocks.</summary>
    public static string Clock(DateTime utc) => BusinessCalendar.At(utc).ToString("d MMM HH:mm", CultureInfo.CurrentCulture);

    public static string Month(DateOnly date) => date.ToString("MMM yyyy", CultureInfo.CurrentCulture);

    /// <summary>A moment, in UTC and the same in every language.</summary>
    public static string Moment(DateTime utc) => utc.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A moment to the second, as the access log has it.</summary>
    public static string Second(DateTime utc) => utc.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Machine(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string MachineMonth(DateOnly date) => date.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}
