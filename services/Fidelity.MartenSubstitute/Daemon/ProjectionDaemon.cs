using JasperFx.Events.Daemon;
using Marten.Events.Projections;
using Marten.Tables;
using Microsoft.Extensions.Logging;

namespace Marten.Daemon;

/// <summary>Runs shards: all of a store's, or those that this process leads.</summary>
sealed class ProjectionDaemon(DocumentStore store, ILogger logger) : IProjectionDaemon
{
    static readonly TimeSpan Forever = TimeSpan.FromMinutes(10);

    readonly Dictionary<string, Running> running = new(StringComparer.Ordinal);
    readonly HighWater highWater = new(store, logger);
    readonly Lock gate = new();
    Running? lookout;

    sealed record Running(CancellationTokenSource Stop, Task Work)
    {
        public static Running Start(Func<CancellationToken, Task> work)
        {
            var stop = new CancellationTokenSource();
            return new Running(stop, Task.Run(() => work(stop.Token), CancellationToken.None));
        }

        public async Task EndAsync()
        {
            await Stop.CancelAsync();
            await Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Stop.Dispose();
        }
    }

    public bool IsRunning
    {
        get { lock (gate) return running.Count > 0; }
    }

    public long HighWaterMark() => highWater.Mark;

    public Task StartAllAsync()
    {
        foreach (var registration in store.Options.Projections.Async) Start(registration);
        return Task.CompletedTask;
    }

    public async Task StopAllAsync()
    {
        List<Running> stopping;
        lock (gate)
        {
            stopping = [.. running.Values];
            running.Clear();
            if (lookout is not null) stopping.Add(lookout);
            lookout = null;
        }

        await Task.WhenAll(stopping.Select(one => one.EndAsync()));
    }

    internal bool Runs(Registration registration)
    {
        lock (gate) return running.ContainsKey(registration.Shard.Identity);
    }

    internal void Start(Registration registration)
    {
        lock (gate)
        {
            lookout ??= Running.Start(token => Task.WhenAll(highWater.RunAsync(token), ListenAsync(token)));
            running.TryAdd(registration.Shard.Identity, Running.Start(NewShard(registration).RunAsync));
        }
    }

    public Task CatchUpAsync(CancellationToken cancellation) => CatchUpAsync(Forever, cancellation);

    public async Task CatchUpAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        var ceiling = await HighestReadableAsync(limit.Token);
        foreach (var shard in store.Options.Projections.Async.Select(NewShard))
        {
            var position = await shard.ReadProgressAsync(limit.Token);
            if (position < ceiling) await shard.CatchUpAsync(position, ceiling, () => { }, limit.Token);
        }
    }

    public Task RebuildProjectionAsync(string projectionName, CancellationToken token) =>
        RebuildProjectionAsync(projectionName, Forever, token);

    public async Task RebuildProjectionAsync(string projectionName, TimeSpan shardTimeout, CancellationToken token)
    {
        var registration = store.Options.Projections.Async.FirstOrDefault(r => r.Name.Equals(projectionName, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentOutOfRangeException(nameof(projectionName), projectionName, "No asynchronous projection has this name");
        Running? interrupted;
        lock (gate) running.Remove(registration.Shard.Identity, out interrupted);
        if (interrupted is not null) await interrupted.EndAsync();

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(shardTimeout);
        var ceiling = await HighestReadableAsync(limit.Token);
        await TearDownAsync(registration, limit.Token);
        if (ceiling > 0) await NewShard(registration).CatchUpAsync(0, ceiling, () => { }, limit.Token);
        if (interrupted is not null) Start(registration);
    }

    public Task WaitForNonStaleData(TimeSpan timeout) => Staleness.WaitAsync(store, timeout);

    public void Dispose() => StopAllAsync().GetAwaiter().GetResult();

    Shard NewShard(Registration registration) => new(store, registration, highWater, logger);

    /// <summary>Empties the projection's tables and takes it back to the beginning, in one transaction.</summary>
    Task<int> TearDownAsync(Registration registration, CancellationToken token) => store.Database.ExecuteAsync(
        registration.Options.TablesToEmpty.Select(table => Statement.Of($"delete from {table}")).Append(Progress.Set(store, registration.Shard, 0)), token);

    /// <summary>Waits until everything committed by now can be read in sequence.</summary>
    async Task<long> HighestReadableAsync(CancellationToken token)
    {
        await highWater.ResumeAsync(token);
        var highest = await Staleness.HighestAsync(store, token);
        while (true)
        {
            var ring = store.Doorbell.Next;
            await highWater.LookAsync(token);
            if (highWater.Mark >= highest) return highWater.Mark;
            await Task.WhenAny(ring, Task.Delay(TimeSpan.FromMilliseconds(100), token));
            token.ThrowIfCancellationRequested();
        }
    }

    async Task ListenAsync(CancellationToken token)
    {
        while (store.Options.Events.UseListenNotifyForEventAppends && !token.IsCancellationRequested)
        {
            try
            {
                await store.Doorbell.ListenAsync(token);
            }
            catch (Exception e) when (!token.IsCancellationRequested)
            {
                logger.LogWarning(e, "Not told of appends to {Schema} for the moment; polling goes on", store.Tables.Schema);
                await Task.Delay(TimeSpan.FromSeconds(1), token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
