using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fidelity.Portal.Operations;

/// <summary>Dead letters need somebody's hand, but the portal serves all the same: it is degraded, never unhealthy.</summary>
sealed class DeadLettersHealth(HeldUpWatch watch) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Result(watch.Latest));

    HealthCheckResult Result(HeldUp found)
    {
        if (found.DeadLetters is not { } queues)
            return HealthCheckResult.Degraded("RabbitMQ does not answer. What is submitted is accepted and sent when it does.");
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["number"] = found.Number, ["oldest_age_seconds"] = Math.Floor(watch.Age(found.Oldest)),
            ["queues"] = queues.Select(queue => new { queue = queue.Inbox, queue.Number, OldestAgeSeconds = Math.Floor(watch.Age(queue.Oldest)) }),
        };
        return found.Number == 0
            ? HealthCheckResult.Healthy(data: data)
            : HealthCheckResult.Degraded("Messages could not be handled. deploy/deadletters.sh list shows them, with their causes.", data: data);
    }
}

/// <summary>Waiting for a fact is no fault of the portal's; the numbers are there for whoever watches.</summary>
sealed class WaitingHealth(HeldUpWatch watch) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        watch.Latest.Waiting is { } waiting
            ? HealthCheckResult.Healthy(data: new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["number"] = waiting.Number, ["shown_as_refused"] = waiting.Overdue, ["oldest_age_seconds"] = Math.Floor(watch.Age(waiting.Oldest)),
            })
            : HealthCheckResult.Degraded("The submissions that wait have not been counted; PostgreSQL does not answer."));
}
