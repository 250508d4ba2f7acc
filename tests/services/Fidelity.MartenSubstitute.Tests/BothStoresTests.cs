using Marten;
using Shouldly;

namespace Fidelity.EventStore;

/// <summary>
/// The two event stores on one database: this one, and the one that the program at <see cref="Peer.OtherVariable"/> was built with.
/// `tests/run.sh --marten` builds both.
/// </summary>
public sealed class BothStoresTests : IAsyncLifetime
{
    readonly Installation installation = new();

    public ValueTask InitializeAsync() => installation.InitializeAsync();

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_is_continued_by_one_after_the_other(bool otherBegins)
    {
        var other = Other();
        var store = installation.Store();
        if (otherBegins) (await Peer.DepositAsync(installation.Schema, "shared", 1, other)).ShouldEndWith(": Ann has 1 at 1");
        else await DepositAsync(store, 1);
        for (var amount = 2; amount <= 5; amount += 2)
        {
            await DepositAsync(store, amount);
            (await Peer.DepositAsync(installation.Schema, "shared", amount + 1, other)).ShouldEndWith($" at {amount + 1}");
        }

        await using var query = store.QuerySession();
        var events = await query.Events.FetchStreamAsync("shared");
        events.Select(e => e.Data).ShouldBe([new AccountOpened("Ann", 1), .. Enumerable.Range(2, 4).Select(i => new Deposited(i))]);
        events.Select(e => e.Version).ShouldBe([1L, 2L, 3L, 4L, 5L]);
        events.Select(e => e.DotNetTypeName).Distinct().Count().ShouldBe(2);
        events.Where(e => e.CorrelationId is not null).ShouldAllBe(e => e.CorrelationId == "corr" && Equals(e.GetHeader("writer"), 7L));
        events.Count(e => e.CorrelationId is not null).ShouldBe(otherBegins ? 3 : 2);
        (await query.Events.FetchStreamStateAsync("shared"))!.AggregateType.ShouldBe(typeof(Account));
        (await query.Events.AggregateStreamAsync<Account>("shared"))!.Balance.ShouldBe(15);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_daemon_of_one_goes_on_where_a_daemon_of_the_other_was_killed(bool otherFirst)
    {
        var other = Other();
        var store = await Installation.WithTablesAsync(installation.Store());
        await installation.ExecuteAsync($"create table {Witness.Table(installation.Schema)} (shard varchar, witness varchar, seq bigint)");
        await using var first = Peer.Daemon(installation.Schema, "first", executable: otherFirst ? other : null);
        await EachEventIsSeenByEachShardAsync();
        await using var second = Peer.Daemon(installation.Schema, "second", executable: otherFirst ? null : other);
        await DepositAsync(store, 1);
        await EachEventIsSeenByEachShardAsync();
        (await WitnessesAsync(from: 0)).ShouldBe(["first"]);

        await first.KillAsync();
        await DepositAsync(store, 2);

        await EachEventIsSeenByEachShardAsync();
        (await WitnessesAsync(from: 3)).ShouldBe(["second"]);
    }

    static string Other()
    {
        Assert.SkipWhen(Peer.Other is null, $"{Peer.OtherVariable} names no program that was built with the other event store; tests/run.sh --marten builds one.");
        return Peer.Other;
    }

    static async Task DepositAsync(IDocumentStore store, int amount)
    {
        await using var session = store.LightweightSession();
        var stream = await session.Events.FetchForWriting<Account>("shared");
        stream.AppendOne(stream.Aggregate is null ? new AccountOpened("Ann", amount) : new Deposited(amount));
        await session.SaveChangesAsync();
    }

    Task EachEventIsSeenByEachShardAsync() => Eventually.Becomes(
        () => installation.ScalarAsync<bool>($"""
            select coalesce((select array_agg(seq order by shard, seq) from {Witness.Table(installation.Schema)}), '{"{}"}')
                = (select array_agg(e.seq_id order by s.shard, e.seq_id)
                    from {installation.Schema}.mt_events e, (values ('Left'), ('Right')) s (shard))
            """),
        true);

    async Task<IReadOnlyList<string>> WitnessesAsync(long from) => await installation.ScalarAsync<string[]>(
        $"select array_agg(distinct witness) from {Witness.Table(installation.Schema)} where seq >= {from}");
}
