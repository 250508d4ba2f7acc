using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events;
using Shouldly;

namespace Fidelity.EventStore;

public sealed class ProjectingTests : IAsyncLifetime
{
    readonly Installation installation = new();
    string table = "";

    public async ValueTask InitializeAsync()
    {
        await installation.InitializeAsync();
        table = $"{installation.Schema}.deposits";
        await installation.ExecuteAsync($"create schema {installation.Schema}; {DepositTable.Definition(table)}");
    }

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Fact]
    public async Task An_inline_projection_is_saved_with_its_events_or_not_at_all()
    {
        var store = installation.Store(options => options.Projections.Add(new DepositTable(table), ProjectionLifecycle.Inline));
        await AppendAsync(store, "a", new Deposited(1), new Deposited(2));
        (await CountAsync()).ShouldBe(2);

        // The table takes an amount once for each account.
        await Should.ThrowAsync<Exception>(() => AppendAsync(store, "a", new Deposited(3), new Deposited(2)));
        (await CountAsync()).ShouldBe(2);
        await using var query = store.QuerySession();
        (await query.Events.FetchStreamStateAsync("a"))!.Version.ShouldBe(2);
    }

    [Fact]
    public async Task A_quick_append_without_expected_version_tells_an_inline_projection_neither_version_nor_sequence()
    {
        var store = installation.Store(options => options.Projections.Add(new DepositTable(table), ProjectionLifecycle.Inline));
        await AppendAsync(store, "a", new Deposited(1));

        (await installation.ScalarAsync<long>($"select sum(seq + version)::bigint from {table}")).ShouldBe(0);
    }

    [Fact]
    public async Task A_quick_append_with_an_expected_version_tells_an_inline_projection_the_version()
    {
        var store = installation.Store(options => options.Projections.Add(new DepositTable(table), ProjectionLifecycle.Inline));
        await AppendAsync(store, "a", new Deposited(1));
        await using var session = store.LightweightSession();
        session.Events.Append("a", 3, new Deposited(2), new Deposited(3));
        await session.SaveChangesAsync();

        (await installation.ScalarAsync<long[]>($"select array_agg(version order by amount) from {table}")).ShouldBe([0L, 2L, 3L]);
        (await installation.ScalarAsync<long>($"select sum(seq)::bigint from {table}")).ShouldBe(0);
    }

    [Fact]
    public async Task A_rich_append_tells_an_inline_projection_both()
    {
        var store = installation.Store(options =>
        {
            options.Events.AppendMode = EventAppendMode.Rich;
            options.Projections.Add(new DepositTable(table), ProjectionLifecycle.Inline);
        });
        await AppendAsync(store, "a", new Deposited(1), new Deposited(2));
        await AppendAsync(store, "a", new Deposited(3));

        (await installation.ScalarAsync<long>(
            $"select count(*) from {table} t join {installation.Schema}.mt_events e on e.seq_id = t.seq and e.version = t.version")).ShouldBe(3);
    }

    [Fact]
    public async Task An_asynchronous_projection_catches_up_and_keeps_its_progress_under_its_name()
    {
        var store = installation.Store(options =>
            options.Projections.Add(new DepositTable(table), ProjectionLifecycle.Async, "Deposits", o => o.BatchSize = 7));
        for (var i = 0; i < 20; i++) await AppendAsync(store, $"account:{i}", new Deposited(1), new Deposited(2));
        using var daemon = await store.BuildProjectionDaemonAsync();

        await daemon.StartAllAsync();
        await store.WaitForNonStaleProjectionDataAsync(Eventually.Soon);
        (await CountAsync()).ShouldBe(40);
        await AppendAsync(store, "late", new Deposited(1));
        await daemon.WaitForNonStaleData(Eventually.Soon);
        (await CountAsync()).ShouldBe(41);
        await daemon.StopAllAsync();

        (await installation.ScalarAsync<long>($"select count(*) from {table} t join {installation.Schema}.mt_events e on e.seq_id = t.seq and e.version = t.version"))
            .ShouldBe(41);
        var highest = await installation.ScalarAsync<long>($"select max(seq_id) from {installation.Schema}.mt_events");
        (await store.Advanced.AllProjectionProgress()).Single(state => state.ShardName == "Deposits:All").Sequence.ShouldBe(highest);
    }

    [Theory]
    [InlineData("Deposits")]
    [InlineData(nameof(Account))]
    public void No_two_share_a_name_nor_a_projection_that_of_an_aggregate(string name) =>
        Should.Throw<DuplicateSubscriptionNamesException>(() => installation.Store(options =>
        {
            options.Projections.Add(new DepositTable(table), ProjectionLifecycle.Async, "Deposits");
            options.Projections.Add(new DepositTable(table), ProjectionLifecycle.Async, name);
        }));

    [Fact]
    public async Task A_daemon_catches_up_on_demand()
    {
        var store = installation.Store(options => options.Projections.Add(new DepositTable(table), ProjectionLifecycle.Async, "Deposits"));
        await AppendAsync(store, "a", new Deposited(1), new Deposited(2));
        using var daemon = await store.BuildProjectionDaemonAsync();

        await daemon.CatchUpAsync(CancellationToken.None);

        (await CountAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task A_projection_is_rebuilt_by_name_from_the_first_event()
    {
        var store = installation.Store(options => options.Projections.Add(
            new DepositTable(table), ProjectionLifecycle.Async, "Deposits", o => o.DeleteDataInTableOnTeardown(table)));
        await AppendAsync(store, "a", new Deposited(1), new Deposited(2));
        using var daemon = await store.BuildProjectionDaemonAsync();
        await daemon.StartAllAsync();
        await daemon.WaitForNonStaleData(Eventually.Soon);
        await daemon.StopAllAsync();
        await installation.ExecuteAsync($"update {table} set amount = amount + 100");

        await daemon.RebuildProjectionAsync("Deposits", CancellationToken.None);

        (await installation.ScalarAsync<decimal>($"select sum(amount) from {table}")).ShouldBe(3);
    }

    [Fact]
    public async Task A_page_that_fails_leaves_nothing_behind_and_is_tried_again()
    {
        var failures = 1;
        var store = installation.Store(options => options.Projections.Add(
            new DepositTable(table, () => Interlocked.Decrement(ref failures) >= 0 ? throw new InvalidOperationException("not this time") : Task.CompletedTask),
            ProjectionLifecycle.Async, "Deposits"));
        await AppendAsync(store, "a", new Deposited(1), new Deposited(2));
        using var daemon = await store.BuildProjectionDaemonAsync();

        await daemon.StartAllAsync();
        await Eventually.Becomes(() => Volatile.Read(ref failures) < 1, true);
        await RestartUntilAsync(daemon, async () => await CountAsync() == 2);
        await daemon.StopAllAsync();
    }

    [Fact]
    public async Task Queued_statements_take_every_kind_of_value_in_order()
    {
        var store = installation.Store();
        await installation.ExecuteAsync($"""
            create table {installation.Schema}.kinds (
                text varchar, id uuid, whole int, big bigint, real double precision, yes boolean, day date, moment timestamptz,
                names varchar[], numbers int[], missing varchar, json jsonb)
            """);
        var id = Guid.CreateVersion7();
        var moment = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        await using var session = store.LightweightSession();
        session.QueueSqlCommand(
            $"insert into {installation.Schema}.kinds values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb)",
            "å", id, 1, 2L, 0.5, true, new DateOnly(2026, 3, 1), moment, new[] { "a", "b" }, new[] { 1, 2 }, null!, """{"a": 1}""");
        session.QueueSqlCommand('^', $"update {installation.Schema}.kinds set whole = whole + ^ where json ? 'a'", 41);
        session.QueueSqlCommand($"update {installation.Schema}.kinds set big = whole");
        await session.SaveChangesAsync();

        (await installation.ScalarAsync<bool>($"""
            select text = 'å' and id = '{id}' and whole = 42 and big = 42 and real = 0.5 and yes and day = '2026-03-01'
               and moment = '2026-03-01T12:00:00Z' and names = '{"{a,b}"}' and numbers = '{"{1,2}"}' and missing is null and json ->> 'a' = '1'
            from {installation.Schema}.kinds
            """)).ShouldBeTrue();
    }

    static async Task AppendAsync(IDocumentStore store, string key, params object[] events)
    {
        await using var session = store.LightweightSession();
        session.Events.Append(key, events);
        await session.SaveChangesAsync();
    }

    /// <summary>A daemon outside a host does not restart what failed, in Marten; in a host both do.</summary>
    static async Task RestartUntilAsync(JasperFx.Events.Daemon.IProjectionDaemon daemon, Func<Task<bool>> done)
    {
        await Eventually.Becomes(
            async () =>
            {
                await daemon.StartAllAsync();
                return await done();
            },
            true);
    }

    Task<long> CountAsync() => installation.ScalarAsync<long>($"select count(*) from {table}");
}
