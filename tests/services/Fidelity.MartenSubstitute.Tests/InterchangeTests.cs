using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Shouldly;

namespace Fidelity.EventStore;

/// <summary>Rows that Marten 9.29.0 wrote (see fixture/README.md) are read, folded and continued.</summary>
public sealed class InterchangeTests : IAsyncLifetime
{
    readonly Installation installation = new();
    readonly Recorder recorder = new();
    IDocumentStore store = null!;

    public async ValueTask InitializeAsync()
    {
        await installation.InitializeAsync();
        store = installation.Store(options => options.Projections.Subscribe(recorder));
    }

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Theory]
    [InlineData("quick.sql")]
    [InlineData("rich.sql")]
    public async Task Streams_of_a_real_Marten_are_read_folded_and_continued(string fixture)
    {
        await LoadAsync(fixture);
        await using var session = store.LightweightSession();

        var events = await session.Events.FetchStreamAsync("acc-1");
        events.Select(e => e.Data).ShouldBe([new AccountOpened("Ann", 100), new Deposited(50), new Withdrawn(20)]);
        events.Select(e => e.Version).ShouldBe([1L, 2L, 3L]);
        events.Select(e => e.CorrelationId).ShouldBe(["corr-1", "corr-1", null]);
        events.Select(e => e.CausationId).ShouldBe(["cause-1", "cause-1", null]);
        events.Select(e => e.GetHeader("source")).ShouldBe(["import", "import", null]);
        events.Select(e => e.EventTypeName).ShouldBe(["account_opened", "deposited", "withdrawn"]);
        (await session.Events.FetchStreamAsync("untyped-1")).ShouldBeEmpty();
        var state = await session.Events.FetchStreamStateAsync("acc-1");
        state!.Version.ShouldBe(3);
        state.AggregateType.ShouldBe(typeof(Account));
        (await session.Events.FetchStreamStateAsync("untyped-1"))!.IsArchived.ShouldBeTrue();

        var stream = await session.Events.FetchForWriting<Account>("acc-1", 3);
        stream.Aggregate!.Balance.ShouldBe(130);
        stream.AppendOne(new Deposited(70));
        await session.SaveChangesAsync();
        var account = await session.Events.AggregateStreamAsync<Account>("acc-1");
        account!.Balance.ShouldBe(200);
        account.Version.ShouldBe(4);
    }

    [Theory]
    [InlineData("quick.sql")]
    [InlineData("rich.sql")]
    public async Task A_daemon_goes_on_over_rows_of_a_real_Marten(string fixture)
    {
        await LoadAsync(fixture);
        await using (var session = store.LightweightSession())
        {
            session.Events.Append("acc-1", 4, new Deposited(70));
            await session.SaveChangesAsync();
        }

        using var daemon = await store.BuildProjectionDaemonAsync();
        await daemon.StartAllAsync();
        await daemon.WaitForNonStaleData(Eventually.Soon);
        await daemon.StopAllAsync();

        recorder.Events.Select(e => (e.StreamKey, e.Version)).ShouldBe([("acc-1", 1L), ("acc-1", 2L), ("acc-1", 3L), ("acc-1", 4L)]);
        (await store.Advanced.AllProjectionProgress()).ShouldContain(state => state.ShardName == "Recorder:All" && state.Sequence >= 5);
    }

    async Task LoadAsync(string fixture)
    {
        await Installation.WithTablesAsync(store);
        var rows = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "fixture", fixture));
        await installation.ExecuteAsync($"""
            truncate {installation.Schema}.mt_streams, {installation.Schema}.mt_events, {installation.Schema}.mt_event_progression;
            {rows.Replace("INTO es.", $"INTO {installation.Schema}.", StringComparison.Ordinal)}
            select setval('{installation.Schema}.mt_events_sequence', 4)
            """);
    }
}
