using Marten;
using Shouldly;

namespace Fidelity.EventStore;

public sealed class MaskingTests(Installation installation) : IClassFixture<Installation>
{
    readonly IDocumentStore store = installation.Store(options =>
    {
        options.Events.AddMaskingRuleForProtectedInformation<AccountOpened>(opened => opened with { Owner = "***" });
        options.Events.AddMaskingRuleForProtectedInformation<Note>(note => note.Text = "");
    });
    readonly string key = $"account:{Guid.CreateVersion7():n}";

    [Fact]
    public async Task Rules_rewrite_the_events_of_the_streams_included()
    {
        await StartAsync(key);
        await StartAsync(key + ":other");

        await store.Advanced.ApplyEventDataMasking(masking => masking.IncludeStream(key).AddHeader("masked", "2026"));

        await using var query = store.QuerySession();
        var masked = await query.Events.FetchStreamAsync(key);
        masked.Select(e => e.Data).ShouldBe([new AccountOpened("***", 1), new Note { Text = "" }, new Deposited(2)]);
        masked.Select(e => e.GetHeader("masked")).ShouldBe(["2026", "2026", null]);
        (await query.Events.FetchStreamAsync(key + ":other"))[0].Data.ShouldBe(new AccountOpened("Ann", 1));
        (await query.Events.AggregateStreamAsync<Account>(key))!.Balance.ShouldBe(3);
    }

    [Fact]
    public async Task Nothing_changes_in_an_archived_stream()
    {
        await StartAsync(key);
        await using (var session = store.LightweightSession())
        {
            session.Events.ArchiveStream(key);
            await session.SaveChangesAsync();
        }

        await store.Advanced.ApplyEventDataMasking(masking => masking.IncludeStream(key));

        (await installation.ScalarAsync<string>($"select data ->> 'owner' from {installation.Schema}.mt_events where stream_id = '{key}' and version = 1"))
            .ShouldBe("Ann");
    }

    async Task StartAsync(string stream)
    {
        await using var session = store.LightweightSession();
        session.Events.StartStream(stream, new AccountOpened("Ann", 1), new Note { Text = "private" }, new Deposited(2));
        await session.SaveChangesAsync();
    }

    public sealed record Note
    {
        public string Text { get; set; } = "";
    }
}
