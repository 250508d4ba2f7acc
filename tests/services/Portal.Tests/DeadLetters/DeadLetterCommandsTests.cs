using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fidelity.Portal.DeadLetters;
using Fidelity.ServiceDefaults;
using Fidelity.ServiceDefaults.Tests;
using RabbitMQ.Client;

namespace Fidelity.Portal.Tests.DeadLetters;

/// <summary>Looking at dead letters, returning and discarding them, on a broker as it is.</summary>
public sealed class DeadLetterCommandsTests(VirtualHost broker) : IClassFixture<VirtualHost>, IAsyncLifetime
{
    const string Inbox = "tam";
    const string Errors = "tam_error";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    readonly StringWriter output = new(CultureInfo.InvariantCulture);
    readonly StringWriter errors = new(CultureInfo.InvariantCulture);

    public async ValueTask InitializeAsync()
    {
        await broker.Declare(Inbox);
        await broker.Declare(Errors);
        await using var channel = await broker.Channel();
        await channel.QueueDeleteAsync(ErrorQueues.Discarded, cancellationToken: Cancelled);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Looking_takes_no_message_away()
    {
        await Fail(Enumerable.Range(1, 30).Select(number => $"m{number}"));
        foreach (var command in new[] { new[] { "list" }, ["show", Inbox], ["show", Inbox, "m7"], ["show", Errors, "m30"] })
            (await Run(command)).ShouldBe(0);
        (await broker.Messages(Errors)).Select(message => message.BasicProperties.MessageId)
            .ShouldBe(Enumerable.Range(1, 30).Select(number => $"m{number}"), ignoreOrder: true);
    }

    [Fact]
    public async Task The_list_has_number_age_and_causes_of_each_queue()
    {
        await Fail(["a", "b"]);
        await broker.Publish(Errors, Encoding.UTF8.GetBytes("no envelope"), Failed("c", "System.Text.Json.JsonReaderException", "'n' is an invalid start of a value."));
        (await Run("list")).ShouldBe(0);
        var lines = output.ToString().Split(Environment.NewLine);
        lines.ShouldContain("tam                   3  2 h 5 min");
        lines.ShouldContain("  2 × RecordTamInterview: Npgsql.PostgresException: the table is closed");
        lines.ShouldContain("  1 × unreadable: System.Text.Json.JsonReaderException: 'n' is an invalid start of a value.");
        lines.ShouldContain("portal-answers        0");
    }

    [Fact]
    public async Task An_empty_list_says_that_all_is_well()
    {
        (await Run("list")).ShouldBe(0);
        output.ToString().ShouldContain("every message was handled");
    }

    [Fact]
    public async Task A_message_is_shown_with_its_cause_its_origin_its_headers_and_its_body()
    {
        await Fail(["a", "b"]);
        (await Run("show", Inbox, "b")).ShouldBe(0);
        var shown = output.ToString();
        foreach (var part in new[] { "Npgsql.PostgresException", "the table is closed", "at Fidelity.Tam", "exchange:portal", "after 4 retries", "Fidelity-Test: kept", "\"interviewId\": \"b\"" })
            shown.ShouldContain(part);
    }

    [Fact]
    public async Task What_a_body_would_tell_a_terminal_to_do_is_shown_and_not_done()
    {
        await broker.Publish(Errors, Encoding.UTF8.GetBytes("\u001b[2Jall gone"), Failed("a", "System.Exception", "\u001b]0;title\u0007"));
        await Run("show", Inbox);
        output.ToString().ShouldNotContain('\u001b');
        output.ToString().ShouldContain("\\u001b[2Jall gone");
    }

    [Fact]
    public async Task A_returned_message_is_as_it_was_before_it_failed()
    {
        await Fail(["a", "b", "c"]);
        (await Run("return", Inbox, "b")).ShouldBe(0);
        var returned = (await broker.Messages(Inbox)).ShouldHaveSingleItem();
        returned.BasicProperties.MessageId.ShouldBe("b");
        returned.BasicProperties.ContentType.ShouldBe("application/vnd.masstransit+json");
        returned.BasicProperties.Persistent.ShouldBeTrue();
        Encoding.UTF8.GetString(returned.Body.Span).ShouldBe(Body("b"));
        returned.BasicProperties.Headers!.Keys.Where(name => !name.StartsWith("x-", StringComparison.Ordinal)).ShouldBe(["Fidelity-Test"]);
        (await broker.Messages(Errors)).Select(message => message.BasicProperties.MessageId).ShouldBe(["a", "c"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_message_without_an_id_is_found_by_the_name_that_is_shown()
    {
        await broker.Publish(Errors, [1, 2, 3], Failed(null, "System.Exception", "?"));
        await Run("show", Inbox);
        var name = output.ToString().Split(Environment.NewLine)[0].Split(' ')[^1].Split('\n')[0];
        name.ShouldStartWith("sha256-");
        (await Run("return", Inbox, name)).ShouldBe(0);
        (await broker.Messages(Inbox)).ShouldHaveSingleItem().Body.ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_message_that_no_inbox_takes_stays()
    {
        await Fail(["a"]);
        await using (var channel = await broker.Channel())
            await channel.QueueDeleteAsync(Inbox, cancellationToken: Cancelled);
        (await Run("return", Inbox, "--all")).ShouldBe(1);
        errors.ToString().ShouldContain("no queue to put it on");
        (await broker.Messages(Errors)).ShouldHaveSingleItem().BasicProperties.MessageId.ShouldBe("a");
    }

    [Fact]
    public async Task A_discarded_message_is_kept_with_the_reason_and_can_be_returned()
    {
        await Fail(["a", "b"]);
        (await Run("discard", Inbox, "a", "--reason", "sent by mistake")).ShouldBe(0);
        (await broker.Messages(Errors)).ShouldHaveSingleItem().BasicProperties.MessageId.ShouldBe("b");
        (await Run("show", "discarded")).ShouldBe(0);
        output.ToString().ShouldContain($"by {Environment.UserName}: sent by mistake");
        (await Run("return", "discarded", "a")).ShouldBe(0);
        var returned = (await broker.Messages(Inbox)).ShouldHaveSingleItem();
        Encoding.UTF8.GetString(returned.Body.Span).ShouldBe(Body("a"));
        returned.BasicProperties.Headers!.Keys.Where(name => !name.StartsWith("x-", StringComparison.Ordinal)).ShouldBe(["Fidelity-Test"]);
        (await broker.Queues()).Split('\n').Single(queue => queue.StartsWith("discarded", StringComparison.Ordinal)).ShouldContain("quorum\ttrue");
    }

    [Theory]
    [InlineData(2, "usage:")]
    [InlineData(2, "usage:", "remove", "tam")]
    [InlineData(2, "usage:", "return", "tam")]
    [InlineData(2, "usage:", "discard", "tam", "a")]
    [InlineData(2, "usage:", "discard", "tam", "a", "--reason", " ")]
    [InlineData(2, "usage:", "discard", "discarded", "a", "--reason", "again")]
    [InlineData(1, "There is no queue tom. The queues are roster, tam, surveys, pir, portal, portal-answers and discarded.", "show", "tom")]
    [InlineData(1, "There is no message nobody in tam_error.", "show", "tam", "nobody")]
    [InlineData(1, "There is no message nobody in tam_error.", "return", "tam", "nobody")]
    public async Task A_wrong_call_says_what_is_wrong(int code, string said, params string[] command)
    {
        (await Run(command)).ShouldBe(code);
        errors.ToString().ShouldContain(said);
    }

    [Fact]
    public async Task A_broker_that_is_away_is_named_without_its_password()
    {
        var nowhere = new DeadLetterCommands(new Uri("amqp://somebody:secret@127.0.0.1:1/"), output, errors, TimeProvider.System);
        (await nowhere.Run(["list"], Cancelled)).ShouldBe(1);
        errors.ToString().ShouldContain("does not answer at 127.0.0.1:1");
        errors.ToString().ShouldNotContain("secret");
    }

    /// <summary>The real program, killed as by a power cut each time it has moved some, until nothing is left to move.</summary>
    [Fact(Timeout = 120_000)]
    public async Task Killing_the_return_of_hundreds_loses_none_of_them()
    {
        const int Number = 600;
        const int Kills = 4;
        await Fail(Enumerable.Range(1, Number).Select(number => $"m{number}"));
        for (var kill = 1; kill <= Kills; kill++)
        {
            using var returning = Process.Start(Program("return", Inbox, "--all"))!;
            while (await Count(Inbox) < kill * (Number / (Kills + 1)))
                returning.HasExited.ShouldBeFalse("it is to be killed while it has much to do");
            returning.Kill();
            await returning.WaitForExitAsync(Cancelled);
            // The broker has yet to notice that the one that was in hand is nobody's any more.
            while ((await Ids(Inbox)).Union(await Ids(Errors)).Count() < Number)
                await Task.Delay(50, Cancelled);
        }

        (await Ids(Errors)).Count.ShouldBePositive();
        using var last = Process.Start(Program("return", Inbox, "--all"))!;
        await last.WaitForExitAsync(Cancelled);
        last.ExitCode.ShouldBe(0);
        (await Ids(Errors)).ShouldBeEmpty();
        var returned = await Ids(Inbox);
        returned.Distinct().Count().ShouldBe(Number);
        returned.Count.ShouldBeLessThanOrEqualTo(Number + Kills, "each kill may leave one in both queues, no more");
    }

    async Task<int> Run(params string[] command) =>
        await new DeadLetterCommands(broker.Address, output, errors, TimeProvider.System).Run(command, Cancelled);

    ProcessStartInfo Program(params string[] command)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(VirtualHost.Variable("FIDELITY_APP"), "Portal/Fidelity.Portal.dll"), DeadLetterCommands.Argument, .. command])
        {
            UseShellExecute = false,
        };
        start.Environment["FIDELITY_RABBITMQ"] = broker.Address.ToString();
        return start;
    }

    async Task<uint> Count(string queue)
    {
        await using var channel = await broker.Channel();
        return await channel.MessageCountAsync(queue, Cancelled);
    }

    async Task<IReadOnlyList<string>> Ids(string queue) => [.. (await broker.Messages(queue)).Select(message => message.BasicProperties.MessageId!)];

    async Task Fail(IEnumerable<string> ids)
    {
        await using var channel = await broker.Channel();
        foreach (var id in ids)
            await channel.BasicPublishAsync("", Errors, mandatory: true, Failed(id, "Npgsql.PostgresException", "the table is closed"), Encoding.UTF8.GetBytes(Body(id)), Cancelled);
    }

    static string Body(string id) =>
        $$$"""{"messageType": ["urn:message:Fidelity.Contracts.Tam:RecordTamInterview"], "sourceAddress": "exchange:portal", "message": {"interviewId": "{{{id}}}"}}""";

    /// <summary>As MassTransit leaves a message that failed two hours and five minutes ago.</summary>
    static BasicProperties Failed(string? id, string cause, string words) => new()
    {
        MessageId = id, ContentType = "application/vnd.masstransit+json", DeliveryMode = DeliveryModes.Persistent,
        Headers = new Dictionary<string, object?>
        {
            ["Fidelity-Test"] = "kept", ["MT-Reason"] = "fault", ["MT-Fault-ExceptionType"] = cause, ["MT-Fault-Message"] = words, ["MT-Fault-RetryCount"] = 4,
            ["MT-Fault-Timestamp"] = (TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(125.5)).ToString("O", CultureInfo.InvariantCulture),
            ["MT-Fault-StackTrace"] = "at Fidelity.Tam", ["MT-Host-Assembly"] = "Fidelity.Tam",
        },
    };
}
