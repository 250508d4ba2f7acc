using Fidelity.Portal.Access;
using Fidelity.Portal.LoggingAccess;
using Fidelity.Portal.SigningIn;
using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Exporting;

/// <summary>Asking for exports and fetching them, the same for pages and API.</summary>
sealed class AskingForExports(Exports exports, ExportJobs jobs, CurrentVisitor visitor, IConfiguration configuration, ILogger<AskingForExports> log)
{
    const long UsuallyAtOnce = 20_000;

    /// <summary>Up to how many rows an export is made while somebody waits for it.</summary>
    long AtOnce => long.TryParse(configuration["FIDELITY_EXPORT_AT_ONCE"], System.Globalization.CultureInfo.InvariantCulture, out var given) && given >= 0 ? given : UsuallyAtOnce;

    /// <summary>What is open to whoever asks, for what an export needs. A director has trends and reviews; single records are for others.</summary>
    public Task<Reach> Reach(ExportRequest request) => visitor.Reach(request.Purpose);

    public async Task<ExportPreview?> Preview(ExportRequest request, CancellationToken stopping) => await exports.Preview(request, await Reach(request), null, stopping);

    /// <summary>Null when the position lies ahead. A small export is ready then, a large one is a job on the bus.</summary>
    public async Task<Export?> Begin(HttpContext context, ExportRequest request, long? position)
    {
        var (who, stopping) = ((await visitor.Get())!, context.RequestAborted);
        if (await exports.Begin(Owner(context, who), who.Name, request, await Reach(request), position, stopping) is not { } export)
            return null;
        // The log names the export, whose manifest has the filters.
        context.Concerns(request.Programme ?? "", export.Id.ToString(), Deed.Act);
        if (export.Expected <= AtOnce)
            return await exports.Measure(export, stopping);
        await exports.Queue(export, stopping);
        try
        {
            await jobs.Send(export.Id, stopping);
        }
        catch (Exception away) when (away is not OperationCanceledException)
        {
            log.LogWarning(away, "The broker did not take an export; it is sent again later");
        }

        return export;
    }

    /// <summary>One of whoever asks, while all of it is open to them; null otherwise, as where there is none.</summary>
    public async Task<Export?> Find(HttpContext context, Guid id)
    {
        if (await visitor.Get() is not { } who || await exports.Find(id, context.RequestAborted) is not { } export || export.Owner != Owner(context, who))
            return null;
        var open = await Reach(export.Request);
        return export.Scopes.ToHashSet().SetEquals(open.Scopes) ? export : null;
    }

    public async Task<IReadOnlyList<Export>> Mine(HttpContext context) =>
        await visitor.Get() is { } who ? await exports.Of(Owner(context, who), context.RequestAborted) : [];

    /// <summary>
    /// The file of one that is ready, as it was kept or made again. What is made again is small, and made before it is sent: whoever takes
    /// their time would hold a connection and a snapshot of the database.
    /// </summary>
    public async Task<IResult> File(Export export, CancellationToken stopping)
    {
        var name = export.Request.FileName(export.Position);
        if (export.KeptUntil is not null)
            return Results.Stream(body => exports.SendKept(export, body, stopping), export.Request.ContentType, name);
        using var file = new MemoryStream();
        await exports.Write(export, file, stopping);
        return Results.File(file.ToArray(), export.Request.ContentType, name);
    }

    static string Owner(HttpContext context, Visitor who) => context.Features.Get<Account>() is { } account ? $"account:{account.Id}" : $"token:{who.Name}";
}

/// <summary>What exporting needs.</summary>
static class AddingExports
{
    public static void AddExporting(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Exports>();
        builder.Services.AddSingleton<ExportJobs>();
        builder.Services.AddScoped<AskingForExports>();
        builder.Services.AddHostedService<ExportUpkeep>();
        builder.Services.AddHostedService<ScheduledExports>();
    }
}
