namespace JasperFx.Events;

public enum StreamIdentity { AsGuid, AsString }

public enum EventAppendMode { Rich, Quick, QuickWithServerTimestamps }

public enum StreamActionType { Start, Append }

public class StreamState
{
    public string? Key { get; set; }
    public long Version { get; set; }
    public Type? AggregateType { get; set; }
    public DateTimeOffset LastTimestamp { get; set; }
    public DateTimeOffset Created { get; set; }
    public bool IsArchived { get; set; }
}

public interface IEventStream<out T> where T : notnull
{
    T? Aggregate { get; }
    long? StartingVersion { get; }
    long? CurrentVersion { get; }
    string? Key { get; }
    CancellationToken Cancellation { get; }
    IReadOnlyList<IEvent> Events { get; }
    void AppendOne(object @event);
    void AppendMany(params object[] events);
    void AppendMany(IEnumerable<object> events);
}

/// <summary>What one session is about to do to one stream.</summary>
public class StreamAction(string stream, StreamActionType actionType)
{
    readonly List<IEvent> events = [];

    public string? Key { get; } = stream;
    public StreamActionType ActionType { get; } = actionType;
    public Type? AggregateType { get; set; }
    public string TenantId { get; set; } = Event.DefaultTenant;
    public long? ExpectedVersionOnServer { get; set; }
    public long Version { get; set; }
    public IReadOnlyList<IEvent> Events => events;

    public StreamAction AddEvent(IEvent @event)
    {
        @event.StreamKey = Key;
        @event.TenantId = TenantId;
        events.Add(@event);
        return this;
    }

    public StreamAction AddEvents(IReadOnlyList<IEvent> added)
    {
        foreach (var @event in added) AddEvent(@event);
        return this;
    }

    public static StreamAction Start(string streamKey, params IEvent[] events) =>
        events.Length > 0
            ? new StreamAction(streamKey, StreamActionType.Start).AddEvents(events)
            : throw new EmptyEventStreamException(streamKey);

    public static StreamAction Append(string streamKey, IEvent[] events) =>
        new StreamAction(streamKey, StreamActionType.Append).AddEvents(events);
}
