using Marten;
using Shouldly;

namespace Fidelity.EventStore;

public sealed class AggregatingTests(Installation installation) : IClassFixture<Installation>
{
    readonly IDocumentStore store = installation.Store(options =>
    {
        options.Projections.LiveStreamAggregation<Statement>();
        options.Projections.LiveStreamAggregation<Opening>();
    });
    readonly string key = $"account:{Guid.CreateVersion7():n}";

    [Fact]
    public async Task A_record_is_folded_by_create_and_both_returning_applies()
    {
        await using var session = await StartAsync();

        var account = await session.Events.AggregateStreamAsync<Account>(key);

        account.ShouldBe(new Account { Id = key, Version = 3, Owner = "Ann", Balance = 130 });
        (await session.Events.FetchLatest<Account>(key)).ShouldBe(account);
    }

    [Fact]
    public async Task A_class_without_create_starts_empty_and_is_changed_in_place()
    {
        await using var session = await StartAsync();

        var statement = await session.Events.AggregateStreamAsync<Statement>(key);

        statement!.Lines.ShouldBe(["2: +50", "-20"]);
        statement.Id.ShouldBe(key);
        statement.Version.ShouldBe(3);
    }

    [Fact]
    public async Task Create_may_take_the_envelope()
    {
        await using var session = await StartAsync();

        var opening = await session.Events.AggregateStreamAsync<Opening>(key);

        opening!.Id.ShouldBe(key);
        opening.Owner.ShouldBe("Ann");
        opening.At.ShouldBe((await session.Events.FetchStreamAsync(key))[0].Timestamp);
    }

    [Fact]
    public async Task A_stream_is_folded_up_to_a_version_or_a_time_or_on_from_a_state()
    {
        await using var session = await StartAsync();

        (await session.Events.AggregateStreamAsync<Account>(key, version: 2))!.Balance.ShouldBe(150);
        var first = (await session.Events.FetchStreamAsync(key))[0].Timestamp;
        (await session.Events.AggregateStreamAsync<Account>(key, timestamp: first.AddSeconds(-1))).ShouldBeNull();
        var state = await session.Events.AggregateStreamAsync<Account>(key, version: 1);
        (await session.Events.AggregateStreamAsync(key, state: state, fromVersion: 2))!.Balance.ShouldBe(130);
        (await session.Events.FetchStreamAsync(key, fromVersion: 2)).Select(e => e.Version).ShouldBe([2L, 3L]);
    }

    [Fact]
    public async Task A_version_that_a_stream_has_not_reached_has_no_state()
    {
        await using var session = await StartAsync();

        (await session.Events.AggregateStreamAsync<Account>(key, version: 4)).ShouldBeNull();
        (await session.Events.FetchStreamAsync(key, version: 4)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task An_event_that_comes_before_the_one_that_creates_finds_an_empty_state()
    {
        await using var session = store.LightweightSession();
        session.Events.StartStream(key, new Deposited(5), new Withdrawn(2));
        await session.SaveChangesAsync();

        var account = await session.Events.AggregateStreamAsync<Account>(key);

        account.ShouldBe(new Account { Id = key, Version = 2, Owner = "", Balance = 3 });
    }

    [Fact]
    public async Task An_event_that_an_aggregate_does_not_apply_still_counts_in_its_version()
    {
        await using var session = await StartAsync();

        (await session.Events.AggregateStreamAsync<Opening>(key))!.Owner.ShouldBe("Ann");
        session.Events.Append(key, new Remarked("well done"));
        await session.SaveChangesAsync();

        (await session.Events.AggregateStreamAsync<Account>(key)).ShouldBe(new Account { Id = key, Version = 4, Owner = "Ann", Balance = 130 });
    }

    [Fact]
    public async Task A_missing_stream_has_no_state()
    {
        await using var query = store.QuerySession();

        (await query.Events.AggregateStreamAsync<Account>(key)).ShouldBeNull();
        (await query.Events.FetchStreamStateAsync(key)).ShouldBeNull();
        (await query.Events.FetchStreamAsync(key)).ShouldBeEmpty();
    }

    public sealed record Remarked(string Text);

    async Task<IDocumentSession> StartAsync()
    {
        var session = store.LightweightSession();
        session.Events.StartStream<Account>(key, new AccountOpened("Ann", 100), new Deposited(50), new Withdrawn(20));
        await session.SaveChangesAsync();
        return session;
    }
}
