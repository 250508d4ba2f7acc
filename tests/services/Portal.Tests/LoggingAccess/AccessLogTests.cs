using Dapper;
using Fidelity.Portal.LoggingAccess;
using Fidelity.ServiceDefaults;
using Fidelity.ServiceDefaults.Tests;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Fidelity.Portal.Tests.LoggingAccess;

/// <summary>The log in its table: it goes on after what it cannot store, and loses nothing before its time.</summary>
public sealed class AccessLogTests : IAsyncLifetime
{
    static readonly DateTime Today = new(2026, 10, 31, 12, 0, 0, DateTimeKind.Utc);
    static readonly AccessEntry Entry = new(0, default, "anna", "read", "see_cases", "GET /teams/{Programme}/{TeamId}", "p", "t", null, 200, null);

    readonly ServiceSchema schema = new($"t{Guid.CreateVersion7():n}");
    readonly NpgsqlDataSource database = NpgsqlDataSource.Create(VirtualHost.Variable("FIDELITY_TEST_POSTGRES"));
    readonly Clock clock = new() { Now = Today };

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        await Execute($"create schema {schema.Name}; {AccessLog.Table.Sql.Replace("{schema}", schema.Name, StringComparison.Ordinal)}");

    public async ValueTask DisposeAsync()
    {
        await Execute($"drop schema {schema.Name} cascade");
        await database.DisposeAsync();
    }

    [Fact]
    public async Task What_cannot_be_stored_fails_alone_and_the_log_goes_on()
    {
        using var log = Open();
        await log.StartAsync(Cancelled);
        await Should.ThrowAsync<NotLogged>(() => log.Add(Entry with { TeamId = "half a character: \ud83d" }).WaitAsync(TimeSpan.FromSeconds(10), Cancelled));
        await log.Add(Entry).WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
        await log.StopAsync(Cancelled);
        var (chain, fault) = await log.Check(Cancelled);
        (chain.Count, fault).ShouldBe((1, null));
    }

    /// <summary>A clock that was wrong for a while made the third; what stands before it is as young as ever.</summary>
    [Fact]
    public async Task Only_what_is_old_at_the_beginning_is_removed()
    {
        using (var log = Open())
        {
            await log.StartAsync(Cancelled);
            foreach (var year in new[] { 2020, 2026, 2019, 2026 })
            {
                clock.Now = Today.AddYears(year - Today.Year);
                await log.Add(Entry).WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
            }

            await log.StopAsync(Cancelled);
        }

        using var next = Open();
        await next.StartAsync(Cancelled);
        await using var connection = await database.OpenConnectionAsync(Cancelled);
        while (!await connection.ExecuteScalarAsync<bool>($"select exists (select from {schema.Name}.access_log_removed)"))
            await Task.Delay(TimeSpan.FromMilliseconds(50), Cancelled);
        await next.StopAsync(Cancelled);
        (await connection.QueryAsync<long>($"select number from {schema.Name}.access_log order by number")).ShouldBe([2, 3, 4]);
        var (chain, fault) = await next.Check(Cancelled);
        (chain.Count, fault).ShouldBe((3, null));
    }

    [Fact]
    public async Task A_log_that_is_old_as_a_whole_is_removed_and_goes_on()
    {
        clock.Now = Today.AddYears(-6);
        using (var log = Open())
        {
            await log.StartAsync(Cancelled);
            await log.Add(Entry).WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
            await log.StopAsync(Cancelled);
        }

        clock.Now = Today;
        using var next = Open();
        await next.StartAsync(Cancelled);
        await using var connection = await database.OpenConnectionAsync(Cancelled);
        while (await connection.ExecuteScalarAsync<bool>($"select exists (select from {schema.Name}.access_log)"))
            await Task.Delay(TimeSpan.FromMilliseconds(50), Cancelled);
        await next.Add(Entry).WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
        await next.StopAsync(Cancelled);
        (await connection.QueryAsync<long>($"select number from {schema.Name}.access_log")).ShouldBe([2]);
        (await next.Check(Cancelled)).Fault.ShouldBeNull();
    }

    /// <summary>Outside the plane that one char holds, a character is two.</summary>
    [Theory]
    [InlineData("team", "team")]
    [InlineData("1234567", "12345")]
    [InlineData("1234😀", "1234")]
    [InlineData("123😀5", "123😀")]
    public void What_is_too_long_is_cut_between_characters(string given, string kept) => AccessLogging.Known(given, 5).ShouldBe(kept);

    AccessLog Open() => new(database, schema, clock, new ConfigurationBuilder().Build(), NullLogger<AccessLog>.Instance);

    async Task Execute(string statement)
    {
        await using var connection = await database.OpenConnectionAsync(Cancelled);
        await connection.ExecuteAsync(statement);
    }

    sealed class Clock : TimeProvider
    {
        public DateTime Now { get; set; }

        public override DateTimeOffset GetUtcNow() => new(Now);
    }
}
