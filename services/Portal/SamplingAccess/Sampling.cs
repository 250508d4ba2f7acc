namespace Fidelity.Portal.SamplingAccess;

static class Sampling
{
    public static void AddSamples(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LogSamples>();
        builder.Services.AddSingleton<SamplesTable>();
        builder.Services.AddHostedService<DrawingSamples>();
    }
}
