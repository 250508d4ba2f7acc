using JasperFx.Events;
using Marten;
using Shouldly;

namespace Fidelity.EventStore;

public sealed class BulkInsertTests(Installation installation) : IClassFixture<Installation>
{
    readonly IDocumentStore store = installation.Store();
    readonly string prefix = $"{Guid.CreateVersion7():n}";

    [Fact]
    public async Task New_streams_are_inserted_in_bulk_and_continued()
    {
        var streams = Enumerable.Range(0, 100).Select(i => Started($"{prefix}:{i}", new AccountOpened("Ann", i), new Deposited(1))).ToList();

        await store.BulkInsertEventsAsync(streams, batchSize: 30);

        await using var session = store.LightweightSession();
        var account = await session.Events.FetchForWriting<Account>($"{prefix}:42", 2);
        account.Aggregate!.Balance.ShouldBe(43);
        account.AppendOne(new Withdrawn(3));
        await session.SaveChangesAsync();
        var events = await session.Events.FetchStreamAsync($"{prefix}:42");
        events.Select(e => e.Version).ShouldBe([1L, 2L, 3L]);
        events.Select(e => e.Sequence).ShouldBe(events.Select(e => e.Sequence).Order());
    }

    [Fact]
    public async Task A_stream_that_exists_stops_the_whole_bulk()
    {
        await store.BulkInsertEventsAsync([Started($"{prefix}:1", new AccountOpened("Ann", 1))]);

        await Should.ThrowAsync<Exception>(() => store.BulkInsertEventsAsync(
            [Started($"{prefix}:0", new AccountOpened("Bob", 1)), Started($"{prefix}:1", new AccountOpened("Bob", 1))]));

        await using var query = store.QuerySession();
        (await query.Events.FetchStreamStateAsync($"{prefix}:0")).ShouldBeNull();
    }

    static StreamAction Started(string key, params object[] events) => StreamAction.Start(key, [.. events.Select(Event)]);

    static IEvent Event(object data) => data switch
    {
        AccountOpened opened => new Event<AccountOpened>(opened),
        Deposited deposited => new Event<Deposited>(deposited),
        _ => throw new ArgumentOutOfRangeException(nameof(data)),
    };
}
