using System.Threading.Channels;
using JasperFx;
using Marten;
using Marten.Exceptions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// Saves decisions. Whatever arrives together is decided in order of arrival and saved in one transaction, so a season
/// costs a few hundred commits instead of thousands while each message keeps its own answer, retry and error queue.
/// A conflict with another writer is decided anew from what the stream says then.
/// </summary>
public sealed class EventWriter(IDocumentStore store, ILogger<EventWriter> log) : BackgroundService
{
    const int LargestPage = 100;
    const int Writers = 2;
    const int MostAttempts = 20;
    const int MostAttemptsTogether = 3;
    static readonly TimeSpan DatabasePause = TimeSpan.FromSeconds(1);

    readonly Channel<Work> waiting = Channel.CreateUnbounded<Work>();

    /// <summary>
    /// Runs <paramref name="decide"/> with the streams it opens and returns its answer once what it appended is saved.
    /// It may run more than once; its exceptions reach the caller and leave nothing behind.
    /// </summary>
    public async Task<TAnswer> Write<TAnswer>(Func<OpenStreams, Task<TAnswer>> decide, CancellationToken stopping)
    {
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TAnswer answer = default!;
        waiting.Writer.TryWrite(new Work(async streams => answer = await decide(streams), saved));
        await saved.Task.WaitAsync(stopping);
        return answer;
    }

    /// <summary>The state of a stream as it is saved; null when there is none.</summary>
    public async Task<T?> Read<T>(string key, CancellationToken stopping) where T : class
    {
        await using var session = store.QuerySession();
        return await session.Events.AggregateStreamAsync<T>(key, token: stopping);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => SavePages(stoppingToken)));

    async Task SavePages(CancellationToken stopping)
    {
        var page = new List<Work>(LargestPage);
        while (await waiting.Reader.WaitToReadAsync(stopping))
        {
            page.Clear();
            while (page.Count < LargestPage && waiting.Reader.TryRead(out var work))
                page.Add(work);
            await Save(page, stopping);
        }
    }

    async Task Save(IReadOnlyList<Work> page, CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Decide(page, stopping);
                return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                foreach (var work in page)
                    work.Saved.TrySetCanceled(stopping);
                return;
            }
            catch (Exception failure) when (IsConflict(failure) && attempt < (page.Count == 1 ? MostAttempts : MostAttemptsTogether))
            {
                log.LogDebug(failure, "{Works} decisions met another writer and are decided anew", page.Count);
            }
            catch (Exception failure) when (IsAway(failure))
            {
                log.LogWarning(failure, "The event store does not answer; {Works} decisions wait for it", page.Count);
                await Task.Delay(DatabasePause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception failure)
            {
                if (page.Count == 1)
                {
                    page[0].Saved.TrySetException(failure);
                    return;
                }

                // One of the page cannot be saved: alone, each finds its own end.
                foreach (var work in page)
                    await Save([work], stopping);
                return;
            }
        }
    }

    async Task Decide(IReadOnlyList<Work> page, CancellationToken stopping)
    {
        await using var session = store.LightweightSession();
        var streams = new OpenStreams(session, stopping);
        var decided = new List<Work>(page.Count);
        foreach (var work in page)
        {
            try
            {
                await work.Decide(streams);
                streams.Keep();
                decided.Add(work);
            }
            catch (Exception failure) when (failure is not OperationCanceledException && !IsConflict(failure) && !IsAway(failure))
            {
                streams.Forget();
                work.Saved.TrySetException(failure);
            }
        }

        streams.Append();
        await session.SaveChangesAsync(stopping);
        foreach (var work in decided)
            work.Saved.TrySetResult();
    }

    static bool IsConflict(Exception failure) => Causes(failure).Any(cause =>
        cause is ConcurrencyException or ExistingStreamIdCollisionException
            or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected });

    static bool IsAway(Exception failure) => !IsConflict(failure) && Causes(failure).Any(cause => cause is NpgsqlException { IsTransient: true });

    /// <summary>The failure and what it wraps: Marten dresses up what PostgreSQL says.</summary>
    static IEnumerable<Exception> Causes(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
            yield return failure;
    }

    sealed record Work(Func<OpenStreams, Task> Decide, TaskCompletionSource Saved);
}

/// <summary>The streams of one page of decisions; a stream opened twice shows what was decided before.</summary>
public sealed class OpenStreams(IDocumentSession session, CancellationToken stopping)
{
    readonly Dictionary<string, IOpenStream> open = new(StringComparer.Ordinal);

    /// <summary>Opens a stream with the state that all its events lead to.</summary>
    public async Task<OpenStream<T>> Open<T>(string key) where T : class
    {
        if (open.TryGetValue(key, out var known))
            return (OpenStream<T>)known;
        var stream = await session.Events.FetchForWriting<T>(key, stopping);
        return Opened(key, new OpenStream<T>(stream.Aggregate, stream.AppendMany));
    }

    /// <summary>
    /// Opens a stream whose newest event says the whole state, and reads no other: such a stream may grow for years and
    /// costs the same.
    /// </summary>
    public async Task<OpenStream<T>> OpenNewest<T>(string key) where T : class
    {
        if (open.TryGetValue(key, out var known))
            return (OpenStream<T>)known;
        var version = (await session.Events.FetchStreamStateAsync(key, stopping))?.Version ?? 0;
        if (version == 0)
            return Opened(key, new OpenStream<T>(null, events => session.Events.StartStream(key, events)));
        var newest = (await session.Events.FetchStreamAsync(key, fromVersion: version, version: version, token: stopping)).Single();
        return Opened(key, new OpenStream<T>((T)newest.Data, events => session.Events.Append(key, version + events.Count, (IEnumerable<object>)events)));
    }

    OpenStream<T> Opened<T>(string key, OpenStream<T> stream) where T : class
    {
        open.Add(key, stream);
        return stream;
    }

    internal void Keep()
    {
        foreach (var stream in open.Values)
            stream.Keep();
    }

    internal void Forget()
    {
        foreach (var stream in open.Values)
            stream.Forget();
    }

    internal void Append()
    {
        foreach (var stream in open.Values)
            stream.Append();
    }

    interface IOpenStream
    {
        void Keep();

        void Forget();

        void Append();
    }

    /// <summary>One stream with its state; what is appended is saved when the decision has come to its end.</summary>
    public sealed class OpenStream<T>(T? state, Action<IReadOnlyList<object>> append) : IOpenStream where T : class
    {
        readonly List<object> kept = [];
        readonly List<object> decided = [];
        T? keptState = state;

        public T? State { get; private set; } = state;

        /// <summary>Appends events, which lead to <paramref name="state"/>.</summary>
        public void Append(T state, IEnumerable<object> events)
        {
            State = state;
            decided.AddRange(events);
        }

        void IOpenStream.Keep()
        {
            kept.AddRange(decided);
            keptState = State;
            decided.Clear();
        }

        void IOpenStream.Forget()
        {
            State = keptState;
            decided.Clear();
        }

        void IOpenStream.Append()
        {
            if (kept.Count > 0)
                append(kept);
        }
    }
}
