using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Operations;

/// <summary>What operators are shown of messages and submissions that are held up.</summary>
static class Watching
{
    public static void AddOperations(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<WaitingReader>();
        builder.Services.AddSingleton<HeldUpWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<HeldUpWatch>());
        builder.Services.AddHealthChecks()
            .AddCheck<DeadLettersHealth>("dead letters", tags: ["ready"])
            .AddCheck<WaitingHealth>("waiting submissions", tags: ["ready"]);
    }
}
