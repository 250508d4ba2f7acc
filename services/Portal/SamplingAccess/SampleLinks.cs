using System.Globalization;
using Fidelity.Portal.Figures;

namespace Fidelity.Portal.SamplingAccess;

/// <summary>Where the pages about samples are. The programme stands in the address, and so in the log of who looked and judged.</summary>
static class SampleLinks
{
    public const string All = "/access/log/samples";

    public static string To(string month, string? programme) => programme is null ? $"{All}/{month}" : $"{All}/{month}/{programme}";

    public static string To(LogSampleDrawn drawn) => To(Dates.MachineMonth(drawn.Month), drawn.Programme);

    public static DateOnly? Month(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) ? month : null;
}
