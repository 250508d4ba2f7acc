using Fidelity.Contracts.Roster;
using Fidelity.Measurement;

namespace Fidelity.ServiceDefaults.Tests;

public sealed class EventWriterTests : IAsyncLifetime
{
    readonly Installation installation = new();

    public ValueTask InitializeAsync() => installation.InitializeAsync();

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    /// <summary>Takes the next number of a counter and says which it was.</summary>
    static Task<int> Add(EventWriter writer, string key, string who, Func<int, Task>? meanwhile = null) => writer.Write(async streams =>
    {
        var stream = await streams.Open<Counter>(key);
        var number = (stream.State?.Count ?? 0) + 1;
        if (meanwhile is not null)
            await meanwhile(number);
        var added = new Added(who, number);
        stream.Append((stream.State ?? new Counter()).Apply(added), [added]);
        return number;
    }, TestContext.Current.CancellationToken);

    [Fact]
    public async Task What_arrives_together_is_decided_in_order_and_saved_in_one_transaction()
    {
        var writer = installation.AnotherWriter();
        var answers = Enumerable.Range(1, 90).Select(number => Add(writer, number % 3 == 0 ? "same" : $"own-{number}", $"{number}")).ToList();
        await writer.StartAsync(TestContext.Current.CancellationToken);
        var numbers = await Task.WhenAll(answers);

        (await installation.Count("*")).ShouldBe(90);
        (await installation.Count("distinct xmin::text")).ShouldBeLessThanOrEqualTo(2, "the writer's two hands may each have taken a part");
        (await installation.Added("same")).Select(added => added.Number).ShouldBe(Enumerable.Range(1, 30));
        numbers.Count(number => number == 1).ShouldBe(61, "60 streams of their own, and the first of the one they share");
    }

    [Fact]
    public async Task More_than_a_page_is_saved_in_several()
    {
        var writer = installation.AnotherWriter();
        var answers = Enumerable.Range(1, 350).Select(number => Add(writer, $"own-{number}", "all")).ToList();
        await writer.StartAsync(TestContext.Current.CancellationToken);
        (await Task.WhenAll(answers)).ShouldAllBe(number => number == 1);
        (await installation.Count("*")).ShouldBe(350);
    }

    [Fact]
    public async Task A_failing_decision_reaches_its_caller_leaves_nothing_and_disturbs_no_other()
    {
        var writer = installation.AnotherWriter();
        var first = Add(writer, "shared", "first");
        var failing = writer.Write<bool>(async streams =>
        {
            foreach (var key in new[] { "shared", "of its own" })
                (await streams.Open<Counter>(key)).Append(new Counter { Count = 1000 }, [new Added("failing", 1000)]);
            throw new ArithmeticException("cannot decide");
        }, TestContext.Current.CancellationToken);
        var second = Add(writer, "shared", "second");
        await writer.StartAsync(TestContext.Current.CancellationToken);

        (await Should.ThrowAsync<ArithmeticException>(failing)).Message.ShouldBe("cannot decide");
        int[] numbers = [await first, await second];
        numbers.ShouldBe([1, 2], ignoreOrder: true);
        (await installation.Added("shared")).Select(added => added.Who).ShouldBe(["first", "second"], ignoreOrder: true);
        (await installation.Added("of its own")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_the_database_does_not_take_fails_alone()
    {
        var writer = installation.AnotherWriter();
        var before = Add(writer, "before", "good");
        var refused = Add(writer, "refused", "a null \0 that jsonb does not hold");
        var after = Add(writer, "after", "good");
        await writer.StartAsync(TestContext.Current.CancellationToken);

        await Should.ThrowAsync<Exception>(refused);
        (await before).ShouldBe(1);
        (await after).ShouldBe(1);
        (await installation.Count("*")).ShouldBe(2);
        (await Add(writer, "refused", "good")).ShouldBe(1, "the writer goes on");
    }

    [Fact]
    public async Task A_conflict_with_another_writer_is_decided_anew_from_what_the_stream_says_then()
    {
        await Add(installation.Writer, "stream", "before");
        var seen = new List<int>();
        var answer = await Add(installation.Writer, "stream", "this one", async number =>
        {
            seen.Add(number);
            if (seen.Count > 1)
                return;
            await using var other = installation.Store.LightweightSession();
            other.Events.Append("stream", new Added("another writer", number));
            await other.SaveChangesAsync(TestContext.Current.CancellationToken);
        });
        answer.ShouldBe(3);
        seen.ShouldBe([2, 3]);
        (await installation.Added("stream")).ShouldBe([("before", 1), ("another writer", 2), ("this one", 3)]);
    }

    [Fact]
    public async Task What_another_instance_did_to_a_remembered_stream_is_seen()
    {
        var other = installation.AnotherWriter();
        await other.StartAsync(TestContext.Current.CancellationToken);
        await Add(installation.Writer, "stream", "one");
        (await Add(other, "stream", "another")).ShouldBe(2);
        (await Count()).ShouldBe(2, "nothing is appended, so nothing else would tell");
        (await Add(other, "stream", "another")).ShouldBe(3);
        (await Add(installation.Writer, "stream", "one")).ShouldBe(4);
        (await installation.Added("stream")).Select(added => added.Number).ShouldBe([1, 2, 3, 4]);

        Task<int> Count() => installation.Writer.Write(
            async streams => (await streams.Open<Counter>("stream")).State!.Count, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_is_remembered_is_what_the_stream_says()
    {
        foreach (var number in Enumerable.Range(1, 5))
            await Add(installation.Writer, "stream", $"{number}");
        var remembered = await installation.Writer.Write(
            async streams => (await streams.Open<Counter>("stream")).State!.Count, TestContext.Current.CancellationToken, Wanted.Whole<Counter>("stream"));
        remembered.ShouldBe((await installation.Writer.Read<Counter>("stream", TestContext.Current.CancellationToken))!.Count);
    }

    [Fact]
    public async Task Two_who_start_the_same_stream_both_come_into_it()
    {
        var runs = 0;
        var answer = await Add(installation.Writer, "new", "this one", async _ =>
        {
            if (++runs > 1)
                return;
            await using var other = installation.Store.LightweightSession();
            other.Events.StartStream<Counter>("new", new Added("another writer", 1));
            await other.SaveChangesAsync(TestContext.Current.CancellationToken);
        });
        answer.ShouldBe(2);
        (await installation.Added("new")).ShouldBe([("another writer", 1), ("this one", 2)]);
    }

    [Fact]
    public async Task Fifty_at_once_on_one_stream_lose_nothing()
    {
        EventWriter[] instances = [.. Enumerable.Range(0, 5).Select(_ => installation.AnotherWriter())];
        foreach (var instance in instances)
            await instance.StartAsync(TestContext.Current.CancellationToken);
        var numbers = await Task.WhenAll(Enumerable.Range(0, 50).Select(index => Task.Run(() => Add(instances[index % 5], "one", $"{index}"))));
        numbers.ShouldBe(Enumerable.Range(1, 50), ignoreOrder: true);
        var added = await installation.Added("one");
        added.Select(added => added.Number).ShouldBe(Enumerable.Range(1, 50));
        added.Select(added => added.Who).ShouldBeUnique();
    }

    [Fact]
    public async Task A_decision_without_events_is_answered_and_leaves_nothing()
    {
        (await installation.Writer.Write(async streams => (await streams.Open<Counter>("none")).State, TestContext.Current.CancellationToken)).ShouldBeNull();
        (await installation.Writer.Read<Counter>("none", TestContext.Current.CancellationToken)).ShouldBeNull();
        (await installation.Count("*")).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_saved_can_be_read()
    {
        await Add(installation.Writer, "stream", "a");
        await Add(installation.Writer, "stream", "b");
        (await installation.Writer.Read<Counter>("stream", TestContext.Current.CancellationToken))!.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Of_each_fact_the_newest_version_is_kept_in_whatever_order_they_come()
    {
        var facts = new Facts(installation.Writer, new InstallationKeys(new byte[32]));
        TeamChanged Team(long version) => new(version, "demo", "norr", $"Name {version}", "mst@1", new(2025, 1, 1), null, 1,
            [new("t-1", StaffRole.Therapist, new(2025, 1, 1), null)]);
        foreach (var version in new long[] { 3, 1, 3, 2, 5, 4, 5 })
            await facts.Receive(Team(version), TestContext.Current.CancellationToken);
        (await installation.Count("*")).ShouldBe(2, "versions 3 and 5");
        await facts.Receive(Team(6) with { TeamId = "syd" }, TestContext.Current.CancellationToken);
        (await installation.Count("*")).ShouldBe(3);
    }
}
