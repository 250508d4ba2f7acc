using JasperFx;
using JasperFx.Events;
using Marten;
using Marten.Exceptions;
using Shouldly;

namespace Fidelity.EventStore;

public sealed class AppendingTests(Installation installation) : IClassFixture<Installation>
{
    readonly IDocumentStore store = installation.Store();
    readonly string key = $"account:{Guid.CreateVersion7():n}";

    [Fact]
    public async Task A_started_stream_is_read_back_in_order_with_versions_from_one()
    {
        await StartAsync();

        var events = await FetchAsync();

        events.Select(e => e.Data).ShouldBe([new AccountOpened("Ann", 100), new Deposited(50)]);
        events.Select(e => e.Version).ShouldBe([1L, 2L]);
        events.Select(e => e.StreamKey).ShouldBe([key, key]);
        events.Select(e => e.EventTypeName).ShouldBe(["account_opened", "deposited"]);
        events[1].Sequence.ShouldBe(events[0].Sequence + 1);
        events[0].DotNetTypeName.ShouldBe("Fidelity.EventStore.AccountOpened, Fidelity.MartenSubstitute.Tests");
    }

    [Fact]
    public async Task Appended_events_carry_their_version_and_sequence()
    {
        await StartAsync();
        await using var session = store.LightweightSession();
        var action = session.Events.Append(key, new Deposited(1), new Deposited(2));
        await session.SaveChangesAsync();

        action.Events.Select(e => e.Version).ShouldBe([3L, 4L]);
        action.Events.Select(e => e.Sequence).ShouldBe((await FetchAsync()).Skip(2).Select(e => e.Sequence));
    }

    [Fact]
    public async Task The_expected_version_of_an_append_is_the_one_after_it()
    {
        await StartAsync();
        await using (var session = store.LightweightSession())
        {
            session.Events.Append(key, 3, new Withdrawn(20));
            await session.SaveChangesAsync();
        }

        await using var late = store.LightweightSession();
        late.Events.Append(key, 3, new Withdrawn(30));
        await Should.ThrowAsync<EventStreamUnexpectedMaxEventIdException>(() => late.SaveChangesAsync());

        await using var early = store.LightweightSession();
        early.Events.Append(key, 5, new Withdrawn(30));
        await Should.ThrowAsync<EventStreamUnexpectedMaxEventIdException>(() => early.SaveChangesAsync());

        (await FetchAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task An_append_without_expectation_continues_or_begins_a_stream()
    {
        for (var i = 0; i < 3; i++)
        {
            await using var session = store.LightweightSession();
            session.Events.Append(key, new Deposited(i));
            await session.SaveChangesAsync();
        }

        (await FetchAsync()).Select(e => e.Version).ShouldBe([1L, 2L, 3L]);
    }

    [Fact]
    public async Task Starting_a_stream_that_exists_collides()
    {
        await StartAsync();

        await Should.ThrowAsync<ExistingStreamIdCollisionException>(StartAsync);
    }

    [Fact]
    public void Starting_a_stream_without_events_is_refused()
    {
        using var session = store.LightweightSession();

        Should.Throw<EmptyEventStreamException>(() => session.Events.StartStream<Account>(key));
        Should.Throw<EmptyEventStreamException>(() => session.Events.StartStream(key, Array.Empty<object>()));
    }

    [Fact]
    public async Task An_optimistic_append_needs_a_stream_and_keeps_its_version()
    {
        await using var missing = store.LightweightSession();
        await Should.ThrowAsync<NonExistentStreamException>(
            () => missing.Events.AppendOptimistic(key, CancellationToken.None, new Deposited(1)));

        await StartAsync();
        await using var first = store.LightweightSession();
        await using var second = store.LightweightSession();
        await first.Events.AppendOptimistic(key, CancellationToken.None, new Deposited(1));
        await second.Events.AppendOptimistic(key, CancellationToken.None, new Deposited(2));
        await first.SaveChangesAsync();
        await Should.ThrowAsync<EventStreamUnexpectedMaxEventIdException>(() => second.SaveChangesAsync());
    }

    [Fact]
    public async Task An_archived_stream_has_no_events_and_takes_none()
    {
        await StartAsync();
        await using (var session = store.LightweightSession())
        {
            session.Events.ArchiveStream(key);
            await session.SaveChangesAsync();
        }

        (await FetchAsync()).ShouldBeEmpty();
        await using var append = store.LightweightSession();
        (await append.Events.FetchStreamStateAsync(key))!.IsArchived.ShouldBeTrue();
        append.Events.Append(key, new Deposited(1));
        await Should.ThrowAsync<InvalidStreamOperationException>(() => append.SaveChangesAsync());
    }

    [Fact]
    public async Task An_archived_stream_is_fetched_for_writing_in_vain()
    {
        await StartAsync();
        await using (var session = store.LightweightSession())
        {
            session.Events.ArchiveStream(key);
            await session.SaveChangesAsync();
        }

        await using var late = store.LightweightSession();
        var stream = await late.Events.FetchForWriting<Account>(key);
        stream.Aggregate.ShouldBeNull();
        stream.StartingVersion.ShouldBe(2);
        stream.AppendOne(new Deposited(1));
        await Should.ThrowAsync<InvalidStreamOperationException>(() => late.SaveChangesAsync());
    }

    [Fact]
    public async Task Appends_of_one_session_to_one_stream_are_saved_in_their_order()
    {
        await using var session = store.LightweightSession();
        session.Events.StartStream<Account>(key, new AccountOpened("Ann", 1));
        session.Events.Append(key, new Deposited(2));
        session.Events.Append(key, (IEnumerable<object>)[new Deposited(3), new Withdrawn(4)]);
        await session.SaveChangesAsync();
        session.Events.Append(key, 5, new Deposited(5));
        session.Events.Append(key, 6, new Deposited(6));
        await session.SaveChangesAsync();

        (await FetchAsync()).Select(e => e.Data).ShouldBe([
            new AccountOpened("Ann", 1), new Deposited(2), new Deposited(3), new Withdrawn(4), new Deposited(5), new Deposited(6)]);
    }

    [Fact]
    public async Task A_session_that_appended_nothing_saves_nothing()
    {
        await using var session = store.LightweightSession();
        (await session.Events.FetchForWriting<Account>(key)).Aggregate.ShouldBeNull();
        await session.SaveChangesAsync();

        (await session.Events.FetchStreamStateAsync(key)).ShouldBeNull();
    }

    [Fact]
    public async Task What_a_session_ejects_is_not_saved()
    {
        await using var session = store.LightweightSession();
        session.Events.StartStream<Account>(key, new AccountOpened("Ann", 1));
        session.EjectAllPendingChanges();
        await session.SaveChangesAsync();

        (await session.Events.FetchStreamStateAsync(key)).ShouldBeNull();
    }

    [Fact]
    public void A_stream_needs_a_key()
    {
        using var session = store.LightweightSession();

        Should.Throw<ArgumentOutOfRangeException>(() => session.Events.Append("", new Deposited(1)));
        Should.Throw<ArgumentOutOfRangeException>(() => session.Events.StartStream<Account>("", new Deposited(1)));
    }

    [Fact]
    public async Task A_stream_fetched_for_writing_moves_only_if_nobody_else_moved_it()
    {
        await StartAsync();
        await using var first = store.LightweightSession();
        await using var second = store.LightweightSession();
        var mine = await first.Events.FetchForWriting<Account>(key);
        var theirs = await second.Events.FetchForWriting<Account>(key);

        mine.Aggregate!.Balance.ShouldBe(150);
        mine.StartingVersion.ShouldBe(2);
        mine.AppendOne(new Withdrawn(20));
        mine.CurrentVersion.ShouldBe(3);
        theirs.AppendMany(new Withdrawn(1), new Withdrawn(2));
        await first.SaveChangesAsync();

        await Should.ThrowAsync<EventStreamUnexpectedMaxEventIdException>(() => second.SaveChangesAsync());
    }

    [Fact]
    public async Task A_stream_fetched_for_writing_at_a_version_must_be_at_it()
    {
        await StartAsync();
        await using var session = store.LightweightSession();

        (await session.Events.FetchForWriting<Account>(key, 2)).Aggregate!.Version.ShouldBe(2);
        await using var other = store.LightweightSession();
        await Should.ThrowAsync<ConcurrencyException>(() => other.Events.FetchForWriting<Account>(key, 1));
    }

    [Fact]
    public async Task A_stream_that_does_not_exist_is_fetched_for_writing_and_started_once()
    {
        await using var first = store.LightweightSession();
        await using var second = store.LightweightSession();
        foreach (var session in new[] { first, second })
        {
            var stream = await session.Events.FetchForWriting<Account>(key);
            stream.Aggregate.ShouldBeNull();
            stream.StartingVersion.ShouldBe(0);
            stream.AppendOne(new AccountOpened("Ann", 1));
        }

        await first.SaveChangesAsync();
        await Should.ThrowAsync<ExistingStreamIdCollisionException>(() => second.SaveChangesAsync());
        await using var third = store.LightweightSession();
        (await third.Events.FetchStreamStateAsync(key))!.AggregateType.ShouldBe(typeof(Account));
    }

    [Fact]
    public async Task Several_streams_are_saved_together_or_not_at_all()
    {
        await StartAsync();
        var others = Enumerable.Range(0, 5).Select(i => $"{key}:{i}").ToList();
        await using (var session = store.LightweightSession())
        {
            foreach (var other in others) (await session.Events.FetchForWriting<Account>(other)).AppendOne(new AccountOpened("Ann", 1));
            session.Events.Append(key, new Deposited(1));
            await session.SaveChangesAsync();
        }

        await using var failing = store.LightweightSession();
        foreach (var other in others) failing.Events.Append(other, new Deposited(1));
        failing.Events.Append(key, 99, new Deposited(1));
        await Should.ThrowAsync<EventStreamUnexpectedMaxEventIdException>(() => failing.SaveChangesAsync());

        await using var query = store.QuerySession();
        foreach (var other in others) (await query.Events.FetchStreamStateAsync(other))!.Version.ShouldBe(1);
    }

    [Fact]
    public async Task Eight_writers_on_one_stream_lose_by_an_exception_and_lose_no_event()
    {
        await StartAsync();
        var lost = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                while (true)
                {
                    await using var session = store.LightweightSession();
                    session.Events.Append(key, new Deposited(writer), new Withdrawn(writer));
                    try
                    {
                        await session.SaveChangesAsync();
                        break;
                    }
                    catch (EventStreamUnexpectedMaxEventIdException)
                    {
                        Interlocked.Increment(ref lost);
                    }
                }
            }
        })));

        var events = await FetchAsync();
        events.Select(e => e.Version).ShouldBe(Enumerable.Range(1, 162).Select(v => (long)v));
        events.Skip(2).Chunk(2).ShouldAllBe(pair => pair[0].Data is Deposited && pair[1].Data is Withdrawn);
        lost.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Eight_writers_that_begin_one_stream_begin_it_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                await using var session = store.LightweightSession();
                var stream = await session.Events.FetchForWriting<Account>(key);
                stream.AppendOne(stream.Aggregate is null ? new AccountOpened("Ann", 0) : new Deposited(1));
                try
                {
                    await session.SaveChangesAsync();
                    return;
                }
                catch (Exception e) when (e is ExistingStreamIdCollisionException or ConcurrencyException)
                {
                    // Somebody else was first.
                }
            }
        })));

        await using var query = store.QuerySession();
        var account = await query.Events.AggregateStreamAsync<Account>(key);
        account!.Balance.ShouldBe(7);
        account.Version.ShouldBe(8);
    }

    [Fact]
    public async Task Sessions_that_take_the_same_streams_in_opposite_order_all_come_through()
    {
        var keys = Enumerable.Range(0, 10).Select(i => $"{key}:{i}").ToList();
        await using (var session = store.LightweightSession())
        {
            foreach (var one in keys) session.Events.StartStream(one, new AccountOpened("Ann", 0));
            await session.SaveChangesAsync();
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 10;)
            {
                await using var session = store.LightweightSession();
                foreach (var one in writer % 2 == 0 ? keys : keys.AsEnumerable().Reverse()) session.Events.Append(one, new Deposited(1));
                try
                {
                    await session.SaveChangesAsync();
                    i++;
                }
                catch (Exception e) when (e is ConcurrencyException or MartenCommandException)
                {
                    // Lost to another session, in Marten also by a deadlock: again.
                }
            }
        })));

        await using var query = store.QuerySession();
        foreach (var one in keys) (await query.Events.FetchStreamStateAsync(one))!.Version.ShouldBe(41);
    }

    async Task StartAsync()
    {
        await using var session = store.LightweightSession();
        session.Events.StartStream<Account>(key, new AccountOpened("Ann", 100), new Deposited(50));
        await session.SaveChangesAsync();
    }

    async Task<IReadOnlyList<IEvent>> FetchAsync()
    {
        await using var query = store.QuerySession();
        return await query.Events.FetchStreamAsync(key);
    }
}
