using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// Looks every few seconds at what may need somebody's hand, so that health, metrics and pages answer at once, whoever asks and
/// however often.
/// </summary>
public abstract class Watch(TimeProvider clock, ILogger log) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    protected DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Seconds since then; 0 when there is no then.</summary>
    public double Age(DateTimeOffset? since) => since is { } at ? Math.Max(0, (Now - at).TotalSeconds) : 0;

    /// <summary>Looks once.</summary>
    protected abstract Task Look(CancellationToken stopping);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        do
            await Look(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Asks a server that may be away; then there is no answer, until it is asked again.</summary>
    protected async Task<T?> Ask<T>(string server, T? before, Func<CancellationToken, Task<T>> ask, CancellationToken stopping) where T : class
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(Patience);
        try
        {
            return await ask(patience.Token);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            log.Log(before is null ? LogLevel.Debug : LogLevel.Warning, failure, "{Server} does not answer; it is asked again in {Pause}", server, Pause);
            return null;
        }
    }
}
