using JasperFx.Events;

namespace Marten.Events;

/// <summary>How one .NET type is stored: its name in the rows, and the way into and out of JSON.</summary>
abstract class EventMapping(Type type, string name)
{
    public Type Type { get; } = type;
    public string Name { get; } = name;
    public string DotNetTypeName { get; } = $"{type.FullName}, {type.Assembly.GetName().Name}";
    public abstract IEvent Wrap(object data);
    public abstract byte[] Write(IEvent e, EventSerializer serializer);
    public abstract IEvent Read(byte[] json, EventSerializer serializer);

    public static EventMapping For(Type type, string name) =>
        (EventMapping)Activator.CreateInstance(typeof(EventMapping<>).MakeGenericType(type), name)!;
}

sealed class EventMapping<T>(string name) : EventMapping(typeof(T), name) where T : notnull
{
    public override IEvent Wrap(object data) => new Event<T>((T)data);
    public override byte[] Write(IEvent e, EventSerializer serializer) => serializer.Write((T)e.Data);
    public override IEvent Read(byte[] json, EventSerializer serializer) => new Event<T>(serializer.Read<T>(json));
}

sealed class UpcastMapping<TOld, T>(string name, Func<TOld, T> upcast) : EventMapping(typeof(T), name) where T : notnull
{
    public override IEvent Wrap(object data) => new Event<T>((T)data);
    public override byte[] Write(IEvent e, EventSerializer serializer) => serializer.Write((T)e.Data);
    public override IEvent Read(byte[] json, EventSerializer serializer) => new Event<T>(upcast(serializer.Read<TOld>(json)));
}
