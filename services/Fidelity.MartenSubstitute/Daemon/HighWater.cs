using Marten.Tables;
using Microsoft.Extensions.Logging;

namespace Marten.Daemon;

/// <summary>
/// Finds the number up to which every event is there to be read. Numbers are given out before commits, so a missing one may still
/// come: it is waited for, some seconds at least and as long as a transaction is open that held the sequence when the gap was seen.
/// </summary>
sealed class HighWater(DocumentStore store, ILogger logger)
{
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan BetweenFences = TimeSpan.FromMilliseconds(500);

    readonly Queue<Fence> fences = new();
    TaskCompletionSource moved = NewSignal();
    long mark;
    long abandoned;
    long persisted;
    long persistedAt;

    /// <summary>All numbers up to this one were given out when it was taken; the holders might have been about to use one.</summary>
    sealed record Fence(long Number, long TakenAt, HashSet<string> Holders);

    public long Mark => Interlocked.Read(ref mark);

    /// <summary>Completes when the mark moves.</summary>
    public Task Moved => Volatile.Read(ref moved).Task;

    public async Task RunAsync(CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            try
            {
                await ResumeAsync(token);
                while (true)
                {
                    var ring = store.Doorbell.Next;
                    var looked = TimeProvider.System.GetTimestamp();
                    var settled = await LookAsync(token);
                    var settings = store.Options.Projections;
                    await Task.WhenAny(ring, Task.Delay(settled ? settings.SlowPollingTime : settings.FastPollingTime, token));

                    // At once after a quiet time. In a busy one a look, and the page of every shard that follows from it, serves many commits.
                    var early = BetweenLooks - TimeProvider.System.GetElapsedTime(looked);
                    if (early > TimeSpan.Zero) await Task.Delay(early, token);
                }
            }
            catch (Exception e) when (!token.IsCancellationRequested)
            {
                logger.LogWarning(e, "The high-water mark of {Schema} cannot be read now; trying again", store.Tables.Schema);
                await Task.Delay(TimeSpan.FromSeconds(1), token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Starts where the last daemon stood: what it gave up waiting for is not waited for again.</summary>
    public async Task ResumeAsync(CancellationToken token) =>
        Advance(Math.Max(Mark, await Progress.ReadAsync(store, Progress.HighWaterMark, token)));

    /// <summary>Looks once. True if nothing is on its way.</summary>
    public async Task<bool> LookAsync(CancellationToken token)
    {
        var (given, first, last) = await NumbersAsync(token);
        if (first == Mark + 1 || (first > 0 && first - 1 <= abandoned)) Advance(last);
        await PersistAsync(token);
        if (given <= Mark) fences.Clear();
        else await GuardAsync(given, token);
        return given <= Mark;
    }

    /// <summary>The last number given out, the first event after the mark, and the last one before a gap that may still fill.</summary>
    async Task<(long Given, long First, long Last)> NumbersAsync(CancellationToken token) => (await store.Database.ReadAsync(
        Statement.Of(
            $"""
            select (select case when is_called then last_value else 0 end from {store.Tables.Sequence}),
                   (select coalesce(min(seq_id), 0) from {store.Tables.Events} where seq_id > $1),
                   (select coalesce(min(seq_id), 0) from (
                       select seq_id from (
                           select seq_id, lead(seq_id) over (order by seq_id) as following
                           from {store.Tables.Events} where seq_id > $1) run
                       where following is null or (following > seq_id + 1 and following > $2 + 1)
                       order by seq_id limit 1) ends)
            """,
            Mark, abandoned),
        row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)),
        token))[0];

    /// <summary>Sets a fence at the last number given out; one that has stood long enough, with no holder left, settles all before it.</summary>
    async Task GuardAsync(long given, CancellationToken token)
    {
        while (fences.TryPeek(out var passed) && passed.Number <= Mark) fences.Dequeue();
        var fenced = fences.LastOrDefault();
        var due = (fenced is null || (fenced.Number < given && Age(fenced) > BetweenFences)) && given > abandoned;
        var ripe = fences.TryPeek(out var oldest) && Age(oldest) > store.Options.Projections.StaleSequenceThreshold;
        if (!due && !ripe) return;

        var holders = await HoldersAsync(token);
        while (fences.TryPeek(out oldest)
            && Age(oldest) > store.Options.Projections.StaleSequenceThreshold && !oldest.Holders.Overlaps(holders))
        {
            abandoned = fences.Dequeue().Number;
        }

        if (due) fences.Enqueue(new Fence(given, TimeProvider.System.GetTimestamp(), holders));
    }

    static TimeSpan Age(Fence fence) => TimeProvider.System.GetElapsedTime(fence.TakenAt);

    /// <summary>Transactions that drew a number: nextval keeps its lock on the sequence until they end.</summary>
    async Task<HashSet<string>> HoldersAsync(CancellationToken token) => new(
        await store.Database.ReadAsync(
            Statement.Of(
                $"""
                select virtualtransaction from pg_locks
                where locktype = 'relation' and mode = 'RowExclusiveLock' and granted and relation = '{store.Tables.Sequence}'::regclass
                  and database = (select oid from pg_database where datname = current_database())
                """),
            row => row.GetString(0),
            token),
        StringComparer.Ordinal);

    async Task PersistAsync(CancellationToken token)
    {
        if (persisted == Mark || TimeProvider.System.GetElapsedTime(persistedAt) < BetweenFences) return;
        persisted = Mark;
        persistedAt = TimeProvider.System.GetTimestamp();
        await store.Database.ExecuteAsync(
            [
                Statement.Of(
                    $"""
                    insert into {store.Tables.Progression} as p (name, last_seq_id) values ('{Progress.HighWaterMark}', $1)
                    on conflict (name) do update set last_seq_id = greatest(p.last_seq_id, $1), last_updated = transaction_timestamp()
                    """,
                    persisted),
            ],
            token);
    }

    void Advance(long to)
    {
        if (to == Mark) return;
        Interlocked.Exchange(ref mark, to);
        Interlocked.Exchange(ref moved, NewSignal()).TrySetResult();
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
