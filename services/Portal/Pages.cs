using Fidelity.Portal.Access;
using Fidelity.Portal.Comparing;
using Fidelity.Portal.Explaining;
using Fidelity.Portal.Exporting;
using Fidelity.Portal.Extracting;
using Fidelity.Portal.Following;
using Fidelity.Portal.Importing;
using Fidelity.Portal.HandingOver;
using Fidelity.Portal.Interviewing;
using Fidelity.Portal.KeepingCases;
using Fidelity.Portal.Languages;
using Fidelity.Portal.Layout;
using Fidelity.Portal.Limiting;
using Fidelity.Portal.LoggingAccess;
using Fidelity.Portal.Overview;
using Fidelity.Portal.Rating;
using Fidelity.Portal.Reminding;
using Fidelity.Portal.Reviews;
using Fidelity.Portal.Reviewing;
using Fidelity.Portal.SelfReporting;
using Fidelity.Portal.SigningIn;
using Fidelity.Portal.Teams;
using Fidelity.Portal.Trends;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.FileProviders;

namespace Fidelity.Portal;

/// <summary>The web pages: rendered on the server, whole without script, in the reader's language.</summary>
static class Pages
{
    public static void AddPages(this WebApplicationBuilder builder)
    {
        builder.FindStaticFiles();
        builder.Services.AddRazorComponents();
        builder.Services.AddHttpContextAccessor();
        // Both at their fastest, Brotli makes a large page larger than gzip does.
        builder.Services.AddResponseCompression(compression => compression.Providers.Add<GzipCompressionProvider>());
        builder.Services.AddLanguages();
        builder.Services.AddSingleton<NetworkReader>();
        builder.Services.AddSingleton<SinceReportReader>();
        builder.Services.AddSingleton<TeamReviewsReader>();
        builder.Services.AddSingleton<TeamTrendReader>();
        builder.Services.AddSingleton<TherapistScoresReader>();
        builder.Services.AddSingleton<SurveyCoverageReader>();
        builder.Services.AddSingleton<DueNowReader>();
        builder.Services.AddSingleton<EndingsReader>();
        builder.Services.AddScoped<ReviewDocument>();
        builder.Services.AddSingleton<RecentScoresReader>();
        builder.Services.AddSingleton<WaitingSubmissionsReader>();
        builder.Services.AddSingleton<CaseFilesReader>();
        builder.Services.AddSingleton<CollectingReader>();
        builder.Services.AddSingleton<NearbyRecordsReader>();
    }

    public static void MapPages(this WebApplication app)
    {
        app.UseResponseCompression();
        app.UseWhen(IsPage, pages =>
        {
            pages.UseRequestLocalization();
            pages.UseExceptionHandler("/error", createScopeForErrors: true);
            pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        });
        // A page in the place of another is got, even where a form was sent.
        app.Use((context, next) =>
        {
            if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null)
                context.Request.Method = HttpMethods.Get;
            return next(context);
        });
        // Routing follows what runs a request again for its error page: run again, it is routed again.
        app.UseRouting();
        app.UseAuthentication();
        app.UseLimits();
        // It does not wait for what it has to ask for, such as who reads it.
        app.Use(async (context, next) =>
        {
            if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null)
                await context.RequestServices.GetRequiredService<CurrentVisitor>().Get();
            await next(context);
        });
        app.UseAccessLog();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapLanguages();
        app.MapSigningOut();
        app.MapExtracting();
        app.MapInterviewing();
        app.MapSelfReporting();
        app.MapRating();
        app.MapReviewing();
        ReviewDocument.MapHandingOver(app);
        app.MapReminding();
        app.MapImportPages();
        app.MapExportPages();
        Passkeys.Map(app);
        Organisation.Map(app);
        app.MapRazorComponents<App>().WithStaticAssets();
    }

    /// <summary>Programs that call the API get problem documents, never a page.</summary>
    public static bool IsPage(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && !context.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase)
        && !context.Request.Path.StartsWithSegments("/openapi", StringComparison.OrdinalIgnoreCase);

    /// <summary>Beside the published app, whatever folder it is started from; a built one finds them through its manifest.</summary>
    static void FindStaticFiles(this WebApplicationBuilder builder)
    {
        var published = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        if (Directory.Exists(published))
            builder.Environment.WebRootFileProvider = new PhysicalFileProvider(published);
        else
            StaticWebAssetsLoader.UseStaticWebAssets(builder.Environment, builder.Configuration);
    }
}
