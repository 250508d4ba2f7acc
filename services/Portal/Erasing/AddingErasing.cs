namespace Fidelity.Portal.Erasing;

static class AddingErasing
{
    public static void AddErasing(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Erasures>();
        builder.Services.AddSingleton<PortalErasing>();
        builder.Services.AddHostedService<ErasingWorker>();
    }
}
