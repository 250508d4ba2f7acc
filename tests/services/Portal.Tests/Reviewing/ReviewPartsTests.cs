using Dapper;
using Fidelity.Portal.Reviewing;
using Fidelity.ServiceDefaults;
using Fidelity.ServiceDefaults.Tests;
using Npgsql;

namespace Fidelity.Portal.Tests.Reviewing;

/// <summary>Several write one text at once, and nothing of it is lost.</summary>
public sealed class ReviewPartsTests : IAsyncLifetime
{
    static readonly ReviewName Review = new("p", "norr", "2026-H1");

    readonly ServiceSchema schema = new($"t{Guid.CreateVersion7():n}");
    readonly NpgsqlDataSource database = NpgsqlDataSource.Create(VirtualHost.Variable("FIDELITY_TEST_POSTGRES"));

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    ReviewParts Parts => new(database, schema, TimeProvider.System);

    public async ValueTask InitializeAsync() =>
        await Execute($"create schema {schema.Name}; {ReviewParts.Table.Sql.Replace("{schema}", schema.Name, StringComparison.Ordinal)}");

    public async ValueTask DisposeAsync()
    {
        await Execute($"drop schema {schema.Name} cascade");
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Of_twenty_who_saw_the_same_version_one_saves_and_the_others_are_told()
    {
        (await Save(seen: 0, "first")).ShouldBeTrue();
        var saved = await Task.WhenAll(Enumerable.Range(1, 20).Select(writer => Save(seen: 1, $"of {writer}")));
        saved.Count(won => won).ShouldBe(1);
        var part = (await Parts.Read(Review, Cancelled)).ShouldHaveSingleItem();
        (part.Version, part.Of("text")).ShouldBe((2, $"of {Array.IndexOf(saved, true) + 1}"));
    }

    [Fact]
    public async Task What_was_there_before_stays()
    {
        await Save(0, "first");
        await Save(1, "second");
        (await Save(0, "late")).ShouldBeFalse();
        (await Save(5, "of what was never there")).ShouldBeFalse();
        (await Parts.Save(Review, "strengths", 2, content: null, "s-1", Cancelled)).ShouldBeTrue("it is taken out");
        (await Parts.Read(Review, Cancelled)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(part => part.Version.ShouldBe(3), part => part.Content.ShouldBeNull());
        await using var connection = await database.OpenConnectionAsync(Cancelled);
        (await connection.QueryAsync<string?>($"select content->>'text' from {schema.Name}.review_parts order by version")).ShouldBe(["first", "second", null]);
    }

    [Fact]
    public async Task A_review_has_its_own_parts()
    {
        await Save(0, "first");
        (await Parts.Save(Review with { Period = "2026-H2" }, "strengths", 0, Content("other"), "s-1", Cancelled)).ShouldBeTrue();
        (await Parts.Read(Review, Cancelled)).ShouldHaveSingleItem().Of("text").ShouldBe("first");
    }

    Task<bool> Save(int seen, string text) => Parts.Save(Review, "strengths", seen, Content(text), "s-1", Cancelled);

    static Dictionary<string, string> Content(string text) => new() { ["text"] = text };

    async Task Execute(string sql)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }
}
