using JasperFx.Events;
using Marten;
using Marten.Services.BatchQuerying;
using Microsoft.Extensions.Caching.Memory;

namespace Fidelity.ServiceDefaults;

/// <summary>A stream that a decision opens, and how much of it.</summary>
public abstract record Wanted(string Key)
{
    /// <summary>The state that all events of the stream lead to.</summary>
    public static Wanted Whole<T>(string key) where T : class => new WholeStream<T>(key);

    /// <summary>The newest event alone, where it says the whole state: such a stream may grow for years and costs the same.</summary>
    public static Wanted Newest<T>(string key) where T : class => new NewestEvent<T>(key);

    /// <summary>Asks for the stream in one batch, and if need be for the rest of it in a second.</summary>
    internal abstract Func<IBatchEvents, Task<OpenStreams.OpenStream>> Fetch(IDocumentSession session, IBatchEvents first);

    /// <summary>Opens the stream as it was remembered, without reading it.</summary>
    internal abstract OpenStreams.OpenStream Recall(IDocumentSession session, RememberedStream remembered);

    sealed record WholeStream<T>(string Key) : Wanted(Key) where T : class
    {
        internal override Func<IBatchEvents, Task<OpenStreams.OpenStream>> Fetch(IDocumentSession session, IBatchEvents first)
        {
            var fetching = first.FetchForWriting<T>(Key);
            return async _ =>
            {
                var stream = await fetching;
                return new OpenStreams.OpenStream<T>(Key, stream.StartingVersion ?? 0, stream.Aggregate, stream.AppendMany);
            };
        }

        internal override OpenStreams.OpenStream Recall(IDocumentSession session, RememberedStream remembered) =>
            OpenStreams.OpenStream<T>.Of(session, Key, remembered.Version, (T)remembered.State, wasRecalled: true);
    }

    sealed record NewestEvent<T>(string Key) : Wanted(Key) where T : class
    {
        internal override Func<IBatchEvents, Task<OpenStreams.OpenStream>> Fetch(IDocumentSession session, IBatchEvents first)
        {
            var asking = first.FetchStreamState(Key);
            return async second => (await asking)?.Version is not { } version
                ? OpenStreams.OpenStream<T>.Of(session, Key, 0, null)
                : OpenStreams.OpenStream<T>.Of(
                    session, Key, version, (T)(await second.FetchStream(Key, version, fromVersion: version)).Single().Data);
        }

        internal override OpenStreams.OpenStream Recall(IDocumentSession session, RememberedStream remembered) =>
            OpenStreams.OpenStream<T>.Of(session, Key, remembered.Version, (T)remembered.State, wasRecalled: true);
    }
}

/// <summary>The streams of one page of decisions; a stream opened twice shows what was decided before.</summary>
public sealed class OpenStreams
{
    readonly IDocumentSession session;
    readonly RecentStreams recent;
    readonly CancellationToken stopping;
    readonly Dictionary<string, OpenStream> open = new(StringComparer.Ordinal);

    internal OpenStreams(IDocumentSession session, RecentStreams recent, CancellationToken stopping) =>
        (this.session, this.recent, this.stopping) = (session, recent, stopping);

    /// <summary>Opens a stream with the state that all its events lead to.</summary>
    public Task<OpenStream<T>> Open<T>(string key) where T : class => Open<T>(Wanted.Whole<T>(key));

    /// <summary>Opens a stream with its newest event as its state.</summary>
    public Task<OpenStream<T>> OpenNewest<T>(string key) where T : class => Open<T>(Wanted.Newest<T>(key));

    async Task<OpenStream<T>> Open<T>(Wanted wanted) where T : class
    {
        await Fetch([wanted]);
        return (OpenStream<T>)open[wanted.Key];
    }

    /// <summary>Reads what is not open yet and not remembered, all of it together.</summary>
    internal async Task Fetch(IReadOnlyList<Wanted> wanted)
    {
        var (first, second) = (session.CreateBatchQuery(), session.CreateBatchQuery());
        var fetching = new List<Func<IBatchEvents, Task<OpenStream>>>();
        foreach (var stream in wanted.DistinctBy(stream => stream.Key, StringComparer.Ordinal).Where(stream => !open.ContainsKey(stream.Key)))
        {
            if (recent.Find(stream.Key) is { } remembered)
                open.Add(stream.Key, stream.Recall(session, remembered));
            else
                fetching.Add(stream.Fetch(session, first.Events));
        }

        if (fetching.Count == 0)
            return;
        await first.Execute(stopping);
        var opening = fetching.ConvertAll(rest => rest(second.Events));
        await second.Execute(stopping);
        foreach (var stream in opening)
            open.Add((await stream).Key, await stream);
    }

    /// <summary>
    /// Appending checks that a stream has not moved since. A decision that appends nothing to a stream that was not read
    /// has to have it checked too, as another instance may have moved it.
    /// </summary>
    internal async Task Verify()
    {
        var batch = session.CreateBatchQuery();
        var asked = open.Values.Where(stream => stream is { WasRecalled: true, HasEvents: false })
            .Select(stream => (stream.Version, Asking: batch.Events.FetchStreamState(stream.Key))).ToList();
        if (asked.Count == 0)
            return;
        await batch.Execute(stopping);
        foreach (var (version, asking) in asked)
        {
            if ((await asking)?.Version != version)
                throw new MovedException();
        }
    }

    /// <summary>Keeps what was decided, with its cause where one is known.</summary>
    internal void Keep(string? cause)
    {
        foreach (var stream in open.Values)
            stream.Keep(cause is null ? happened => happened : Caused);

        object Caused(object happened)
        {
            var recorded = session.Events.BuildEvent(happened);
            recorded.CausationId = cause;
            return recorded;
        }
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

    internal void Remember()
    {
        foreach (var stream in open.Values)
            stream.RememberIn(recent);
    }

    internal void Distrust()
    {
        foreach (var key in open.Keys)
            recent.Remove(key);
    }

    /// <summary>A stream is not what it was remembered as.</summary>
    internal sealed class MovedException : Exception;

    /// <summary>What all open streams have in common, whatever their state.</summary>
    public abstract class OpenStream
    {
        internal abstract string Key { get; }

        internal abstract long Version { get; }

        internal abstract bool WasRecalled { get; }

        internal abstract bool HasEvents { get; }

        internal abstract void Keep(Func<object, object> recorded);

        internal abstract void Forget();

        internal abstract void Append();

        internal abstract void RememberIn(RecentStreams recent);
    }

    /// <summary>One stream with its state; what is appended is saved when the decision has come to its end.</summary>
    public sealed class OpenStream<T> : OpenStream where T : class
    {
        readonly Action<IReadOnlyList<object>> append;
        readonly List<object> kept = [];
        readonly List<object> decided = [];
        T? keptState;

        internal OpenStream(string key, long version, T? state, Action<IReadOnlyList<object>> append, bool wasRecalled = false)
        {
            (Key, Version, WasRecalled, this.append) = (key, version, wasRecalled, append);
            State = keptState = state;
        }

        /// <summary>A stream at a known version; appending fails when it has moved.</summary>
        internal static OpenStream<T> Of(IDocumentSession session, string key, long version, T? state, bool wasRecalled = false) => new(
            key, version, state,
            version == 0
                ? events => session.Events.StartStream(key, events)
                : events => session.Events.Append(key, version + events.Count, (IEnumerable<object>)events),
            wasRecalled);

        public T? State { get; private set; }

        internal override string Key { get; }

        internal override long Version { get; }

        internal override bool WasRecalled { get; }

        internal override bool HasEvents => kept.Count > 0;

        /// <summary>Appends events, which lead to <paramref name="state"/>.</summary>
        public void Append(T state, IEnumerable<object> events)
        {
            State = state;
            decided.AddRange(events);
        }

        internal override void Keep(Func<object, object> recorded)
        {
            kept.AddRange(decided.Select(recorded));
            keptState = State;
            decided.Clear();
        }

        internal override void Forget()
        {
            State = keptState;
            decided.Clear();
        }

        internal override void Append()
        {
            if (HasEvents)
                append(kept);
        }

        internal override void RememberIn(RecentStreams recent)
        {
            if (keptState is not null)
                recent.Remember(Key, new(Version + kept.Count, keptState));
        }
    }
}

/// <summary>A stream as it was after it was last read or saved.</summary>
sealed record RememberedStream(long Version, object State);

/// <summary>
/// The streams that were opened last: what is decided on a case comes in clusters, and reading a stream anew for each costs more
/// than deciding. That a stream was moved by another instance is found when the page is saved.
/// </summary>
sealed class RecentStreams : IDisposable
{
    const int Most = 2000;

    readonly MemoryCache streams = new(new MemoryCacheOptions { SizeLimit = Most, CompactionPercentage = 0.2 });

    public RememberedStream? Find(string key) => streams.Get<RememberedStream>(key);

    public void Remember(string key, RememberedStream stream) => streams.Set(key, stream, new MemoryCacheEntryOptions { Size = 1 });

    public void Remove(string key) => streams.Remove(key);

    public void Dispose() => streams.Dispose();
}
