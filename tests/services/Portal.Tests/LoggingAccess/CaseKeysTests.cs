using Dapper;
using Fidelity.Portal.LoggingAccess;
using Fidelity.ServiceDefaults;
using Fidelity.ServiceDefaults.Tests;
using Npgsql;

namespace Fidelity.Portal.Tests.LoggingAccess;

/// <summary>One random key for each case, until it is deleted.</summary>
public sealed class CaseKeysTests : IAsyncLifetime
{
    readonly ServiceSchema schema = new($"t{Guid.CreateVersion7():n}");
    readonly NpgsqlDataSource database = NpgsqlDataSource.Create(VirtualHost.Variable("FIDELITY_TEST_POSTGRES"));

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    CaseKeys Keys => new(database, schema);

    public async ValueTask InitializeAsync() =>
        await Execute($"create schema {schema.Name}; {CaseKeys.Table.Sql.Replace("{schema}", schema.Name, StringComparison.Ordinal)}");

    public async ValueTask DisposeAsync()
    {
        await Execute($"drop schema {schema.Name} cascade");
        await database.DisposeAsync();
    }

    [Fact]
    public async Task All_who_ask_first_at_once_get_the_same_key()
    {
        var given = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Keys.Of("p", "family", Cancelled)));
        given.Distinct(StringComparer.Ordinal).ShouldHaveSingleItem().ShouldMatch("^[0-9a-f]{32}$");
        (await Keys.Of("p", "family", Cancelled)).ShouldBe(given[0]);
    }

    [Fact]
    public async Task No_two_cases_have_the_same_key()
    {
        var family = await Keys.Of("p", "family", Cancelled);
        (await Keys.Of("p", "other", Cancelled)).ShouldNotBe(family);
        (await Keys.Of("q", "family", Cancelled)).ShouldNotBe(family);
    }

    [Fact]
    public async Task What_is_deleted_is_forgotten_and_nothing_else()
    {
        var (family, other) = (await Keys.Of("p", "family", Cancelled), await Keys.Of("q", "family", Cancelled));
        await Keys.Delete("p", "family", Cancelled);
        await Keys.Delete("p", "family", Cancelled);
        (await Keys.Of("p", "family", Cancelled)).ShouldNotBe(family);
        (await Keys.Of("q", "family", Cancelled)).ShouldBe(other);
    }

    [Fact]
    public async Task Many_get_the_keys_that_each_has_and_a_key_leads_back_to_its_case_in_its_programme_until_it_is_deleted()
    {
        var family = await Keys.Of("p", "family", Cancelled);
        var keys = await Keys.Of("p", ["family", "other"], Cancelled);
        keys.Keys.ShouldBe(["family", "other"], ignoreOrder: true);
        keys["family"].ShouldBe(family);
        (await Keys.Of("p", "other", Cancelled)).ShouldBe(keys["other"]);
        (await Keys.Of("p", [], Cancelled)).ShouldBeEmpty();
        (await Keys.CaseOf("p", keys["other"], Cancelled)).ShouldBe("other");
        (await Keys.CaseOf("q", keys["other"], Cancelled)).ShouldBeNull();
        await Keys.Delete("p", "other", Cancelled);
        (await Keys.CaseOf("p", keys["other"], Cancelled)).ShouldBeNull();
    }

    async Task Execute(string statement)
    {
        await using var connection = await database.OpenConnectionAsync(Cancelled);
        await connection.ExecuteAsync(statement);
    }
}
