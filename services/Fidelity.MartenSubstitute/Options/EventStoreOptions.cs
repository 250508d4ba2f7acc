using JasperFx.Events;

namespace Marten.Events;

public interface IEventStoreOptions
{
    StreamIdentity StreamIdentity { get; set; }
    EventAppendMode AppendMode { get; set; }
    string DatabaseSchemaName { get; set; }
    MetadataConfig MetadataConfig { get; }
    TimeProvider TimeProvider { get; set; }

    /// <summary>Tells daemons in other processes of every commit at once; within a process they are told anyway.</summary>
    bool UseListenNotifyForEventAppends { get; set; }

    /// <summary>The substitute's daemons always lead by a lock of the session, which they watch themselves.</summary>
    bool UseAdvisoryLockTransaction { get; set; }
    bool UseMonitoredAdvisoryLock { get; set; }

    IEventStoreOptions AddEventType<TEvent>();
    void MapEventType<TEvent>(string eventTypeName) where TEvent : class;
    void AddMaskingRuleForProtectedInformation<T>(Action<T> action);
    void AddMaskingRuleForProtectedInformation<T>(Func<T, T> func);

    /// <summary>Reads events stored under this name as an older type and hands them on as the newer.</summary>
    IEventStoreOptions Upcast<TOldEvent, TEvent>(string eventTypeName, Func<TOldEvent, TEvent> upcast)
        where TOldEvent : class where TEvent : class;

    IEventStoreOptions Upcast<TOldEvent, TEvent>(Func<TOldEvent, TEvent> upcast) where TOldEvent : class where TEvent : class;
}

public class MetadataConfig
{
    public bool CorrelationIdEnabled { get; set; }
    public bool CausationIdEnabled { get; set; }
    public bool HeadersEnabled { get; set; }
    public bool UserNameEnabled { get; set; }

    /// <summary>All but the user name, which Marten leaves out here too.</summary>
    public void EnableAll() => CorrelationIdEnabled = CausationIdEnabled = HeadersEnabled = true;
}
