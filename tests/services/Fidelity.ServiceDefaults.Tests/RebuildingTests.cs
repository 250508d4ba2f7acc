namespace Fidelity.ServiceDefaults.Tests;

/// <summary>Read tables are made anew beside those in use, while the service works on.</summary>
public sealed class RebuildingTests : IAsyncLifetime
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Installation installation = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => installation.InitializeAsync();

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Fact]
    public async Task A_table_that_was_spoiled_is_right_again_and_follows_what_is_appended_meanwhile_and_later()
    {
        await Task.WhenAll(Enumerable.Range(0, 1500).Select(number => Add($"before-{number % 7}", number)));
        await Until(tallies => tallies.Values.Sum() == 1500);
        await installation.Run("update {schema}.tallies set times = -1 where who = 'before-3'; delete from {schema}.tallies where who = 'before-5'");

        using var stop = new CancellationTokenSource();
        var meanwhile = Task.Run(async () =>
        {
            var appended = 0;
            for (; !stop.IsCancellationRequested; appended++)
                await Add("meanwhile", appended);
            return appended;
        }, Cancelled);
        foreach (var _ in Enumerable.Range(0, 3))
            (await installation.RunWith("--rebuild", "tally")).ShouldBe(0);
        await stop.CancelAsync();
        var appended = await meanwhile;
        appended.ShouldBeGreaterThan(0);
        await Add("later", 0);

        await Until(tallies => tallies.ContainsKey("later") && tallies.GetValueOrDefault("meanwhile") == appended);
        var tallies = await installation.Tallies();
        foreach (var who in Enumerable.Range(0, 7))
            tallies[$"before-{who}"].ShouldBe(Enumerable.Range(0, 1500).Count(number => number % 7 == who));
        (await installation.Run("select count(*) from pg_namespace where nspname in ('{schema}_rebuilding', '{schema}_replaced')")).ShouldBe(0L);
        (await installation.Run("select count(*) from {schema}.mt_event_progression where name like 'Tally:V%'")).ShouldBe(0L);
    }

    [Fact]
    public async Task A_rebuild_that_was_cut_short_is_begun_again()
    {
        await Add("one", 0);
        await Until(tallies => tallies.ContainsKey("one"));
        await installation.Run("create schema {schema}_rebuilding; create table {schema}_rebuilding.tallies (half int)");
        await installation.Run("insert into {schema}.mt_event_progression (name, last_seq_id) values ('Tally:V2:All', 1000)");
        (await installation.RunWith("--rebuild")).ShouldBe(0);
        (await installation.Tallies()).ShouldBe([new("one", 1)]);
    }

    [Fact]
    public async Task Who_reads_for_long_holds_up_the_exchange_and_nothing_else()
    {
        await Add("before", 0);
        await Until(tallies => tallies.ContainsKey("before"));
        await installation.Run("update {schema}.tallies set times = -1");

        var rebuilt = Task.FromResult(-1);
        await installation.While("select from {schema}.tallies", async () =>
        {
            rebuilt = Task.Run(() => installation.RunWith("--rebuild"), Cancelled);
            await Until(async () => (await installation.Run(
                "select count(*) from pg_locks where relation = '{schema}.tallies'::regclass and mode = 'AccessExclusiveLock' and not granted")) is 1L);
            await Add("meanwhile", 0);
            await Until(tallies => tallies.ContainsKey("meanwhile"));
            rebuilt.IsCompleted.ShouldBeFalse();
        });

        (await rebuilt).ShouldBe(0);
        (await installation.Tallies()).ShouldBe([new("before", 1), new("meanwhile", 1)], ignoreOrder: true);
        await Add("later", 0);
        await Until(tallies => tallies.ContainsKey("later"));
        (await installation.Tallies()).ShouldBe([new("before", 1), new("meanwhile", 1), new("later", 1)], ignoreOrder: true);
    }

    [Fact]
    public async Task A_page_that_waits_to_be_saved_is_in_the_new_table_once()
    {
        await Add("before", 0);
        await Until(tallies => tallies.ContainsKey("before"));

        var rebuilt = Task.FromResult(-1);
        await installation.WhileTheProjectionStands(async () =>
        {
            await Add("in hand", 0);
            await Until(async () => (await installation.Run(
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query ilike '%{schema}.mt_event_progression%'")) is 1L);
            rebuilt = Task.Run(() => installation.RunWith("--rebuild"), Cancelled);
            await Until(async () => (await installation.Run(
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query ilike '%{schema}.mt_event_progression%'")) is 2L);
        });

        (await rebuilt).ShouldBe(0);
        await Until(tallies => tallies.ContainsKey("in hand"));
        await Add("later", 0);
        await Until(tallies => tallies.ContainsKey("later"));
        (await installation.Tallies()).ShouldBe([new("before", 1), new("in hand", 1), new("later", 1)], ignoreOrder: true);
    }

    [Fact]
    public async Task A_service_that_does_not_run_goes_on_with_the_new_table_when_it_starts()
    {
        await using var stopped = new Installation();
        (await stopped.RunWith("--rebuild")).ShouldBe(0);
        await stopped.Insert("first", [("added", """{"who":"never begun","number":0}""")]);
        (await stopped.RunWith("--rebuild")).ShouldBe(0);
        (await stopped.Tallies()).ShouldBe([new("never begun", 1)]);

        await stopped.Insert("second", [("added", """{"who":"behind","number":0}""")]);
        await stopped.Run("update {schema}.tallies set times = -1");
        (await stopped.RunWith("--rebuild")).ShouldBe(0);
        (await stopped.Tallies()).ShouldBe([new("never begun", 1)]);

        await stopped.InitializeAsync();
        await Until(async () => (await stopped.Tallies()).ContainsKey("behind"));
        (await stopped.Tallies()).ShouldBe([new("never begun", 1), new("behind", 1)], ignoreOrder: true);
    }

    [Fact]
    public async Task A_read_model_that_does_not_exist_is_named_with_those_that_do() =>
        (await installation.RunWith("--rebuild", "nothing")).ShouldBe(2);

    Task<bool> Add(string who, int number) => installation.Writer.Write(async streams =>
    {
        var stream = await streams.Open<Counter>($"{who}-{number / 10}");
        var added = new Added(who, number);
        stream.Append((stream.State ?? new Counter()).Apply(added), [added]);
        return true;
    }, Cancelled);

    Task Until(Predicate<IReadOnlyDictionary<string, int>> wished) => Until(async () => wished(await installation.Tallies()));

    static async Task Until(Func<Task<bool>> wished)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        deadline.CancelAfter(Patience);
        while (!await wished())
            await Task.Delay(20, deadline.Token);
    }
}
