namespace JasperFx.Events;

/// <summary>A fact as it stands in a stream, with everything the store knows about it.</summary>
public interface IEvent
{
    Guid Id { get; set; }
    long Version { get; set; }
    long Sequence { get; set; }
    object Data { get; }
    string? StreamKey { get; set; }
    DateTimeOffset Timestamp { get; set; }
    string TenantId { get; set; }
    Type EventType { get; }
    string EventTypeName { get; set; }
    string DotNetTypeName { get; set; }
    string? CausationId { get; set; }
    string? CorrelationId { get; set; }
    Dictionary<string, object>? Headers { get; set; }
    bool IsArchived { get; set; }
    string? UserName { get; set; }
    void SetHeader(string key, object value);
    object? GetHeader(string key);
}

public interface IEvent<out T> : IEvent where T : notnull
{
    new T Data { get; }
}

/// <summary>An event whose data may be exchanged, as masking does.</summary>
interface IReplaceable<T>
{
    T Data { get; set; }
}

public class Event<T>(T data) : IEvent<T>, IReplaceable<T> where T : notnull
{
    public T Data { get; set; } = data;
    object IEvent.Data => Data;
    public Type EventType => typeof(T);
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public long Version { get; set; }
    public long Sequence { get; set; }
    public string? StreamKey { get; set; }
    public DateTimeOffset Timestamp { get; set; }
    public string TenantId { get; set; } = Event.DefaultTenant;
    public string EventTypeName { get; set; } = null!;
    public string DotNetTypeName { get; set; } = null!;
    public string? CausationId { get; set; }
    public string? CorrelationId { get; set; }
    public Dictionary<string, object>? Headers { get; set; }
    public bool IsArchived { get; set; }
    public string? UserName { get; set; }

    public void SetHeader(string key, object value) => (Headers ??= [])[key] = value;
    public object? GetHeader(string key) => Headers?.GetValueOrDefault(key);
}

public static class Event
{
    internal const string DefaultTenant = "*DEFAULT*";

    public static IEvent<T> For<T>(T data) where T : notnull => new Event<T>(data);
}
