using Fidelity.Portal.Access;

namespace Fidelity.Portal.Reminding;

static class AddingReminders
{
    public static void AddReminding(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Mailer>();
        builder.Services.AddSingleton<ReminderCodes>();
        builder.Services.AddSingleton<ReminderMail>();
        builder.Services.AddSingleton<ReminderAddresses>();
        builder.Services.AddSingleton<SentReminders>();
        builder.Services.AddSingleton<OwnDuties>();
        builder.Services.AddSingleton<SendingReminders>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SendingReminders>());
        builder.Services.AddHealthChecks().AddCheck<RemindersHealth>("reminders", tags: ["ready"]);
    }

    /// <summary>
    /// What a mail program sends when its user wants no more (RFC 8058). It has no session and no form of ours: the code is all that it
    /// needs, as for whoever comes by the link. To look at the address stops nothing, as programs that look for harm do.
    /// </summary>
    public static void MapReminding(this IEndpointRouteBuilder pages)
    {
        pages.MapPost(ReminderMail.OneClick, async (string? code, ReminderAddresses addresses, CancellationToken stopping) =>
        {
            await addresses.Stop(code, stopping);
            return TypedResults.Ok();
        }).AllowAnonymous();
        pages.MapGet(ReminderMail.OneClick, (string? code) => TypedResults.LocalRedirect($"{ReminderMail.Stop}?code={Uri.EscapeDataString(code ?? "")}")).AllowAnonymous();
    }
}
