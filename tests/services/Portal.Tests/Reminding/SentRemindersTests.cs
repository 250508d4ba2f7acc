using System.Text.Json;
using Dapper;
using Fidelity.Contracts;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Answering;
using Fidelity.Portal.Reminding;
using Fidelity.Portal.SigningIn;
using Fidelity.Portal.Submitting;
using Fidelity.ServiceDefaults;
using Fidelity.ServiceDefaults.Tests;
using Npgsql;

namespace Fidelity.Portal.Tests.Reminding;

/// <summary>Taking a reminder upon oneself, in the database: once, and only while it is called for.</summary>
public sealed class SentRemindersTests : IAsyncLifetime
{
    const string Programme = "p";
    const string Family = "the-family";
    static readonly DateOnly Today = new(2026, 10, 31);
    static readonly RatingPair Pair = new(Instrument.Cam, "nord", "t-1", "k-1");
    static readonly TamOpportunityFact Interview = new TamOpportunityFellDue(3, Programme, "nord", Family, Due(new(2026, 10, 15), new(2026, 11, 7)), new(2026, 10, 15));
    static readonly SurveyOpportunityFact Survey = new SurveyOpportunityFellDue(2, Programme, Pair, Due(new(2026, 10, 1), new(2026, 11, 16)), new(2026, 10, 1));

    readonly ServiceSchema schema = new($"t{Guid.CreateVersion7():n}");
    readonly NpgsqlDataSource database = NpgsqlDataSource.Create(VirtualHost.Variable("FIDELITY_TEST_POSTGRES"));
    readonly Clock clock = new();
    readonly SentReminders sent;
    readonly Subscriber rut = new(new() { Id = Guid.CreateVersion7(), Holder = "Rut" }, Guid.CreateVersion7(), "rut@example.test", "sv");

    public SentRemindersTests() => sent = new(database, schema, new InstallationKeys(new byte[32]), clock);

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await Execute($"create schema {schema.Name}");
        foreach (var table in new[] { FactsTable.Table, SubmissionsTable.Table, Drafts.Table, ReminderAddresses.Table, SentReminders.Table })
            await Execute(table.Sql.Replace("{schema}", schema.Name, StringComparison.Ordinal));
        await Execute(
            $$"""
            insert into {{schema.Name}}.reminder_addresses (account, id, address, language, asked_at, asked_that_day, confirmed_at)
            values (@account, @id, 'rut@example.test', 'sv', now(), 1, now())
            """, new { account = rut.Account.Id, id = rut.Id });
        await Know(Interview);
        await Know(Survey);
    }

    public async ValueTask DisposeAsync()
    {
        await Execute($"drop schema {schema.Name} cascade");
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Of_all_that_try_at_once_one_takes_each()
    {
        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Claim(Interview, Survey)));
        claims.SelectMany(claimed => claimed).Select(reminder => reminder.Duty.About).ShouldBe([Interview.About, Survey.About], ignoreOrder: true);
        (await Claim(Interview, Survey)).ShouldBeEmpty();
        (await sent.To(rut.Account.Id, Cancelled)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_nobody_was_sent_can_be_taken_again_and_nothing_else_with_it()
    {
        var claimed = await Claim(Interview, Survey);
        await sent.Release(rut, [.. claimed.Where(reminder => reminder.Duty.About == Survey.About)], Cancelled);
        (await Claim(Interview, Survey)).Select(reminder => reminder.Duty.About).ShouldBe([Survey.About]);
    }

    [Fact]
    public async Task Another_step_and_another_person_are_others()
    {
        (await Claim(Survey)).Count.ShouldBe(1);
        (await sent.Claim(rut, [Of(Survey, ReminderStep.Ending)], Today, Cancelled)).Count.ShouldBe(1);
        var siv = rut with { Account = new() { Id = Guid.CreateVersion7(), Holder = "Siv" }, Id = Guid.CreateVersion7() };
        await Execute(
            $"insert into {schema.Name}.reminder_addresses values (@account, @id, 'siv@example.test', 'sv', now(), 1, now())", new { account = siv.Account.Id, id = siv.Id });
        (await sent.Claim(siv, [Of(Survey)], Today, Cancelled)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_has_ended_since_it_was_read_is_not_taken()
    {
        await Know(Interview with { Version = 4, Opportunity = Interview.Opportunity with { Outcome = OpportunityOutcome.Declined } });
        await Know(new SurveyOpportunityClosed(3, Programme, Pair, Survey.Opportunity with { Outcome = OpportunityOutcome.Completed, CompletedBy = "s-1" }, Today));
        (await Claim(Interview, Survey)).ShouldBeEmpty();
        (await sent.To(rut.Account.Id, Cancelled)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_over_or_not_due_is_not_taken()
    {
        (await Claim(new DateOnly(2026, 11, 8), Interview)).ShouldBeEmpty();
        (await Claim(new DateOnly(2026, 10, 14), Interview)).ShouldBeEmpty();
        (await Claim(new DateOnly(2026, 11, 7), Interview)).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("address = null")]
    [InlineData("confirmed_at = null")]
    [InlineData("id = gen_random_uuid()")]
    public async Task Who_wants_it_no_more_or_elsewhere_is_sent_nothing(string since)
    {
        await Execute($"update {schema.Name}.reminder_addresses set {since}");
        (await Claim(Interview, Survey)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_submission_on_its_way_may_have_ended_waits_for_its_answer()
    {
        await Submit("one", new RecordTamAttempt(Guid.Empty, Programme, Family, Today, AttemptOutcome.Declined));
        await Submit("two", new RecordSurvey(Guid.Empty, Programme, "s-1", Pair, Today, "cam@1", []));
        await Submit("other family", new RecordTamAttempt(Guid.Empty, Programme, "another-family", Today, AttemptOutcome.Declined));
        (await Claim(Interview, Survey)).ShouldBeEmpty();
        await Execute($"update {schema.Name}.submissions set state = 'recorded' where stream_key <> 'other family'");
        (await Claim(Interview, Survey)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_form_that_was_submitted_a_moment_ago_is_taken_at_its_word()
    {
        foreach (var (instrument, subject, due) in new[] { ("tam", Family, Interview.Opportunity.Due), ("cam", "nord|t-1|k-1", Survey.Opportunity.Due) })
            await Execute(
                $$"""
                insert into {{schema.Name}}.drafts (id, instrument, programme, team_id, subject, due, content, begun_by, begun_at, saved_by, saved_at, submission)
                values (gen_random_uuid(), @instrument, @Programme, 'nord', @subject, @due::date, '{}', 't-1', @now, 't-1', @now, gen_random_uuid())
                """, new { instrument, Programme, subject, due = due.ToString("O", null), now = clock.Now.AddSeconds(-30) });
        (await Claim(Interview, Survey)).ShouldBeEmpty();
        clock.Now = clock.Now.AddMinutes(1);
        (await Claim(Interview, Survey)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_family_that_is_erased_leaves_nothing()
    {
        var other = Interview with { CaseId = "another-family" };
        await Know(other);
        await Claim(Interview, other, Survey);
        (await Stored()).ShouldNotContain(Family);
        (await sent.Forget(Programme, Family, Cancelled)).ShouldBe(1);
        (await sent.To(rut.Account.Id, Cancelled)).Select(row => row.Item1).ShouldBe([sent.IdOf(Programme, other.About), sent.IdOf(Programme, Survey.About)], ignoreOrder: true);
        (await sent.Forget(Programme, Family, Cancelled)).ShouldBe(0);
    }

    [Fact]
    public async Task A_row_is_kept_for_longer_than_anything_is_due()
    {
        await Claim(Interview, Survey);
        (await sent.DiscardOld(Today.AddDays(SentReminders.Kept), Cancelled)).ShouldBe(0);
        (await sent.DiscardOld(Today.AddDays(SentReminders.Kept + 1), Cancelled)).ShouldBe(2);
    }

    static Opportunity Due(DateOnly due, DateOnly last) => new(due, due.AddDays(-7), last, OpportunityOutcome.Open, null);

    Reminder Of(Fact fact, ReminderStep step = ReminderStep.Due) => new(
        new(sent.IdOf(Programme, fact.About), Programme, fact.About, fact is SurveyOpportunityFact ? Instrument.Cam : Instrument.Tam,
            fact is SurveyOpportunityFact survey ? survey.Opportunity : ((TamOpportunityFact)fact).Opportunity), step);

    Task<IReadOnlyList<Reminder>> Claim(params Fact[] facts) => Claim(Today, facts);

    Task<IReadOnlyList<Reminder>> Claim(DateOnly today, params Fact[] facts) => sent.Claim(rut, [.. facts.Select(fact => Of(fact))], today, Cancelled);

    Task Know(Fact fact) => Execute(
        $"""
        insert into {schema.Name}.facts (programme, kind, key, team_id, version, data) values (@Programme, @kind, @key, @TeamId, @Version, @data::jsonb)
        on conflict (programme, kind, key) do update set version = excluded.version, data = excluded.data
        """, new { Programme, kind = fact.About.Kind, key = fact.About.Key, fact.TeamId, fact.Version, data = JsonSerializer.Serialize(fact, fact.GetType(), FactsTable.Json) });

    Task Submit(string key, Command command) => Execute(
        $"""
        insert into {schema.Name}.submissions (stream_key, state, accepted_at) values (@key, 'accepted', now());
        insert into {schema.Name}.records (programme, kind, key, stream_key, position, content) values (@Programme, 'Attempt', @key, @key, 1, @content::jsonb)
        """, new { Programme, key, content = JsonSerializer.Serialize(command, FactsTable.Json) });

    async Task<string> Stored()
    {
        await using var connection = await database.OpenConnectionAsync(Cancelled);
        return string.Join('\n', await connection.QueryAsync<string>($"select sent::text from {schema.Name}.reminders sent"));
    }

    async Task Execute(string sql, object? values = null)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await connection.ExecuteAsync(sql, values);
    }

    sealed class Clock : TimeProvider
    {
        public DateTime Now { get; set; } = new(2026, 10, 31, 8, 0, 0, DateTimeKind.Utc);

        public override DateTimeOffset GetUtcNow() => new(Now);
    }
}
