using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten.Events.Projections;
using Marten.Sessions;
using Marten.Tables;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marten.Daemon;

/// <summary>One projection or subscription on its way through the events, page by page, each saved together with its progress.</summary>
sealed class Shard(DocumentStore store, Registration registration, HighWater highWater, ILogger logger)
{
    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    readonly string[]? included = registration.Filter.IncludedEventTypes.Count == 0
        ? null
        : [.. registration.Filter.IncludedEventTypes.Select(type => store.Graph.MappingFor(type).Name)];

    public Registration Registration => registration;

    /// <summary>Runs until cancelled. A page that fails is tried again, less and less often but for ever: no event is passed over.</summary>
    public async Task RunAsync(CancellationToken token)
    {
        var pause = FirstPause;
        var fresh = true;
        while (!token.IsCancellationRequested)
        {
            try
            {
                var position = await StartAsync(fresh, token);
                fresh = false;
                while (true)
                {
                    var moved = highWater.Moved;
                    if (position < highWater.Mark)
                    {
                        position = await CatchUpAsync(position, highWater.Mark, () => pause = FirstPause, token);
                        continue;
                    }

                    await moved.WaitAsync(token);
                }
            }
            catch (Exception e) when (!token.IsCancellationRequested)
            {
                logger.LogError(e, "{Shard} failed; its page is tried again in {Pause}", registration.Shard, pause);
                await Task.Delay(pause, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Processes page after page up to the ceiling; reading one page goes on while the one before it is processed.</summary>
    public async Task<long> CatchUpAsync(long position, long ceiling, Action pageDone, CancellationToken token)
    {
        var reading = LoadAsync(position, ceiling, token);
        while (true)
        {
            var page = await reading;
            var more = page.SequenceCeiling < ceiling;
            if (more) reading = LoadAsync(page.SequenceCeiling, ceiling, token);
            try
            {
                await ProcessAsync(page, token);
            }
            catch
            {
                if (more) await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }

            pageDone();
            if (!more) return page.SequenceCeiling;
        }
    }

    public Task<long> ReadProgressAsync(CancellationToken token) => Progress.ReadAsync(store, registration.Shard.Identity, token);

    async Task<long> StartAsync(bool fresh, CancellationToken token)
    {
        var position = await ReadProgressAsync(token);
        if (!registration.Options.FromPresent || !fresh) return position;
        await highWater.LookAsync(token);
        return position >= highWater.Mark ? position : await MoveToAsync(highWater.Mark, token);
    }

    async Task<long> MoveToAsync(long position, CancellationToken token)
    {
        await store.Database.ExecuteAsync([Progress.Set(store, registration.Shard, position)], token);
        return position;
    }

    async Task<EventRange> LoadAsync(long floor, long ceiling, CancellationToken token)
    {
        var command = Statement.Of(
            $"select {store.Rows.Columns} from {store.Tables.Events} e where e.seq_id > $1 and e.seq_id <= $2 and not e.is_archived"
            + $"{(included is null ? "" : " and e.type = any ($4)")} order by e.seq_id limit $3",
            floor, ceiling, registration.Options.BatchSize);
        if (included is not null) command.Parameters.Add(new NpgsqlParameter { Value = included });
        var events = await store.Database.ReadAsync(command, store.Rows.Read, token);
        return new EventRange(registration.Shard, floor, events.Count < registration.Options.BatchSize ? ceiling : events[^1].Sequence)
        {
            Events = events,
        };
    }

    async Task ProcessAsync(EventRange page, CancellationToken token)
    {
        await using var session = new DocumentSession(store);
        IChangeListener listener = NullChangeListener.Instance;
        var controller = new SubscriptionController(store, registration);
        if (page.Events.Count > 0)
        {
            if (registration.Subscription is { } subscription)
                listener = await subscription.ProcessEventsAsync(page, controller, session, token);
            else
                await registration.Projection!().ApplyAsync(session, page.Events, token);
        }

        if (controller.Failure is { } failure)
        {
            if (failure.LastProcessed > page.SequenceFloor && failure.LastProcessed < page.SequenceCeiling)
                await MoveToAsync(failure.LastProcessed, token);
            throw failure.Cause;
        }

        await session.SaveAsync(
            listener, Progress.Move(store, registration.Shard, page.SequenceFloor, page.SequenceCeiling), token);
    }
}
