using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fidelity.ServiceDefaults;
using RabbitMQ.Client.Exceptions;
using MessageHeaders = MassTransit.MessageHeaders;

namespace Fidelity.Portal.DeadLetters;

/// <summary>Dead letters from a shell: what deploy/deadletters.sh runs. It needs the broker and nothing else of Fidelity.</summary>
sealed class DeadLetterCommands(Uri broker, TextWriter output, TextWriter errors, TimeProvider clock)
{
    public const string Argument = "--dead-letters";

    const string Usage = "list | show QUEUE [MESSAGE-ID] | return QUEUE MESSAGE-ID | return QUEUE --all | discard QUEUE MESSAGE-ID --reason TEXT";
    const int WrongUse = 2;
    static readonly TimeSpan News = TimeSpan.FromSeconds(2);
    static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task<int> Run(string[] command) => new DeadLetterCommands(
        Bus.Address(new ConfigurationBuilder().AddEnvironmentVariables().Build()), Console.Out, Console.Error, TimeProvider.System)
        .Run(command, CancellationToken.None);

    /// <summary>0 when it was done, 1 when it could not be done, 2 when it was called wrongly.</summary>
    public async Task<int> Run(string[] command, CancellationToken stopping)
    {
        if (Understood(command) is not { } task)
        {
            await errors.WriteLineAsync($"usage: {Usage}");
            return WrongUse;
        }

        try
        {
            await using var queues = await ErrorQueues.Open(broker, stopping);
            return await task(queues, stopping);
        }
        catch (BrokerUnreachableException unreachable)
        {
            return Failed(unreachable.InnerException is AuthenticationFailureException
                ? $"RabbitMQ at {broker.Host}:{broker.Port} does not let this user in. Check FIDELITY_RABBITMQ."
                : $"RabbitMQ does not answer at {broker.Host}:{broker.Port}.");
        }
        catch (PublishException refused) when (refused.IsReturn)
        {
            return Failed("The broker has no queue to put it on. Start Fidelity once (deploy/up.sh), which declares them. The message is where it was.");
        }
        catch (OperationInterruptedException refused)
        {
            return Failed($"The broker refused: {refused.ShutdownReason?.ReplyText}. Nothing is lost.");
        }
        catch (Exception failure) when (failure is RabbitMQClientException or IOException or OperationCanceledException)
        {
            return Failed($"The broker stopped answering ({failure.GetType().Name}). Nothing is lost; try again.");
        }
        catch (InvalidOperationException failure)
        {
            return Failed(failure.Message);
        }
    }

    Func<ErrorQueues, CancellationToken, Task<int>>? Understood(string[] command) => command switch
    {
        ["list"] => List,
        ["show", var name] when Known(name) is { } queue => (queues, stopping) => Show(queues, queue, null, stopping),
        ["show", var name, var id] when Known(name) is { } queue => (queues, stopping) => Show(queues, queue, id, stopping),
        ["return", var name, "--all"] when Known(name) is { } queue => (queues, stopping) => ReturnAll(queues, queue, stopping),
        ["return", var name, var id] when Known(name) is { } queue => (queues, stopping) => Return(queues, queue, id, stopping),
        ["discard", var name, var id, "--reason", var reason] when Known(name) is { } queue && queue != ErrorQueues.Discarded && !string.IsNullOrWhiteSpace(reason) =>
            (queues, stopping) => Discard(queues, queue, id, reason, stopping),
        ["show" or "return" or "discard", var name, ..] when Known(name) is null => (_, _) => Task.FromResult(
            Failed($"There is no queue {name}. The queues are {string.Join(", ", Inboxes.All)} and {ErrorQueues.Discarded}.")),
        _ => null,
    };

    /// <summary>An inbox stands for its error queue.</summary>
    static string? Known(string name) =>
        name == ErrorQueues.Discarded ? name
        : Inboxes.All.FirstOrDefault(inbox => name == inbox || name == Inboxes.ErrorQueue(inbox)) is { } inbox ? Inboxes.ErrorQueue(inbox)
        : null;

    async Task<int> List(ErrorQueues queues, CancellationToken stopping)
    {
        var total = 0;
        await output.WriteLineAsync(Row("queue", "number", "oldest"));
        var looks = Inboxes.All.Append(ErrorQueues.Discarded).Select(async name => (name, await Letters(queues, Known(name)!, stopping)));
        foreach (var (name, letters) in await Task.WhenAll(looks))
        {
            if (name != ErrorQueues.Discarded)
                total += letters.Count;
            await output.WriteLineAsync(Row(name, $"{letters.Count}", letters.Count == 0 ? "" : Age(letters.Min(letter => letter.FailedAt))));
            foreach (var group in letters.GroupBy(letter => (letter.Message, letter.Cause)).OrderByDescending(group => group.Count()))
                await output.WriteLineAsync($"  {group.Count()} × {Line(group.First())}");
        }

        await output.WriteLineAsync(total == 0
            ? "No dead letters: every message was handled."
            : "`show QUEUE` has the single messages; `return QUEUE --all` hands them to their service again.");
        return 0;
    }

    async Task<int> Show(ErrorQueues queues, string queue, string? id, CancellationToken stopping)
    {
        var letters = await Letters(queues, queue, stopping);
        if (id is not null)
            letters = [.. letters.Where(letter => letter.Id == id)];
        switch (letters)
        {
            case [] when id is null:
                await output.WriteLineAsync($"{queue} is empty.");
                return 0;
            case []:
                return NotThere(queue, id);
            case [var only]:
                await output.WriteLineAsync(Whole(queue, only));
                return 0;
            case var same when id is not null:
                await output.WriteLineAsync($"{same.Count} messages with this id; the first of them:\n{Whole(queue, same[0])}");
                return 0;
            default:
                foreach (var letter in letters.OrderBy(letter => letter.FailedAt))
                    await output.WriteLineAsync($"{Printable(letter.Id)}  {Age(letter.FailedAt),-12}  {Line(letter)}");
                return 0;
        }
    }

    /// <summary>A queue that nothing was ever put in need not be there.</summary>
    static async Task<IReadOnlyList<DeadLetter>> Letters(ErrorQueues queues, string queue, CancellationToken stopping) =>
        await queues.Count(queue, stopping) is null ? [] : await queues.Look(queue, stopping);

    async Task<int> Return(ErrorQueues queues, string queue, string id, CancellationToken stopping)
    {
        if (await queues.Return(queue, id, (_, _) => { }, stopping) == 0)
            return NotThere(queue, id);
        await output.WriteLineAsync($"Returned {Printable(id)}. If it cannot be handled now either, it comes back here.");
        return 0;
    }

    async Task<int> ReturnAll(ErrorQueues queues, string queue, CancellationToken stopping)
    {
        var said = clock.GetTimestamp();
        var returned = await queues.Return(queue, id: null, (done, number) =>
        {
            if (clock.GetElapsedTime(said) < News)
                return;
            said = clock.GetTimestamp();
            output.WriteLine($"  {done} of {number}");
        }, stopping);
        await output.WriteLineAsync($"Returned {returned}; {await queues.Count(queue, stopping) ?? 0} are in {queue} now.");
        return 0;
    }

    async Task<int> Discard(ErrorQueues queues, string queue, string id, string reason, CancellationToken stopping)
    {
        if (await queues.Discard(queue, id, reason, clock.GetUtcNow(), stopping) == 0)
            return NotThere(queue, id);
        await output.WriteLineAsync(
            $"Discarded {Printable(id)}. It is kept in the queue {ErrorQueues.Discarded} for {ErrorQueues.DiscardedKept.Days} days; `return {ErrorQueues.Discarded} {Printable(id)}` takes it back.");
        return 0;
    }

    int NotThere(string queue, string id) => Failed($"There is no message {Printable(id)} in {queue}. `show` lists what is there.");

    int Failed(string what)
    {
        errors.WriteLine($"error: {what}");
        return 1;
    }

    static string Row(string queue, string number, string oldest) => $"{queue,-15} {number,7}  {oldest}".TrimEnd();

    static string Line(DeadLetter letter) => Printable($"{letter.Message ?? "unreadable"}: {letter.Cause}{(letter.Words is { } words ? $": {First(words)}" : "")}");

    static string First(string words)
    {
        const int Most = 160;
        var line = words.ReplaceLineEndings("\n").Split('\n')[0];
        return line.Length <= Most ? line : $"{line[..Most]}…";
    }

    string Whole(string queue, DeadLetter letter)
    {
        var retries = letter.Header(MessageHeaders.FaultRetryCount);
        var text = new StringBuilder();
        Say("message", letter.Id);
        Say("queue", queue);
        Say("type", letter.Message ?? "unreadable");
        Say("failed", letter.FailedAt is { } at ? $"{at:u}, {Age(at)} ago{(retries is null ? "" : $", after {retries} retries")}" : "at a time not known");
        Say("cause", letter.Cause);
        Say("it said", letter.Words);
        Say("consumer", letter.Header(MessageHeaders.FaultConsumerType));
        Say("failed at", letter.Header(MessageHeaders.FaultInputAddress));
        Say("in process", letter.Header(MessageHeaders.Host.Assembly) is { } process
            ? $"{process} on {letter.Header(MessageHeaders.Host.MachineName)}, pid {letter.Header(MessageHeaders.Host.ProcessId)}"
            : null);
        Say("came from", Sender(letter.Body));
        Say("discarded", letter.Header(DeadLetter.DiscardedAt) is { } discarded
            ? $"{discarded} by {letter.Header(DeadLetter.DiscardedBy)}: {letter.Header(DeadLetter.DiscardedReason)}"
            : null);
        text.Append("\nheaders\n");
        foreach (var (name, value) in letter.Headers.Where(header => header.Name != MessageHeaders.FaultStackTrace))
            text.Append(CultureInfo.InvariantCulture, $"  {name}: {value}\n");
        if (letter.Header(MessageHeaders.FaultStackTrace) is { } stack)
            text.Append(CultureInfo.InvariantCulture, $"\nexception\n  {letter.Cause}: {letter.Words}\n{stack}\n");
        text.Append(CultureInfo.InvariantCulture, $"\nbody ({letter.Body.Length} bytes)\n{Content(letter.Body)}");
        return Printable(text.ToString());

        void Say(string what, string? value)
        {
            if (value is not null)
                text.Append(CultureInfo.InvariantCulture, $"{what,-12}{value}\n");
        }
    }

    static string? Sender(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var envelope = JsonDocument.Parse(body);
            return envelope.RootElement.GetProperty("sourceAddress").GetString();
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    static string Content(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return JsonSerializer.Serialize(json, Readable);
        }
        catch (JsonException)
        {
            return Encoding.UTF8.GetString(body.Span);
        }
    }

    /// <summary>What a message holds may come from anywhere; a terminal is to show it, not to obey it.</summary>
    static string Printable(string text) => string.Concat(text.Select(letter =>
        char.IsControl(letter) && letter is not '\n' and not '\t' ? $"\\u{(int)letter:x4}" : letter.ToString()));

    string Age(DateTimeOffset? since) => since is not { } at ? "not known" : (clock.GetUtcNow() - at) switch
    {
        { TotalMinutes: < 1 } => "under 1 min",
        { TotalHours: < 1 } age => $"{age.Minutes} min",
        { TotalDays: < 1 } age => $"{age.Hours} h {age.Minutes} min",
        var age => $"{age.Days} d {age.Hours} h",
    };
}
