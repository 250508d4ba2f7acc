using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// What day it is where the teams work. FIDELITY_TODAY holds it still, for demonstrations and tests; sign-in, retries
/// and event timestamps follow the real clock all the same.
/// </summary>
public sealed class BusinessCalendar(TimeProvider clock, DateOnly? heldAt)
{
    static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm");

    public BusinessCalendar(TimeProvider clock, IConfiguration configuration) : this(clock, HeldAt(configuration["FIDELITY_TODAY"]))
    {
    }

    public DateOnly Today => heldAt ?? DateOnly.FromDateTime(There);

    /// <summary>The moment on the clocks there: of the day that is held still, the real time of day.</summary>
    public DateTime Now => Today.ToDateTime(TimeOnly.FromDateTime(There));

    /// <summary>A moment in UTC, on the clocks there.</summary>
    public static DateTime At(DateTime utc) => TimeZoneInfo.ConvertTimeFromUtc(utc, Zone);

    DateTime There => At(clock.GetUtcNow().UtcDateTime);

    static DateOnly? HeldAt(string? value) =>
        string.IsNullOrWhiteSpace(value) ? null
        : DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw new InvalidOperationException($"FIDELITY_TODAY is '{value}'; write a date as yyyy-mm-dd.");
}
