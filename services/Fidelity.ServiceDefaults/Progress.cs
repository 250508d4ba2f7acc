using Fidelity.Contracts.Submitting;
using MassTransit;
using Npgsql;

namespace Fidelity.ServiceDefaults;

/// <summary>Work that a service still has to do after its events are published and projected.</summary>
public interface IPendingWork
{
    Task<long> Count(NpgsqlConnection connection);
}

/// <summary>Counts the messages that the service is handling right now, retries included.</summary>
public sealed class InFlight : IConsumeObserver
{
    long count;

    public long Count => Interlocked.Read(ref count);

    public Task PreConsume<T>(ConsumeContext<T> context) where T : class => Add<T>(1);

    public Task PostConsume<T>(ConsumeContext<T> context) where T : class => Add<T>(-1);

    public Task ConsumeFault<T>(ConsumeContext<T> context, Exception exception) where T : class => Add<T>(-1);

    Task Add<T>(int change)
    {
        // The question itself is no work to wait for.
        if (typeof(T) != typeof(ReportProgress) && typeof(T) != typeof(ProgressReported))
            Interlocked.Add(ref count, change);
        return Task.CompletedTask;
    }
}

/// <summary>How far the service has come with what it was told and with its own events.</summary>
public sealed class Progress(NpgsqlDataSource database, Lags lags, InFlight messages, IEnumerable<IPendingWork> works)
{
    public async Task<(long LastEvent, long Pending)> Read(CancellationToken stopping)
    {
        // First the messages, then what they have stored: whatever ends in between is seen once.
        var handling = messages.Count;
        await using var connection = await database.OpenConnectionAsync(stopping);
        var subscriptions = await lags.Read(connection, stopping);
        var pending = handling + subscriptions.Max(lag => lag.Events);
        foreach (var work in works)
            pending += await work.Count(connection);
        return (subscriptions.Max(lag => lag.LastEvent), pending);
    }
}

/// <summary>Answers how far the service has come.</summary>
public sealed class ReportProgressConsumer(Progress progress, ServiceSchema schema) : IConsumer<ReportProgress>
{
    public async Task Consume(ConsumeContext<ReportProgress> context)
    {
        var (last, pending) = await progress.Read(context.CancellationToken);
        await context.RespondAsync(new ProgressReported(context.Message.Round, schema.Name, last, pending));
    }
}
