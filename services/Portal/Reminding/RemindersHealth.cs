using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fidelity.Portal.Reminding;

/// <summary>Nobody is kept from working by a mail that is not sent: the portal is degraded, never unhealthy.</summary>
sealed class RemindersHealth(SendingReminders sending, Mailer mailer) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        !mailer.IsOn ? HealthCheckResult.Healthy("Reminders are not set up.")
        : sending.Last is { Failed: > 0 } ? HealthCheckResult.Degraded("The mail server did not take all reminders. The portal's log has the cause; they are tried again.")
        : HealthCheckResult.Healthy());
}
