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
    readonly RecentStreams recent = new();

    /// <summary>
    /// Runs <paramref name="decide"/> with the streams it opens and returns its answer once what it appended is saved.
    /// It may run more than once; its exceptions reach the caller and leave nothing behind. The streams that it is known to
    /// open, <paramref name="opens"/>, are read together with those of its neighbours.
    /// </summary>
    public Task<TAnswer> Write<TAnswer>(Func<OpenStreams, Task<TAnswer>> decide, CancellationToken stopping, params Wanted[] opens)
    {
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TAnswer answer = default!;
        waiting.Writer.TryWrite(new Work(async streams => answer = await decide(streams), opens, Telemetry.Cause, saved));
        return Answer();

        async Task<TAnswer> Answer()
        {
            await saved.Task.WaitAsync(stopping);
            return answer;
        }
    }

    /// <summary>The state of a stream as it is saved; null when there is none.</summary>
    public async Task<T?> Read<T>(string key, CancellationToken stopping) where T : class
    {
        await using var session = store.QuerySession();
        return await session.Events.AggregateStreamAsync<T>(key, token: stopping);
    }

    public override void Dispose()
    {
        recent.Dispose();
        base.Dispose();
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
        var streams = new OpenStreams(session, recent, stopping);
        var decided = new List<Work>(page.Count);
        try
        {
            await streams.Fetch([.. page.SelectMany(work => work.Opens)]);
            foreach (var work in page)
            {
                try
                {
                    await work.Decide(streams);
                    streams.Keep(work.Cause);
                    decided.Add(work);
                }
                catch (Exception failure) when (failure is not OperationCanceledException && !IsConflict(failure) && !IsAway(failure))
                {
                    streams.Forget();
                    work.Saved.TrySetException(failure);
                }
            }

            await streams.Verify();
            streams.Append();
            await session.SaveChangesAsync(stopping);
        }
        catch
        {
            // Whatever was remembered of these streams may be what went wrong: next time they are read.
            streams.Distrust();
            throw;
        }

        streams.Remember();
        foreach (var work in decided)
            work.Saved.TrySetResult();
    }

    static bool IsConflict(Exception failure) => Causes(failure).Any(cause =>
        cause is ConcurrencyException or ExistingStreamIdCollisionException or OpenStreams.MovedException
            or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected });

    static bool IsAway(Exception failure) => !IsConflict(failure) && Causes(failure).Any(cause => cause is NpgsqlException { IsTransient: true });

    /// <summary>The failure and what it wraps: Marten dresses up what PostgreSQL says.</summary>
    static IEnumerable<Exception> Causes(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
            yield return failure;
    }

    sealed record Work(Func<OpenStreams, Task> Decide, IReadOnlyList<Wanted> Opens, string? Cause, TaskCompletionSource Saved);
}
