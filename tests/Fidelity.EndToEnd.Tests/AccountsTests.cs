using System.Net;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Fidelity.EndToEnd.Tests;

/// <summary>An installation with records in it, whose services had one account for all, started by this version.</summary>
public sealed class AccountsInstallation() : Installation(port: 19700, ownServers: true)
{
    public const string Programme = "accounts";

    /// <summary>No export is small, so that each is a job.</summary>
    protected override IReadOnlyDictionary<string, string> Settings { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["FIDELITY_EXPORT_AT_ONCE"] = "0" };

    public static IReadOnlyList<string> Services { get; } = ["roster", "tam", "surveys", "pir", "portal"];

    public IReadOnlyDictionary<string, long> Before { get; private set; } = new Dictionary<string, long>(StringComparer.Ordinal);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await NewRecords.Open(this, Programme);
        await Settle();
        foreach (var service in Services)
            Kill(service);
        Before = await Events();
        await TakeAccountsAway();
        await Up();
    }

    /// <summary>Leaves the servers as a version without accounts has them: `fidelity` owns and may do everything.</summary>
    async Task TakeAccountsAway()
    {
        await using (var server = new NpgsqlConnection(DatabaseAs("postgres", "fidelity")))
        {
            foreach (var service in Services)
                await server.ExecuteAsync($"reassign owned by fidelity_{service} to fidelity; drop owned by fidelity_{service}; drop role fidelity_{service}");
            await server.ExecuteAsync("grant connect, temporary on database fidelity to public; grant usage on schema public to public");
        }

        foreach (var service in Services)
        {
            await Rabbitmqctl("delete_user", $"fidelity_{service}");
            File.Delete(PasswordFile($"fidelity_{service}"));
            File.Delete(PasswordFile($"rabbitmq_{service}"));
        }
    }

    public Task<string> Rebuild(string service) => Run(Deployed("rebuild.sh"), service);
}

/// <summary>Every service has accounts of its own at the servers, which reach what is its own and nothing else.</summary>
public sealed class AccountsTests(AccountsInstallation installation) : IClassFixture<AccountsInstallation>
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Services { get; } = [.. AccountsInstallation.Services];

    [Fact]
    public async Task What_one_account_owned_belongs_to_each_service_and_works_on()
    {
        await using (var database = new NpgsqlConnection(installation.Database))
        {
            var strangers = await database.QueryAsync<string>(
                """
                select nspname || '.' || relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
                where nspname = any(@services) and pg_get_userbyid(relowner) <> 'fidelity_' || nspname
                union all
                select nspname from pg_namespace where nspname = any(@services) and pg_get_userbyid(nspowner) <> 'fidelity_' || nspname
                """, new { services = AccountsInstallation.Services.ToArray() });
            strangers.ShouldBeEmpty();
        }

        using var answer = await installation.Post(AccountsInstallation.Programme, "tam-interviews", NewRecords.Interview("i1", "c1", "2026-07-20"));
        answer.StatusCode.ShouldBeOneOf([HttpStatusCode.OK, HttpStatusCode.Accepted], await answer.Content.ReadAsStringAsync(Cancelled));
        await installation.Until($"/api/v1/reviews?programme={AccountsInstallation.Programme}&team=t1&period=2026-H2", measures =>
            measures.AsArray().Any(measure => (string?)measure!["measure"] == "adherence" && (int?)measure["denominator"] == 1));
        foreach (var (service, before) in installation.Before)
            (await installation.Events())[service].ShouldBeGreaterThanOrEqualTo(before, service);
        (await installation.Rebuild("pir")).ShouldContain(": rebuilt from ");
        (await installation.DeadLetters("list")).ShouldContain("every message was handled");
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_password_is_in_a_file_of_its_owner_and_no_two_are_the_same(string service)
    {
        if (OperatingSystem.IsLinux())
            File.GetUnixFileMode(installation.PasswordFile($"fidelity_{service}")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var passwords = new List<string>();
        foreach (var of in AccountsInstallation.Services.SelectMany(each => new[] { $"fidelity_{each}", $"rabbitmq_{each}" }).Append("fidelity").Append("rabbitmq").Append("postgres"))
            passwords.Add(await File.ReadAllTextAsync(installation.PasswordFile(of), Cancelled));
        passwords.ShouldBeUnique();
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_database_role_reads_its_own_schema_and_no_other(string service)
    {
        await using var database = new NpgsqlConnection(installation.DatabaseAs($"fidelity_{service}"));
        (await database.ExecuteScalarAsync<long>($"select count(*) from {service}.mt_events")).ShouldBeGreaterThan(0);
        foreach (var other in AccountsInstallation.Services.Where(other => other != service))
        {
            await Refused(database, $"select count(*) from {other}.mt_events");
            await Refused(database, $"create table {other}.mine ()");
            await Refused(database, $"drop schema {other} cascade");
            await Refused(database, $"set role fidelity_{other}");
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_database_role_makes_no_roles_or_databases_and_is_let_into_no_other(string service)
    {
        await using var database = new NpgsqlConnection(installation.DatabaseAs($"fidelity_{service}"));
        await Refused(database, "create role mine");
        await Refused(database, "create database mine");
        await Refused(database, "create table public.mine ()");
        await Refused(database, "set role fidelity");
        await Refused(database, $"alter role fidelity_{service} superuser");
        foreach (var elsewhere in new[] { "postgres", "template1" })
        {
            await using var closed = new NpgsqlConnection(installation.DatabaseAs($"fidelity_{service}", elsewhere));
            await Refused(closed, "select 1");
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_broker_user_takes_from_its_own_inboxes_and_no_other(string service)
    {
        await using (var deploy = await new ConnectionFactory { Uri = installation.Broker }.CreateConnectionAsync(Cancelled))
        {
            await using var channel = await deploy.CreateChannelAsync(cancellationToken: Cancelled);
            await channel.QueueDeclareAsync("discarded", durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancelled);
        }

        await using var broker = await Connect(service);
        foreach (var queue in (await installation.Queued()).Keys.Where(queue => !queue.EndsWith("_error", StringComparison.Ordinal)))
        {
            // Who erases a family looks for it among what was discarded too.
            if (queue == service || queue == $"{service}-answers" || (service == "portal" && queue == "discarded"))
                await Take(broker, queue);
            else
                await Refused(() => Take(broker, queue), queue);
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_broker_user_publishes_no_message_of_another_service(string service)
    {
        var exchanges = (await installation.Rabbitmqctl("list_exchanges", "--quiet", "--no-table-headers", "name")).Split('\n')
            .Where(exchange => exchange.StartsWith("Fidelity.Contracts.", StringComparison.Ordinal)).ToList();
        // Answers are no facts: each owner of submissions publishes its own, and one type serves all.
        var others = exchanges.Where(exchange => !exchange.StartsWith($"Fidelity.Contracts.{service}:", StringComparison.OrdinalIgnoreCase)
            && !exchange.EndsWith(":SubmissionAnswered", StringComparison.Ordinal)).ToList();
        others.ShouldContain(exchange => exchange.EndsWith(service == "tam" ? ":TeamChanged" : ":TamInterviewScored", StringComparison.Ordinal));
        await using var broker = await Connect(service);
        foreach (var exchange in others)
            await Refused(() => Publish(broker, exchange, ""), exchange);
        // Nor around the exchanges, straight into a queue.
        foreach (var queue in AccountsInstallation.Services)
            await Refused(() => Publish(broker, "", queue), queue);
    }

    [Fact]
    public async Task What_raters_said_of_a_person_cannot_be_led_to_the_portal()
    {
        await using var portal = await Connect("portal");
        foreach (var fact in new[] { "SurveyScored", "SurveyCorrected", "SurveyWithdrawn" })
        {
            await Refused(async () =>
            {
                await using var channel = await portal.CreateChannelAsync(cancellationToken: Cancelled);
                await channel.ExchangeBindAsync("portal", $"Fidelity.Contracts.Surveys:{fact}", "", cancellationToken: Cancelled);
            }, fact);
        }
    }

    /// <summary>Signing is what Pir alone decides and tells; nothing else of an installation says whether its account may.</summary>
    [Fact]
    public async Task A_review_that_is_signed_is_told_to_the_portal()
    {
        var review = (await installation.Get($"/api/v1/reviews?programme={AccountsInstallation.Programme}&team=t1&period=2026-H1"))[0]!;
        await using var portal = await Connect("portal");
        await using (var channel = await portal.CreateChannelAsync(new CreateChannelOptions(true, true), Cancelled))
        {
            var command = new JsonObject
            {
                ["messageId"] = Guid.CreateVersion7(), ["messageType"] = new JsonArray("urn:message:Fidelity.Contracts.Pir:SignReview"),
                ["message"] = new JsonObject
                {
                    ["submissionId"] = Guid.CreateVersion7(), ["programme"] = AccountsInstallation.Programme, ["teamId"] = "t1", ["period"] = "2026-H1", ["role"] = "supervisor",
                    ["signedBy"] = "s1", ["at"] = "2026-07-10T09:00:00+00:00", ["position"] = (long)review["position"]!,
                    ["text"] = new JsonObject { ["version"] = 2, ["strengths"] = "Calls", ["areasToImprove"] = "School", ["goals"] = new JsonArray(), ["followUps"] = new JsonArray() },
                },
            };
            await channel.BasicPublishAsync(
                "pir", "", mandatory: true, new BasicProperties { ContentType = "application/vnd.masstransit+json", Persistent = true },
                System.Text.Encoding.UTF8.GetBytes(command.ToJsonString()), Cancelled);
        }

        await using var database = new NpgsqlConnection(installation.Database);
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (await database.ExecuteScalarAsync<long>("select count(*) from portal.facts where kind = 'sign_off' and data->'signOff'->'signatures'->0->>'by' = 's1'") == 0)
        {
            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1), "the portal has not been told");
            await Task.Delay(100, Cancelled);
        }
    }

    [Fact]
    public async Task A_large_export_is_made_as_a_job_and_its_file_is_what_the_manifest_says()
    {
        using var asked = await installation.Portal.PostAsync($"/api/v1/exports?table=opportunities&profile=analyst&programme={AccountsInstallation.Programme}&recipient=county", null, Cancelled);
        asked.StatusCode.ShouldBe(HttpStatusCode.Accepted, await asked.Content.ReadAsStringAsync(Cancelled));
        var address = asked.Headers.Location!.ToString();
        var manifest = await installation.Until(address, export => (string)export["state"]! == "ready");
        ((int)manifest["rows"]!).ShouldBeGreaterThan(0);
        manifest["rows"]!.GetValue<int>().ShouldBe((int)manifest["expected"]!);
        var file = await installation.Portal.GetByteArrayAsync($"{address}/file", Cancelled);
        file.LongLength.ShouldBe((long)manifest["bytes"]!);
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file)).ShouldBe((string)manifest["sha256"]!);
    }

    Task<IConnection> Connect(string service) =>
        new ConnectionFactory { Uri = installation.BrokerAs($"fidelity_{service}", $"rabbitmq_{service}"), AutomaticRecoveryEnabled = false }.CreateConnectionAsync(Cancelled);

    /// <summary>Looks at a message, if there is one, and gives it back.</summary>
    static async Task Take(IConnection broker, string queue)
    {
        await using var channel = await broker.CreateChannelAsync(cancellationToken: Cancelled);
        await channel.BasicGetAsync(queue, autoAck: false, Cancelled);
    }

    static async Task Publish(IConnection broker, string exchange, string queue)
    {
        await using var channel = await broker.CreateChannelAsync(new CreateChannelOptions(true, true), Cancelled);
        await channel.BasicPublishAsync(exchange, queue, mandatory: false, new BasicProperties(), ReadOnlyMemory<byte>.Empty, Cancelled);
    }

    static async Task Refused(NpgsqlConnection database, string sql)
    {
        var refusal = await Should.ThrowAsync<PostgresException>(() => database.ExecuteAsync(sql), sql);
        refusal.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, sql);
    }

    static async Task Refused(Func<Task> attempt, string what)
    {
        var refusal = await Should.ThrowAsync<Exception>(attempt, what);
        var interrupted = (refusal as OperationInterruptedException ?? refusal.GetBaseException()).ShouldBeAssignableTo<OperationInterruptedException>($"{what}: {refusal}");
        ((int)interrupted!.ShutdownReason!.ReplyCode).ShouldBe(Constants.AccessRefused, $"{what}: {refusal}");
    }
}
