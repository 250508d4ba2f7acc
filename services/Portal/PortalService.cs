using Fidelity.Portal.Access;
using Fidelity.Portal.Answering;
using Fidelity.Portal.Calling;
using Fidelity.Portal.DeadLetters;
using Fidelity.Portal.Defining;
using Fidelity.Portal.Describing;
using Fidelity.Portal.Erasing;
using Fidelity.Portal.Exporting;
using Fidelity.Portal.Extracting;
using Fidelity.Portal.Granting;
using Fidelity.Portal.Importing;
using Fidelity.Portal.Interchanging;
using Fidelity.Portal.Interviewing;
using Fidelity.Portal.LoadingTexts;
using Fidelity.Portal.LoggingAccess;
using Fidelity.Portal.Notifying;
using Fidelity.Portal.Operations;
using Fidelity.Portal.Overview;
using Fidelity.Portal.Rating;
using Fidelity.Portal.Receiving;
using Fidelity.Portal.Reminding;
using Fidelity.Portal.Reviewing;
using Fidelity.Portal.Reviews;
using Fidelity.Portal.SamplingAccess;
using Fidelity.Portal.SelfReporting;
using Fidelity.Portal.Submitting;
using Fidelity.Portal.Teams;
using Fidelity.ServiceDefaults;
using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fidelity.Portal;

/// <summary>The only entrance: pages, HTTP API and imports; keeps submissions, imports and what the others publish.</summary>
static class PortalService
{
    public static void AddPortal(this WebApplicationBuilder builder, bool declareOnly)
    {
        builder.AddEventStreams("portal", options =>
            {
                Facts.MapEvents(options);
                ErasedStreams.MapEvents(options);
                Submission.MapEvents(options);
                Import.MapEvents(options);
                AccountGrants.MapEvents(options);
                RetentionRule.MapEvents(options);
                LogSample.MapEvents(options);
            })
            .Table(ImportsTable.Uploads)
            .Table(Erasures.Table)
            .Table(Drafts.Table)
            .Table(CallNotes.Table)
            .Table(SelfReports.Table)
            .Table(ItemTexts.Table)
            .Table(ReminderAddresses.Table)
            .Table(SentReminders.Table)
            .Table(ReviewParts.Table)
            .Table(Exports.Table)
            .Table(Webhooks.Table)
            .Project<FactsTable>("Facts")
            .Project<Standings>("Standings")
            .Project<SubmissionsTable>(SubmissionsTable.Name)
            .Project<ImportsTable>("Imports")
            .Project<GrantsTable>("Grants")
            .Project<SamplesTable>("Samples")
            .Publish<CommandSender>("Sending");
        builder.AddBus(declareOnly, bus =>
        {
            bus.AddInbox("portal", typeof(FactsConsumer), typeof(ReportProgressConsumer));
            bus.AddInbox("portal-answers", typeof(AnswersConsumer), typeof(CaseErasedConsumer), typeof(FaultsConsumer), typeof(MakeExportConsumer));
            // Without the broker the portal still shows pages and accepts what it will send later.
            bus.ConfigureHealthCheckOptions(health => health.MinimalFailureStatus = HealthStatus.Degraded);
        });
        builder.AddAccess();
        builder.AddAccessLog();
        builder.AddErasing();
        builder.AddSamples();
        builder.AddExtracting();
        builder.AddOperations();
        builder.AddSubmitting();
        builder.AddImporting();
        builder.AddInterviewing();
        builder.AddSelfReporting();
        builder.AddRating();
        builder.AddReminding();
        builder.AddReviewing();
        builder.AddExporting();
        builder.AddNotifying();
        builder.AddInterchanging();
        builder.AddApi();
        builder.AddPages();
    }

    public static void MapPortal(this WebApplication app)
    {
        app.RequireAPolicyOnEveryRoute();
        app.UseMiddleware<SafeHeaders>();
        app.UseApi();
        var api = app.MapGroup("/api/v1").Refuses(Problems.OfAddress()).Refuses(Problems.OfFailure())
            .Refuses(Problems.OfStatus(StatusCodes.Status401Unauthorized)).Refuses(Problems.OfStatus(StatusCodes.Status403Forbidden))
            .Refuses(Problems.OfStatus(StatusCodes.Status429TooManyRequests)).Says(StatusCodes.Status429TooManyRequests, "Retry-After", "How many seconds to wait.")
            .Revalidates();
        api.MapSubmitting();
        api.MapImporting();
        api.MapReviews();
        api.MapDefinitions();
        api.MapExporting();
        api.MapNotifying();
        api.MapInterchanging();
        app.MapPages();
    }
}
