using JasperFx.Events;
using Marten;
using Shouldly;

namespace Fidelity.EventStore;

/// <summary>Daemons as processes of their own, in hot-cold mode, that die as by a power cut.</summary>
public sealed class ProcessTests : IAsyncLifetime
{
    readonly Installation installation = new();
    readonly List<Peer> daemons = [];
    IDocumentStore store = null!;

    public async ValueTask InitializeAsync()
    {
        await installation.InitializeAsync();
        store = await Installation.WithTablesAsync(installation.Store());
        await installation.ExecuteAsync($"create table {Witness.Table(installation.Schema)} (shard varchar, witness varchar, seq bigint)");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var daemon in daemons) await daemon.DisposeAsync();
        await installation.DisposeAsync();
    }

    [Fact]
    public async Task Of_two_daemons_one_leads_a_shard_and_the_other_takes_over_when_it_dies()
    {
        var first = Start("first");
        await EachShardHasSeenAsync(1);
        var second = Start("second");
        for (var i = 1; i <= 5; i++)
        {
            await AppendAsync($"account:{i}");
            await EachShardHasSeenAsync(1 + (2 * i));
        }

        (await WitnessesAsync(from: 0)).ShouldBe(["Left by first", "Right by first"]);

        await first.KillAsync();
        await AppendAsync("account:6");

        await EachShardHasSeenAsync(13);
        (await WitnessesAsync(from: 12)).ShouldBe(["Left by second", "Right by second"]);
        await NothingIsLostOrRepeatedAsync();
        second.ShouldNotBeNull();
    }

    [Fact]
    public async Task Who_leads_a_shard_in_one_schema_keeps_nobody_from_leading_it_in_another()
    {
        await using var elsewhere = new Installation();
        await elsewhere.InitializeAsync();
        await Installation.WithTablesAsync(elsewhere.Store());
        await elsewhere.ExecuteAsync($"create table {Witness.Table(elsewhere.Schema)} (shard varchar, witness varchar, seq bigint)");

        Start("here");
        await EachShardHasSeenAsync(1);
        await using var there = Peer.Daemon(elsewhere.Schema, "there");

        await Eventually.Becomes(() => elsewhere.ScalarAsync<long>($"select count(*) from {Witness.Table(elsewhere.Schema)}"), 2L);
        await there.KillAsync();
    }

    [Fact]
    public async Task A_daemon_killed_in_mid_page_has_saved_nothing_of_it_and_the_next_repeats_it()
    {
        var victim = Start("victim", holding: true);
        (await victim.SaysAsync()).ShouldEndWith("1 in hand");
        (await victim.SaysAsync()).ShouldEndWith("1 in hand");
        await AppendAsync("account:1");

        await victim.KillAsync();
        Start("heir");

        await EachShardHasSeenAsync(3);
        (await WitnessesAsync(from: 0)).ShouldBe(["Left by heir", "Right by heir"]);
        await NothingIsLostOrRepeatedAsync();
    }

    Peer Start(string name, bool holding = false)
    {
        var daemon = Peer.Daemon(installation.Schema, name, holding);
        daemons.Add(daemon);
        return daemon;
    }

    async Task AppendAsync(string key)
    {
        await using var session = store.LightweightSession();
        session.Events.Append(key, new Deposited(1), new Withdrawn(1));
        await session.SaveChangesAsync();
    }

    async Task EachShardHasSeenAsync(long events)
    {
        foreach (var shard in Witness.Shards)
            await Eventually.Becomes(() => installation.ScalarAsync<long>($"select count(distinct seq) from {Witness.Table(installation.Schema)} where shard = '{shard}'"), events);
    }

    async Task<IReadOnlyList<string>> WitnessesAsync(long from) => await installation.ScalarAsync<string[]>(
        $"select array_agg(distinct shard || ' by ' || witness order by shard || ' by ' || witness) from {Witness.Table(installation.Schema)} where seq >= {from}");

    async Task NothingIsLostOrRepeatedAsync() => (await installation.ScalarAsync<bool>($"""
        select array_agg(seq order by shard, seq) = (select array_agg(e.seq_id order by s.shard, e.seq_id)
            from {installation.Schema}.mt_events e, (values ('Left'), ('Right')) s (shard))
        from {Witness.Table(installation.Schema)}
        """)).ShouldBeTrue();
}
