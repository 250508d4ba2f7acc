using JasperFx.Events;
using JasperFx.Events.Projections;

namespace JasperFx.Events.Projections
{
    public enum ProjectionLifecycle { Inline, Async, Live }

    public enum SnapshotLifecycle { Inline, Async }

    /// <summary>The name a projection or subscription keeps its progress under.</summary>
    public class ShardName(string name, string shardKey, uint version)
    {
        public const string All = "All";

        public ShardName(string name) : this(name, All, 1) { }

        public string Name { get; } = name;
        public string ShardKey { get; } = shardKey;
        public uint Version { get; } = version;
        public string Identity { get; } = version > 1 ? $"{name}:V{version}:{shardKey}" : $"{name}:{shardKey}";
        public override string ToString() => Identity;
    }

    public class ShardState(string shardName, long sequence)
    {
        public const string HighWaterMark = "HighWaterMark";

        public string ShardName { get; } = shardName;
        public long Sequence { get; } = sequence;
        public override string ToString() => $"{ShardName} at {Sequence}";
    }

    public class EventRange(ShardName shardName, long floor, long ceiling)
    {
        public ShardName ShardName { get; } = shardName;
        public long SequenceFloor { get; } = floor;
        public long SequenceCeiling { get; } = ceiling;
        public List<IEvent> Events { get; set; } = [];
        public int Size => Events.Count;
    }

    public interface IEventFilterable
    {
        void IncludeType<T>();
        void IncludeType(Type type);
    }

    public abstract class EventFilterable : IEventFilterable
    {
        public List<Type> IncludedEventTypes { get; } = [];
        public void IncludeType<T>() => IncludeType(typeof(T));
        public void IncludeType(Type type) => IncludedEventTypes.Add(type);
    }

    public abstract class ProjectionBase : EventFilterable
    {
        protected ProjectionBase() => Name = GetType().Name;

        public string Name { get; set; }
        public uint Version { get; set; } = 1;
        public ProjectionLifecycle Lifecycle { get; set; } = ProjectionLifecycle.Async;
        public AsyncOptions Options { get; } = new();
    }

    public class AsyncOptions
    {
        internal bool FromPresent { get; private set; }
        internal List<string> TablesToEmpty { get; } = [];

        public int BatchSize { get; set; } = 500;

        public AsyncOptions SubscribeFromPresent(string? databaseIdentifier = null)
        {
            FromPresent = true;
            return this;
        }

        public void DeleteDataInTableOnTeardown(string tableIdentifier) => TablesToEmpty.Add(tableIdentifier);
    }
}

namespace Marten.Events.Projections
{
    public interface IProjection
    {
        Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation);
    }
}
