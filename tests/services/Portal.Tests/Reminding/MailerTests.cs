using System.Net;
using System.Net.Sockets;
using System.Text;
using Fidelity.Portal.Reminding;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using MimeKit;

namespace Fidelity.Portal.Tests.Reminding;

/// <summary>What a mail server says, and what that means for the mail: only of what it surely does not have, it is said that it may be sent again.</summary>
public sealed class MailerTests
{
    const string Address = "somebody@example.test";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", nameof(Sending.Accepted))]
    [InlineData("MAIL", nameof(Sending.Refused))]
    [InlineData("RCPT", nameof(Sending.Refused))]
    [InlineData("DATA", nameof(Sending.Refused))]
    [InlineData(".", nameof(Sending.Refused))]
    [InlineData("-.", nameof(Sending.Unanswered))]
    [InlineData("-EHLO", nameof(Sending.Unreachable))]
    public async Task What_the_server_says_is_what_came_of_it(string fails, string expected)
    {
        using var server = new Server(fails);
        var log = new Words();
        (await new Mailer(Settings(server.Port), log).Send(Message(), Cancelled)).ToString().ShouldBe(expected);
        // Servers repeat the address in what they say.
        log.Said.ShouldAllBe(line => !line.Contains(Address, StringComparison.Ordinal));
        log.Said.Count.ShouldBe(expected == nameof(Sending.Accepted) ? 0 : 1);
    }

    [Fact]
    public async Task A_server_that_is_not_there_has_nothing()
    {
        int port;
        using (var server = new Server(""))
            port = server.Port;
        (await new Mailer(Settings(port), new Words()).Send(Message(), Cancelled)).ShouldBe(Sending.Unreachable);
    }

    [Fact]
    public async Task A_server_that_offers_no_encryption_is_given_nothing_when_it_is_asked_for()
    {
        using var server = new Server("");
        (await new Mailer(Settings(server.Port, ("FIDELITY_SMTP_TLS", "starttls")), new Words()).Send(Message(), Cancelled)).ShouldBe(Sending.Unreachable);
        server.Heard.ShouldNotContain(line => line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_server_there_is_no_mail() => new Mailer(new ConfigurationBuilder().Build(), new Words()).IsOn.ShouldBeFalse();

    [Theory]
    [InlineData("FIDELITY_SMTP_FROM", "")]
    [InlineData("FIDELITY_SMTP_FROM", "no address")]
    [InlineData("FIDELITY_SMTP_PORT", "99999")]
    [InlineData("FIDELITY_SMTP_TLS", "perhaps")]
    [InlineData("FIDELITY_PUBLIC_URL", "")]
    [InlineData("FIDELITY_PUBLIC_URL", "fidelity.example")]
    [InlineData("FIDELITY_SMTP_USER", "fidelity")]
    public void What_cannot_be_used_keeps_the_portal_from_starting_and_says_which_setting_it_is(string setting, string value) =>
        Should.Throw<InvalidOperationException>(() => new Mailer(Settings(25, (setting, value)), new Words())).Message.ShouldContain(setting);

    [Theory]
    [InlineData("somebody@example.org", null)]
    [InlineData("some.body+mst@sub.example.org", null)]
    [InlineData("", "address")]
    [InlineData("somebody", "address")]
    [InlineData("@example.org", "address")]
    [InlineData("Somebody <somebody@example.org>", "address")]
    [InlineData("somebody@example.org,other@example.org", "address")]
    [InlineData("some:somebody@example.org;", "address")]
    [InlineData("somebody@example.org\r\nBcc: other@example.org", "address")]
    [InlineData("\"some body\"@example.org", "address")]
    [InlineData("någon@example.org", "address")]
    [InlineData("19811218-9876@example.org", "personal_identity_number")]
    public void An_address_is_an_address_and_nothing_else(string given, string? fault) => ReminderAddresses.Fault(given).ShouldBe(fault);

    static IConfiguration Settings(int port, params (string Name, string Value)[] others)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["FIDELITY_SMTP_HOST"] = "127.0.0.1", ["FIDELITY_SMTP_PORT"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["FIDELITY_SMTP_TLS"] = "none", ["FIDELITY_SMTP_FROM"] = "fidelity@example.test", ["FIDELITY_PUBLIC_URL"] = "https://fidelity.example.test/",
        };
        foreach (var (name, value) in others)
            settings[name] = value;
        return new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
    }

    static MimeMessage Message()
    {
        var message = new MimeMessage { Subject = "A reminder", Body = new TextPart("plain") { Text = "Something is due." } };
        message.From.Add(new MailboxAddress("", "fidelity@example.test"));
        message.To.Add(new MailboxAddress("", Address));
        return message;
    }

    /// <summary>Speaks SMTP on one line, and at one command refuses, or with a minus before it hangs up.</summary>
    sealed class Server : IDisposable
    {
        readonly TcpListener listener = new(IPAddress.Loopback, 0);

        public Server(string fails)
        {
            listener.Start();
            _ = Serve(fails);
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public List<string> Heard { get; } = [];

        async Task Serve(string fails)
        {
            using var client = await listener.AcceptTcpClientAsync(Cancelled);
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
            await using var writer = new StreamWriter(client.GetStream(), Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 ready");
            var isContent = false;
            while (await reader.ReadLineAsync(Cancelled) is { } line)
            {
                if (isContent && line != ".")
                    continue;
                var command = line.Split(' ')[0];
                Heard.Add(command);
                if (fails == $"-{command}")
                    return;
                isContent = command == "DATA" && fails != command;
                await writer.WriteLineAsync(
                    fails == command ? $"550 not for {Address}" : command switch { "DATA" => "354 go on", "QUIT" => "221 good bye", _ => "250 all is well" });
            }
        }

        public void Dispose() => listener.Dispose();
    }

    sealed class Words : ILogger<Mailer>
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Said.Add($"{formatter(state, exception)} {exception}");
    }
}
