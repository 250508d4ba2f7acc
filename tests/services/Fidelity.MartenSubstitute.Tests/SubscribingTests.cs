using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Exceptions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Shouldly;

namespace Fidelity.EventStore;

public sealed class SubscribingTests : IAsyncLifetime
{
    readonly Installation installation = new();
    readonly List<IHost> hosts = [];

    public ValueTask InitializeAsync() => installation.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }

        await installation.DisposeAsync();
    }

    [Fact]
    public async Task Every_event_comes_once_in_sequence_while_four_sessions_append()
    {
        var recorder = new Recorder();
        var host = await StartAsync(recorder, batchSize: 50);
        var store = host.Services.GetRequiredService<IDocumentStore>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++) await AppendAsync(store, $"account:{writer}:{i % 5}", i);
        })));

        await Eventually.Becomes(() => recorder.Events.Count, 400);
        recorder.Events.Select(e => e.Sequence).ShouldBe(recorder.Events.Select(e => e.Sequence).Order());
        recorder.Events.Select(e => e.Id).Distinct().Count().ShouldBe(400);
        recorder.Events.GroupBy(e => e.StreamKey, StringComparer.Ordinal).ShouldAllBe(s => s.Select(e => e.Version).SequenceEqual(Enumerable.Range(1, s.Count()).Select(v => (long)v)));
        recorder.Pages.ShouldAllBe(page => page.Floor < page.Ceiling);
    }

    [Fact]
    public async Task A_page_that_throws_comes_again_and_nothing_is_passed_over()
    {
        var failures = 2;
        var recorder = new Recorder((_, _, _, _) =>
            Interlocked.Decrement(ref failures) >= 0 ? throw new InvalidOperationException("the broker is away") : Task.CompletedTask);
        var host = await StartAsync(recorder);
        var store = host.Services.GetRequiredService<IDocumentStore>();

        await AppendAsync(store, "account:1", 1);
        await AppendAsync(store, "account:1", 2);

        await Eventually.Becomes(() => recorder.Events.Count, 4);
        recorder.Events.Select(e => e.Version).ShouldBe([1L, 2L, 3L, 4L]);
    }

    [Fact]
    public async Task A_subscription_sees_only_the_types_it_includes()
    {
        var recorder = new Recorder();
        var host = await StartAsync(recorder, include: typeof(Withdrawn));
        var store = host.Services.GetRequiredService<IDocumentStore>();

        await AppendAsync(store, "account:1", 1);
        await AppendAsync(store, "account:2", 2);

        await Eventually.Becomes(() => recorder.Events.Count, 2);
        recorder.Events.ShouldAllBe(e => e.Data is Withdrawn);
    }

    [Fact]
    public async Task After_a_reported_failure_the_rest_of_the_page_comes_again()
    {
        var reported = false;
        var recorder = new Recorder(async (page, controller, _, _) =>
        {
            if (page.Events.Count < 2 || reported) return;
            reported = true;
            await controller.ReportCriticalFailureAsync(new InvalidOperationException("half way"), page.Events[0].Sequence);
            page.Events.RemoveRange(1, page.Events.Count - 1);
        });
        var store = installation.Store();
        await AppendAsync(store, "account:1", 1);
        await StartAsync(recorder);

        await Eventually.Becomes(() => recorder.Events.Select(e => e.Version).Distinct().Count(), 2);
        recorder.Events[0].Version.ShouldBe(1);
        recorder.Events[^1].Version.ShouldBe(2);
    }

    [Fact]
    public async Task A_gap_from_a_failed_append_is_skipped_after_some_seconds()
    {
        var recorder = new Recorder();
        var host = await StartAsync(recorder);
        var store = host.Services.GetRequiredService<IDocumentStore>();
        await AppendAsync(store, "account:1", 1);
        await Eventually.Becomes(() => recorder.Events.Count, 2);

        await installation.ExecuteAsync($"""
            create function {installation.Schema}.refuse() returns trigger language plpgsql as 'begin raise exception ''refused''; end';
            create trigger refuse before insert on {installation.Schema}.mt_events
                for each row when (new.stream_id = 'account:2') execute function {installation.Schema}.refuse()
            """);
        await Should.ThrowAsync<MartenException>(() => AppendAsync(store, "account:2", 1));

        var failed = TimeProvider.System.GetTimestamp();
        await AppendAsync(store, "account:3", 1);
        await Eventually.Becomes(() => recorder.Events.Any(e => e.StreamKey == "account:3"), true);
        TimeProvider.System.GetElapsedTime(failed).ShouldBeInRange(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(12));
        await Eventually.Becomes(() => recorder.Events.Count, 4);
        recorder.Events.Select(e => e.Sequence).ShouldBe([1L, 2L, 4L, 5L]);
    }

    [Fact]
    public async Task A_gap_that_an_open_transaction_may_fill_is_waited_for()
    {
        var recorder = new Recorder();
        var host = await StartAsync(recorder);
        var store = host.Services.GetRequiredService<IDocumentStore>();
        await AppendAsync(store, "account:1", 1);
        await Eventually.Becomes(() => recorder.Events.Count, 2);

        await using var connection = await installation.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await InsertAsync(transaction);

        await AppendAsync(store, "account:2", 1);
        // Longer than a gap is given, if nobody holds it.
        await Task.Delay(TimeSpan.FromSeconds(5));
        recorder.Events.Count.ShouldBe(2);

        await transaction.CommitAsync();
        await Eventually.Becomes(() => recorder.Events.Count, 5);
        recorder.Events.Select(e => e.Sequence).ShouldBe(recorder.Events.Select(e => e.Sequence).Order());
        recorder.Events[2].StreamKey.ShouldBe("account:1");
    }

    [Fact]
    public async Task Of_two_daemons_that_believe_they_lead_one_loses_its_page()
    {
        var table = $"{installation.Schema}.published";
        await InstalledAsync();
        await installation.ExecuteAsync($"create table {table} (seq bigint, by varchar)");
        var reached = new TaskCompletionSource();
        var dead = new TaskCompletionSource();
        var victim = new Recorder(async (page, _, operations, _) =>
        {
            foreach (var e in page.Events) operations.QueueSqlCommand($"insert into {table} values (?, 'victim')", e.Sequence);
            reached.TrySetResult();
            await dead.Task;
        });
        var heir = new Recorder((page, _, operations, _) =>
        {
            foreach (var e in page.Events) operations.QueueSqlCommand($"insert into {table} values (?, 'heir')", e.Sequence);
            return Task.CompletedTask;
        });
        var store = installation.Store();
        await AppendAsync(store, "account:1", 1);
        await StartAsync(victim, application: "victim");
        await reached.Task.WaitAsync(Eventually.Soon);

        // All its connections go, with the lock; the page it holds in hand comes to its end later.
        await StartAsync(heir);
        await installation.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'");
        await Eventually.Becomes(() => installation.ScalarAsync<long>($"select count(*) from {table} where by = 'heir'"), 3L);
        dead.SetResult();
        await AppendAsync(store, "account:2", 1);

        await Eventually.Becomes(() => installation.ScalarAsync<long>($"select count(*) from {table}"), 5L);
        (await installation.ScalarAsync<long>($"select count(distinct seq) from {table}")).ShouldBe(5);
    }

    [Fact]
    public async Task A_daemon_whose_connections_are_cut_goes_on_by_itself()
    {
        var recorder = new Recorder();
        await StartAsync(recorder, application: "cut");
        var store = installation.Store();
        await AppendAsync(store, "account:1", 1);
        await Eventually.Becomes(() => recorder.Events.Count, 2);

        await installation.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cut'");
        await AppendAsync(store, "account:2", 1);

        await Eventually.Becomes(() => recorder.Events.Select(e => e.Sequence).Distinct().Count(), 4);
    }

    [Fact]
    public async Task An_event_of_an_unknown_type_stops_a_strict_daemon_before_it()
    {
        var recorder = new Recorder();
        await InstalledAsync();
        await installation.ExecuteAsync($"""
            insert into {installation.Schema}.mt_streams (id, version) values ('strange', 1);
            insert into {installation.Schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type)
            values (nextval('{installation.Schema}.mt_events_sequence'), gen_random_uuid(), 'strange', 1, '{"{}"}', 'never_heard_of', now(), 'Gone.NeverHeardOf, Gone')
            """);
        var store = installation.Store();
        await AppendAsync(store, "account:1", 1);

        await StartAsync(recorder);
        await Eventually.Becomes(
            () => installation.ScalarAsync<bool>($"select exists (select from {installation.Schema}.mt_event_progression where name = 'HighWaterMark' and last_seq_id >= 4)"), true);
        recorder.Events.ShouldNotContain(e => e.StreamKey == "account:1");

        await installation.ExecuteAsync($"delete from {installation.Schema}.mt_streams where id = 'strange'");
        await Eventually.Becomes(() => recorder.Events.Count(e => e.StreamKey == "account:1"), 2);
    }

    /// <summary>What an append does, but in a transaction that the test ends.</summary>
    async Task InsertAsync(NpgsqlTransaction transaction)
    {
        await using var insert = new NpgsqlCommand(
            $"""
            insert into {installation.Schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, tenant_id)
            select nextval('{installation.Schema}.mt_events_sequence'), gen_random_uuid(), stream_id, 3, data, type, now(), mt_dotnet_type, tenant_id
            from {installation.Schema}.mt_events where version = 2
            """,
            transaction.Connection,
            transaction);
        await insert.ExecuteNonQueryAsync();
    }

    static async Task AppendAsync(IDocumentStore store, string key, decimal amount)
    {
        while (true)
        {
            await using var session = store.LightweightSession();
            session.Events.Append(key, new Deposited(amount), new Withdrawn(amount));
            try
            {
                await session.SaveChangesAsync();
                return;
            }
            catch (JasperFx.ConcurrencyException)
            {
                // Another writer was first on this stream.
            }
        }
    }

    async Task InstalledAsync() => await Installation.WithTablesAsync(installation.Store());

    async Task<IHost> StartAsync(Recorder recorder, int batchSize = 500, Type? include = null, string application = "tests")
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Services
            .AddMarten(options =>
            {
                Installation.Configure(options, installation.Schema);
                options.Connection(new NpgsqlConnectionStringBuilder(Installation.ConnectionString) { ApplicationName = application }.ConnectionString);
                options.Projections.LeadershipPollingTime = 1000;
            })
            .UseLightweightSessions()
            .ApplyAllDatabaseChangesOnStartup()
            .AddAsyncDaemon(DaemonMode.HotCold)
            .AddSubscriptionWithServices<Recorder>(ServiceLifetime.Singleton, options =>
            {
                options.Name = "Recorder";
                options.Options.BatchSize = batchSize;
                if (include is not null) options.IncludeType(include);
            });
        builder.Services.AddSingleton(recorder);
        var host = builder.Build();
        hosts.Add(host);
        await host.StartAsync();
        return host;
    }
}
