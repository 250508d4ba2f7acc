using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using JasperFx.Events;
using Marten.Exceptions;

namespace Marten.Events;

/// <summary>Every event type the store knows, under the name its rows carry, and the settings that go with them.</summary>
sealed partial class EventGraph : IEventStoreOptions
{
    readonly ConcurrentDictionary<Type, EventMapping> byType = new();
    readonly ConcurrentDictionary<string, EventMapping> byName = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, Type> aggregates = new(StringComparer.Ordinal);
    readonly List<Func<IEvent, bool>> maskingRules = [];

    public StreamIdentity StreamIdentity { get; set; } = StreamIdentity.AsGuid;
    public EventAppendMode AppendMode { get; set; } = EventAppendMode.Quick;
    public string DatabaseSchemaName { get => schema ?? ""; set => schema = value; }
    public MetadataConfig MetadataConfig { get; } = new();
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
    public bool UseListenNotifyForEventAppends { get; set; }
    public bool UseAdvisoryLockTransaction { get; set; } = true;
    public bool UseMonitoredAdvisoryLock { get; set; } = true;
    string? schema;

    public IEventStoreOptions AddEventType<TEvent>()
    {
        MappingFor(typeof(TEvent));
        return this;
    }

    public void MapEventType<TEvent>(string eventTypeName) where TEvent : class
    {
        if (byType.TryGetValue(typeof(TEvent), out var earlier)) byName.TryRemove(new(earlier.Name, earlier));
        Register(byType[typeof(TEvent)] = EventMapping.For(typeof(TEvent), eventTypeName));
    }

    public IEventStoreOptions Upcast<TOldEvent, TEvent>(string eventTypeName, Func<TOldEvent, TEvent> upcast)
        where TOldEvent : class where TEvent : class
    {
        byName[eventTypeName] = new UpcastMapping<TOldEvent, TEvent>(eventTypeName, upcast);
        return this;
    }

    public IEventStoreOptions Upcast<TOldEvent, TEvent>(Func<TOldEvent, TEvent> upcast) where TOldEvent : class where TEvent : class =>
        Upcast(SnakeCase(typeof(TOldEvent)), upcast);

    public void AddMaskingRuleForProtectedInformation<T>(Action<T> action) => maskingRules.Add(e =>
    {
        if (e.Data is not T data) return false;
        action(data);
        return true;
    });

    public void AddMaskingRuleForProtectedInformation<T>(Func<T, T> func) => maskingRules.Add(e =>
    {
        if (e is not IReplaceable<T> replaceable) return false;
        replaceable.Data = func(replaceable.Data);
        return true;
    });

    /// <summary>Applies every rule that fits; false if none did.</summary>
    public bool TryMask(IEvent e) => maskingRules.Aggregate(false, (masked, rule) => rule(e) | masked);

    public IEvent Wrap(object data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var mapping = MappingFor((data as IEvent)?.EventType ?? data.GetType());
        var wrapped = data as IEvent ?? mapping.Wrap(data);
        wrapped.EventTypeName = mapping.Name;
        wrapped.DotNetTypeName = mapping.DotNetTypeName;
        return wrapped;
    }

    public EventMapping MappingFor(Type type) => byType.GetOrAdd(type, t =>
    {
        var mapping = EventMapping.For(t, SnakeCase(t));
        Register(mapping);
        return mapping;
    });

    /// <summary>By the row's name, else by its .NET type; a row that is neither is never skipped.</summary>
    public EventMapping MappingFor(string name, string? dotNetType)
    {
        if (byName.TryGetValue(name, out var known)) return known;
        if (dotNetType is null || Type.GetType(dotNetType) is not { } type) throw new UnknownEventTypeException(name);
        var mapping = EventMapping.For(type, name);
        byName.TryAdd(name, mapping);
        return mapping;
    }

    public string AliasFor(Type aggregate)
    {
        var alias = SnakeCase(aggregate);
        aggregates.TryAdd(alias, aggregate);
        return alias;
    }

    public Type? AggregateNamed(string? alias) => alias is null ? null : aggregates.GetValueOrDefault(alias);

    void Register(EventMapping mapping) => byName.TryAdd(mapping.Name, mapping);

    static string SnakeCase(Type type) => WordBoundary().Replace(type.Name, "_").ToLowerInvariant();

    // A digit counts as the start of a word, as in Marten: Sam2Scored is sam_2_scored.
    [GeneratedRegex(@"(?<=\p{Ll})(?=\P{Ll})|(?<=\P{Ll})(?=\P{Ll}\p{Ll})", RegexOptions.None, 1000)]
    private static partial Regex WordBoundary();
}
