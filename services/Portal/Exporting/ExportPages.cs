using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;

namespace Fidelity.Portal.Exporting;

/// <summary>What the pages of exports need besides themselves.</summary>
static class ExportPages
{
    public const string All = "/exports";
    public const string Making = $"{All}/make";

    public static string To(Guid export) => $"{All}/{export}";

    public static string FileOf(Guid export) => $"{To(export)}/file";

    /// <summary>The page with an export chosen, its preview on it.</summary>
    public static string To(string table, ExportProfile profile, string? programme = null, string? team = null, string? period = null)
    {
        var asked = new QueryBuilder { { "table", table }, { "profile", Measurement.Codes.Of(profile) } };
        foreach (var (name, value) in new[] { ("programme", programme), ("team", team), ("period", period) })
        {
            if (value is not null)
                asked.Add(name, value);
        }

        return All + asked;
    }

    /// <summary>What the columns of a table are.</summary>
    public static string CodebookOf(ExportTable table) => $"/api/v1/exports/codebook/{table.Key}";

    public static void MapExportPages(this IEndpointRouteBuilder pages)
    {
        pages.MapPost(Making, Make).For(Purpose.FollowTeam);
        pages.MapGet($"{All}/{{id:guid}}/file", Fetch).For(Purpose.FollowTeam);
    }

    /// <summary>What a form asks for; null for a field that is empty.</summary>
    public static ExportRequest Asked(string? table, string? profile, string? programme, string? team, string? period, string? measure, string? recipient, string name) => new(
        table ?? "", Measurement.Codes.TryParse<ExportProfile>(profile, out var form) ? form : ExportProfile.Excel, Given(programme), Given(team), Given(period), Given(measure), Given(recipient) ?? name);

    static string? Given(string? field) => string.IsNullOrWhiteSpace(field) ? null : field.Trim();

    /// <summary>A small export is answered with its file, a large one with the page that says how far it is.</summary>
    static async Task<IResult> Make(
        HttpContext context, AskingForExports asking, CurrentVisitor visitor, [FromForm] string? table, [FromForm] string? profile, [FromForm] string? programme, [FromForm] string? team,
        [FromForm] string? period, [FromForm] string? measure, [FromForm] string? recipient)
    {
        var request = Asked(table, profile, programme, team, period, measure, recipient, (await visitor.Get())!.Name);
        if (request.Fault() is not null)
            return Results.LocalRedirect(All);
        if ((await asking.Reach(request)).Scopes is [])
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        var export = (await asking.Begin(context, request, position: null))!;
        return export.State == ExportState.Ready ? await asking.File(export, context.RequestAborted) : Results.LocalRedirect(To(export.Id));
    }

    static async Task<IResult> Fetch(Guid id, HttpContext context, AskingForExports asking) =>
        await asking.Find(context, id) is { State: ExportState.Ready } export ? await asking.File(export, context.RequestAborted) : Results.NotFound();
}
