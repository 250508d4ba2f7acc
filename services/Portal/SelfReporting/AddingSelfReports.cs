using Fidelity.Portal.Answering;
using Fidelity.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;

namespace Fidelity.Portal.SelfReporting;

static class AddingSelfReports
{
    public static void AddSelfReporting(this WebApplicationBuilder builder) => builder.Services.AddSingleton<SelfReports>();

    /// <summary>Keeps an answer as it is given, for the form's script. Whoever sends the code proves by it that the form is theirs to send.</summary>
    public static void MapSelfReporting(this IEndpointRouteBuilder pages) =>
        pages.MapPost(SelfReportLinks.Saved, Save).AllowAnonymous().DisableAntiforgery();

    static async Task<IResult> Save(
        [FromQuery] string? code, IFormCollection sent, SelfReports reports, BusinessCalendar calendar, CancellationToken stopping)
    {
        if (SelfReportCode.Read(code) is not { } read || await reports.Find(read, stopping) is not { } opened)
            return Results.NotFound();
        if (opened.State(calendar.Today) != SelfReportState.Open)
            return Results.Conflict();
        var given = FilledIn.Of(sent, opened.Definition, []);
        return await reports.Save(opened.Report.Id, given, stopping) ? KeptAnswers.Kept(opened.Report.Content, given, opened.Definition) : Results.Conflict();
    }
}
