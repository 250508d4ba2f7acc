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
        await installation.Run("create schema {schema}_rebuilding; create table {schema}_rebuilding.tallies (half int)");
        await installation.Run("insert into {schema}.mt_event_progression (name, last_seq_id) values ('Tally:V2:All', 1000)");
        (await installation.RunWith("--rebuild")).ShouldBe(0);
        (await installation.Tallies()).ShouldBe([new("one", 1)]);
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

    async Task Until(Predicate<IReadOnlyDictionary<string, int>> wished)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        deadline.CancelAfter(Patience);
        while (!wished(await installation.Tallies()))
            await Task.Delay(20, deadline.Token);
    }
}
