using System.Collections.Concurrent;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Marten.Subscriptions;

namespace Fidelity.EventStore;

/// <summary>Keeps what it was given, and does what the test wants done with each page before that.</summary>
public sealed class Recorder(Func<EventRange, ISubscriptionController, IDocumentOperations, CancellationToken, Task>? handle = null) : ISubscription
{
    readonly ConcurrentQueue<IEvent> events = new();
    readonly ConcurrentQueue<(long Floor, long Ceiling)> pages = new();

    public IReadOnlyList<IEvent> Events => [.. events];
    public IReadOnlyList<(long Floor, long Ceiling)> Pages => [.. pages];

    public async Task<IChangeListener> ProcessEventsAsync(
        EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken)
    {
        if (handle is not null) await handle(page, controller, operations, cancellationToken);
        pages.Enqueue((page.SequenceFloor, page.SequenceCeiling));
        foreach (var e in page.Events) events.Enqueue(e);
        return NullChangeListener.Instance;
    }
}

/// <summary>Writes one row for each deposit it sees.</summary>
public sealed class DepositTable(string table, Func<Task>? before = null) : IProjection
{
    public async Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var e in events.OfType<IEvent<Deposited>>())
        {
            operations.QueueSqlCommand(
                $"insert into {table} (seq, version, account, amount) values (?, ?, ?, ?)", e.Sequence, e.Version, e.StreamKey!, e.Data.Amount);
        }

        if (before is not null) await before();
    }

    public static string Definition(string table) =>
        $"create table {table} (seq bigint, version bigint, account varchar, amount numeric, constraint {table.Replace('.', '_')}_once unique (account, amount))";
}
