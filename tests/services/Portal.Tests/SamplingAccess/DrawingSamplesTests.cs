using Dapper;
using Fidelity.Portal.Access;
using Fidelity.Portal.LoggingAccess;
using Fidelity.Portal.SamplingAccess;
using Fidelity.ServiceDefaults;
using Fidelity.ServiceDefaults.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Fidelity.Portal.Tests.SamplingAccess;

/// <summary>Samples drawn from a log in its table and kept in the portal's store.</summary>
public sealed class DrawingSamplesTests : IAsyncLifetime
{
    static readonly DateOnly September = new(2026, 9, 1);
    static readonly Reach Everything = Policy.Reach(
        new("auditor", null, [], [new(Guid.CreateVersion7(), Role.Auditor, null, null, "b", September, September, "x", null)]), Purpose.SeeAccess, September);

    readonly string schema = $"t{Guid.CreateVersion7():n}";
    readonly Clock clock = new() { Now = new(2026, 10, 2, 12, 0, 0, DateTimeKind.Utc) };
    readonly WebApplication portal;
    long number;

    public DrawingSamplesTests()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["FIDELITY_POSTGRES"] = VirtualHost.Variable("FIDELITY_TEST_POSTGRES");
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.AddEventStreams(schema, LogSample.MapEvents).Project<SamplesTable>("Samples").Table(AccessLog.Table).Table(FactsTable.Table);
        builder.Services.AddSingleton<SamplesTable>();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(new InstallationKeys(new byte[32]));
        builder.Services.AddSingleton<AccessLog>();
        builder.Services.AddSingleton<LogSamples>();
        portal = builder.Build();
    }

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    NpgsqlDataSource Database => portal.Services.GetRequiredService<NpgsqlDataSource>();

    LogSamples Samples => portal.Services.GetRequiredService<LogSamples>();

    public async ValueTask InitializeAsync()
    {
        await portal.StartAsync(Cancelled);
        foreach (var programme in new[] { "p", "q" })
            await Execute("insert into {schema}.facts (kind, programme, key, team_id, data, version) values ('team', @programme, 'n', 'nord', '{}', 1)", new { programme });
    }

    public async ValueTask DisposeAsync()
    {
        await portal.StopAsync(CancellationToken.None);
        await using (var connection = await Database.OpenConnectionAsync(CancellationToken.None))
            await connection.ExecuteAsync($"drop schema {schema} cascade");
        await portal.DisposeAsync();
    }

    [Fact]
    public async Task A_month_that_has_ended_is_drawn_for_each_programme_and_for_what_was_done_in_none()
    {
        await Log(300, "p", "read", "2026-09-10");
        await Log(1, "p", "refusal", "2026-09-30 23:59:59.9");
        await Log(5, "q", "search", "2026-09-01");
        await Log(4, null, "sign_in", "2026-09-05");
        await Log(2, "made-up", "refusal", "2026-09-05");
        await Log(7, "p", "read", "2026-08-31 23:59:59.9");
        await Log(9, "p", "read", "2026-10-01");

        await CatchUp();

        var p = await Drawn(September, "p");
        p.Population.ShouldBe([new("read", 300), new("refusal", 1)]);
        (p.Size, p.OfEach, p.Entries.Count, p.At.UtcDateTime).ShouldBe((20, 2, 20, clock.Now));
        p.Entries.ShouldContain(301);
        p.Entries.ShouldAllBe(entry => entry <= 301);
        (await Drawn(September, "q")).Entries.ShouldBe([302, 303, 304, 305, 306]);
        (await Drawn(September, null)).Population.ShouldBe([new("refusal", 2), new("sign_in", 4)]);
        (await Drawn(September.AddMonths(-1), "p")).Entries.Count.ShouldBe(7);
        (await Samples.Read(September.AddMonths(1), "p", Cancelled)).ShouldBeNull();
        (await Samples.Read(September, "made-up", Cancelled)).ShouldBeNull();
    }

    [Fact]
    public async Task A_portal_that_comes_back_draws_what_it_missed_and_nothing_twice()
    {
        foreach (var month in new[] { "2025-09", "2025-10", "2026-03", "2026-09" })
            await Log(30, "p", "read", $"{month}-15");
        await CatchUp();
        var before = await Drawn(September, "p");
        await CatchUp();
        (await Drawn(September, "p")).Entries.ShouldBe(before.Entries);
        (await Events()).ShouldBe(3);
        (await Samples.Read(new(2025, 9, 1), "p", Cancelled)).ShouldBeNull("nobody remembers more than a year");
        (await Drawn(new(2025, 10, 1), "p")).Entries.Count.ShouldBe(20);

        clock.Now = new(2026, 11, 1, 0, 59, 0, DateTimeKind.Utc);
        await Log(3, "p", "read", "2026-10-20");
        await CatchUp();
        (await Events()).ShouldBe(3, "what happened in the last moment may still be on its way into the log");
        clock.Now = clock.Now.AddMinutes(1);
        await CatchUp();
        (await Drawn(new(2026, 10, 1), "p")).Entries.Count.ShouldBe(3);
        (await Events()).ShouldBe(4);
    }

    /// <summary>Without the lock that keeps them apart, even.</summary>
    [Fact]
    public async Task Of_portals_that_draw_at_once_one_has_drawn()
    {
        await Log(100, "p", "read", "2026-09-15");
        await Log(100, "q", "read", "2026-09-15");
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => CatchUp()));
        (await Events()).ShouldBe(2);
    }

    [Fact]
    public async Task The_size_is_a_setting()
    {
        await Log(100, "p", "read", "2026-09-15");
        await CatchUp(("FIDELITY_ACCESS_SAMPLE_SIZE", "50"));
        (await Drawn(September, "p")).Entries.Count.ShouldBe(50);
    }

    [Fact]
    public async Task Reviewers_judge_each_other_and_one_closes()
    {
        await Log(1, "p", "read", "2026-09-15", "anna");
        await Log(1, "p", "read", "2026-09-15", "chief");
        await CatchUp();
        var drawn = await Drawn(September, "p");

        (await Samples.Judge(drawn, 1, Judgement.InOrder, "", "chief", 0, Cancelled)).ShouldBeNull();
        (await Samples.Judge(drawn, 2, Judgement.InOrder, "", "CHIEF", 0, Cancelled)).ShouldBe("own_access");
        (await Samples.Close(drawn, "Fine.", "chief", Cancelled)).ShouldBe("not_all_judged");
        (await Samples.Judge(drawn, 2, Judgement.NotJustified, "on leave", "deputy", 0, Cancelled)).ShouldBeNull();
        (await Samples.Judge(drawn, 2, Judgement.InOrder, "", "deputy", 1, Cancelled)).ShouldBeNull();
        (await Samples.Close(drawn, "Fine.", "chief", Cancelled)).ShouldBeNull();
        (await Samples.Judge(drawn, 1, Judgement.NotJustified, "after all", "chief", 1, Cancelled)).ShouldBe("sample_closed");

        var line = await Line(known => known.ClosedAt is not null);
        (line.Month, line.Programme, line.Entries, line.Judged, line.DrawnAt, line.ClosedAt).ShouldBe(("2026-09", "p", 2, 2, clock.Now, clock.Now));
    }

    [Fact]
    public async Task What_leaves_the_log_leaves_the_sample_without_holding_it_up()
    {
        await Log(2, "p", "read", "2026-09-15", "anna");
        await CatchUp();
        var drawn = await Drawn(September, "p");
        (await Samples.Judge(drawn, 2, Judgement.InOrder, "", "chief", 0, Cancelled)).ShouldBeNull();
        await Execute("delete from {schema}.access_log where number = 1");
        (await Samples.Judge(drawn, 1, Judgement.InOrder, "", "chief", 0, Cancelled)).ShouldBe("not_in_log");
        (await Samples.Close(drawn, "Fine.", "chief", Cancelled)).ShouldBeNull();
        var stored = await Query<string>("select data::text from {schema}.mt_events");
        stored.ShouldNotContain(data => data.Contains("anna", StringComparison.Ordinal), "what entries say stays in the log alone");
    }

    async Task CatchUp(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value)).Build();
        using var worker = new DrawingSamples(Samples, Database, new(schema), clock, configuration, NullLogger<DrawingSamples>.Instance);
        await using var connection = await Database.OpenConnectionAsync(Cancelled);
        await worker.CatchUp(connection, Cancelled);
    }

    async Task<LogSampleDrawn> Drawn(DateOnly month, string? programme) => (await Samples.Read(month, programme, Cancelled))!.Drawn!;

    async Task<SampleLine> Line(Predicate<SampleLine> wished)
    {
        while (true)
        {
            if ((await portal.Services.GetRequiredService<SamplesTable>().Within(Everything, Cancelled)).SingleOrDefault() is { } line && wished(line))
                return line;
            await Task.Delay(TimeSpan.FromMilliseconds(50), Cancelled);
        }
    }

    async Task<long> Events() => (await Query<long>("select count(*) from {schema}.mt_events")).Single();

    /// <summary>Entries without a chain, which is checked elsewhere.</summary>
    async Task Log(int count, string? programme, string what, string at, string who = "anna")
    {
        var from = number;
        number += count;
        await Execute(
            """
            insert into {schema}.access_log (number, at, who, what, purpose, route, programme, status, previous, hash)
            select n, (@at || ' UTC')::timestamptz, @who, @what, 'see_cases', 'GET /x', @programme, 200, '', '' from generate_series(@from + 1, @until) n
            """, new { from, until = number, at, who, what, programme });
    }

    async Task Execute(string statement, object? with = null)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancelled);
        await connection.ExecuteAsync(statement.Replace("{schema}", schema, StringComparison.Ordinal), with);
    }

    async Task<IReadOnlyList<T>> Query<T>(string statement)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancelled);
        return [.. await connection.QueryAsync<T>(statement.Replace("{schema}", schema, StringComparison.Ordinal))];
    }

    sealed class Clock : TimeProvider
    {
        public DateTime Now { get; set; }

        public override DateTimeOffset GetUtcNow() => new(Now);
    }
}
