using JasperFx.Events;
using Marten.Events;

namespace Marten.Sessions;

/// <summary>A stream fetched for writing: its state, and what will be appended if it has not moved meanwhile.</summary>
sealed class OpenStream<T>(StreamAction action, T? aggregate, EventGraph graph, CancellationToken cancellation) : IEventStream<T>
    where T : notnull
{
    public T? Aggregate { get; } = aggregate;
    public long? StartingVersion => action.ExpectedVersionOnServer;
    public long? CurrentVersion => action.ExpectedVersionOnServer + action.Events.Count;
    public string? Key => action.Key;
    public CancellationToken Cancellation => cancellation;
    public IReadOnlyList<IEvent> Events => action.Events;

    public void AppendOne(object @event) => action.AddEvent(graph.Wrap(@event));
    public void AppendMany(params object[] events) => AppendMany(events.AsEnumerable());

    public void AppendMany(IEnumerable<object> events)
    {
        foreach (var e in events) AppendOne(e);
    }
}
