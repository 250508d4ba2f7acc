using System.Text.Json.Nodes;
using Marten;

namespace Fidelity.ServiceDefaults.Tests;

/// <summary>
/// A visit as release 1 stored it, and release 2 with a language, which therefore may be absent. The class may be called anything: a
/// stored event is known by its name in the store.
/// </summary>
public sealed record VisitMadeBefore3(DateOnly On, int Minutes, string? Language);

/// <summary>A visit since release 3, which knows when it began; of older visits nobody knows it any more.</summary>
public sealed record VisitMade(DateOnly On, TimeOnly? Began, TimeSpan Lasted, string? Language)
{
    public static VisitMade From(VisitMadeBefore3 before) => new(before.On, null, TimeSpan.FromMinutes(before.Minutes), before.Language);
}

/// <summary>Knows one kind of visit, whatever is stored.</summary>
public sealed record Visits
{
    public string Id { get; set; } = "";

    public TimeSpan Lasted { get; init; }

    public Visits Apply(VisitMade happened) => this with { Lasted = Lasted + happened.Lasted };

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<VisitMade>("visit_made_2");
        options.Events.Upcast<VisitMadeBefore3, VisitMade>("visit_made", VisitMade.From);
        options.Projections.LiveStreamAggregation<Visits>();
    }
}

/// <summary>The example of deploy/adr/0005-stored-events.md, on JSON as it was stored.</summary>
public sealed class StoredEventsTests : IAsyncLifetime
{
    readonly Installation installation = new();

    public async ValueTask InitializeAsync()
    {
        await installation.InitializeAsync();
        var stored = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "stored", "visits.json")))!.AsObject();
        await installation.Insert("visits", [.. stored.SelectMany(release => release.Value!.AsObject()).Select(happened => (happened.Key, happened.Value!.ToJsonString()))]);
    }

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Fact]
    public async Task Every_shape_that_was_ever_stored_is_read_as_the_newest()
    {
        await using var session = installation.Store.QuerySession();

        var visits = await session.Events.FetchStreamAsync("visits", token: TestContext.Current.CancellationToken);

        visits.Select(visit => visit.Data).ShouldBe(
        [
            new VisitMade(new(2024, 3, 5), null, TimeSpan.FromMinutes(50), null),
            new VisitMade(new(2024, 3, 12), null, TimeSpan.FromMinutes(35), "sv"),
            new VisitMade(new(2024, 4, 2), new(13, 30), TimeSpan.FromMinutes(50), "en"),
        ]);
    }

    [Fact]
    public async Task An_old_stream_is_continued_in_the_newest_shape_and_its_history_stays_as_it_was()
    {
        var before = await installation.Stored("visits");

        var lasted = await installation.Writer.Write(async streams =>
        {
            var stream = await streams.Open<Visits>("visits");
            var visit = new VisitMade(new(2024, 4, 9), new(9, 0), TimeSpan.FromMinutes(45), null);
            stream.Append(stream.State!.Apply(visit), [visit]);
            return stream.State!.Lasted;
        }, TestContext.Current.CancellationToken);

        lasted.ShouldBe(TimeSpan.FromHours(3));
        (await installation.Writer.Read<Visits>("visits", TestContext.Current.CancellationToken))!.Lasted.ShouldBe(lasted);
        var after = await installation.Stored("visits");
        after.Take(before.Count).ShouldBe(before);
        after.Skip(before.Count).Select(visit => visit.Name).ShouldBe(["visit_made_2"]);
    }
}
