using Dapper;
using Fidelity.Measurement;
using Fidelity.Portal.Answering;
using Fidelity.ServiceDefaults;
using Fidelity.ServiceDefaults.Tests;
using Npgsql;

namespace Fidelity.Portal.Tests.Answering;

/// <summary>Forms that are being filled in.</summary>
public sealed class DraftsTests : IAsyncLifetime
{
    static readonly DateOnly Due = new(2026, 10, 15);

    readonly ServiceSchema schema = new($"t{Guid.CreateVersion7():n}");
    readonly NpgsqlDataSource database = NpgsqlDataSource.Create(VirtualHost.Variable("FIDELITY_TEST_POSTGRES"));

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    Drafts Forms => new(database, schema, TimeProvider.System);

    public async ValueTask InitializeAsync() =>
        await Execute($"create schema {schema.Name}; {Drafts.Table.Sql.Replace("{schema}", schema.Name, StringComparison.Ordinal)}");

    public async ValueTask DisposeAsync()
    {
        await Execute($"drop schema {schema.Name} cascade");
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_opens_what_is_due_gets_the_one_form_and_another_due_date_has_another()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Begin("c-1")));
        opened.Distinct().ShouldHaveSingleItem();
        (await Begin("c-2")).ShouldNotBe(opened[0]);
        (await Forms.Begin(Instrument.Tam, "p", "norr", "c-1", Due.AddMonths(1), Content(), "v-1", Cancelled)).ShouldNotBe(opened[0]);
    }

    [Fact]
    public async Task Answers_that_several_give_at_once_are_all_kept_and_the_last_of_an_item_holds()
    {
        var form = await Begin("c-1");
        await Task.WhenAll(Enumerable.Range(1, 28).Select(item => Forms.Save(form, Content(($"i{item}", "5")), "v-1", Cancelled)));
        await Forms.Save(form, Content(("i7", "")), "v-2", Cancelled);
        var kept = (await Forms.Find(form, Cancelled))!;
        FilledIn.Answered(kept.Content, Instruments.TamR).ShouldBe(27);
        kept.Of("i7").ShouldBe("");
        (kept.BegunBy, kept.SavedBy).ShouldBe(("v-1", "v-2"));
    }

    [Fact]
    public async Task A_submitted_form_forgets_its_answers_and_takes_no_more_and_what_is_due_may_be_answered_anew()
    {
        var form = await Begin("c-1");
        await Forms.Save(form, Content(("i1", "5")), "v-1", Cancelled);
        var submission = Guid.CreateVersion7();
        await Forms.Submitted(form, submission, Cancelled);
        (await Forms.Save(form, Content(("i1", "1")), "v-1", Cancelled)).ShouldBeFalse();
        await Forms.Discard(form, Cancelled);
        var kept = (await Forms.Find(form, Cancelled))!;
        (kept.Submission, kept.Content.Count).ShouldBe((submission, 0));
        (await Begin("c-1")).ShouldNotBe(form);
    }

    [Fact]
    public async Task A_form_that_nobody_goes_on_with_is_thrown_away_and_no_other()
    {
        var (old, submitted, newer) = (await Begin("c-1"), await Begin("c-2"), await Begin("c-3"));
        await Forms.Submitted(submitted, Guid.CreateVersion7(), Cancelled);
        await Execute($"update {schema.Name}.drafts set saved_at = now() - interval '121 days' where id in ('{old}', '{submitted}')");
        await Execute($"update {schema.Name}.drafts set saved_at = now() - interval '119 days' where id = '{newer}'");
        await Forms.DiscardOld(Cancelled);
        (await Forms.Find(old, Cancelled)).ShouldBeNull();
        (await Forms.Find(submitted, Cancelled)).ShouldNotBeNull();
        (await Forms.Find(newer, Cancelled)).ShouldNotBeNull();
    }

    Task<Guid> Begin(string family) => Forms.Begin(Instrument.Tam, "p", "norr", family, Due, Content(), "v-1", Cancelled);

    static Dictionary<string, string> Content(params (string Column, string Value)[] cells) =>
        cells.ToDictionary(cell => cell.Column, cell => cell.Value, StringComparer.Ordinal);

    async Task Execute(string sql)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }
}
