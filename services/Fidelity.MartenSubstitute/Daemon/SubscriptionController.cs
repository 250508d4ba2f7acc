using System.Text.Json;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten.Events.Projections;
using Marten.Tables;

namespace Marten.Daemon;

/// <summary>What a subscription can say about the page it has in hand.</summary>
sealed class SubscriptionController(DocumentStore store, Registration registration) : ISubscriptionController
{
    public sealed record Critical(Exception Cause, long LastProcessed);

    public Critical? Failure { get; private set; }
    public ShardName Name => registration.Shard;
    public AsyncOptions Options => registration.Options;

    /// <summary>A page's progress is saved with the page.</summary>
    public ValueTask MarkSuccessAsync(long processedCeiling) => ValueTask.CompletedTask;

    public Task ReportCriticalFailureAsync(Exception ex) => ReportCriticalFailureAsync(ex, 0);

    public Task ReportCriticalFailureAsync(Exception ex, long lastProcessed)
    {
        Failure = new Critical(ex, lastProcessed);
        return Task.CompletedTask;
    }

    public Task RecordDeadLetterEventAsync(IEvent @event, Exception ex)
    {
        var id = Guid.CreateVersion7();
        var letter = JsonSerializer.Serialize(new
        {
            Id = id,
            ProjectionName = Name.Name,
            ShardName = Name.ShardKey,
            Timestamp = TimeProvider.System.GetUtcNow(),
            ExceptionMessage = ex.Message,
            ExceptionType = ex.GetType().Name,
            EventSequence = @event.Sequence,
            @event.TenantId,
        });
        return store.Database.ExecuteAsync(
            [
                Statement.Of(
                    $"insert into {store.Tables.DeadLetters} (id, data, mt_dotnet_type) values ($1, $2::jsonb, 'JasperFx.Events.Daemon.DeadLetterEvent')",
                    id, letter),
            ],
            CancellationToken.None);
    }
}
