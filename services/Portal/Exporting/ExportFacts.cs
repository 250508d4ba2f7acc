using Fidelity.Portal.Languages;
using Microsoft.Extensions.Localization;

namespace Fidelity.Portal.Exporting;

/// <summary>What pages say of an export.</summary>
static class ExportFacts
{
    /// <summary>What it was narrowed to, in the reader's words.</summary>
    public static string Filters(ExportRequest request, IStringLocalizer<Texts> text)
    {
        var filters = new[] { request.Programme, request.Team, request.Period, request.Measure is { } measure ? text["measure." + measure].Value : null }.OfType<string>().ToList();
        return filters is [] ? text["exports.all"] : string.Join(", ", filters);
    }
}
