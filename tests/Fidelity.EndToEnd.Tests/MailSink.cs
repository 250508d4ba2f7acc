using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using MimeKit;
using SmtpServer;
using SmtpServer.ComponentModel;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace Fidelity.EndToEnd.Tests;

/// <summary>An SMTP server that keeps what it is given, or refuses it once all of it has been said.</summary>
public sealed class MailSink : MessageStore, IAsyncDisposable
{
    public const string Port = "18730";

    readonly CancellationTokenSource stopping = new();
    readonly ConcurrentQueue<MimeMessage> received = [];
    Task running = Task.CompletedTask;
    int refused;

    /// <summary>Mails to this address are refused.</summary>
    public string? Refuses { get; set; }

    public int Refused => refused;

    public void Start()
    {
        var components = new ServiceProvider();
        components.Add(this);
        var options = new SmtpServerOptionsBuilder().ServerName("localhost")
            .Endpoint(endpoint => endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, int.Parse(Port, System.Globalization.CultureInfo.InvariantCulture)))).Build();
        running = new SmtpServer.SmtpServer(options, components).StartAsync(stopping.Token);
    }

    public IReadOnlyList<MimeMessage> To(string address) => [.. received.Where(mail => mail.To.Mailboxes.Single().Address == address)];

    public override async Task<SmtpResponse> SaveAsync(
        ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream(buffer.ToArray());
        var mail = await MimeMessage.LoadAsync(content, cancellationToken);
        if (mail.To.Mailboxes.Single().Address == Refuses)
        {
            Interlocked.Increment(ref refused);
            return SmtpResponse.MailboxUnavailable;
        }

        received.Enqueue(mail);
        return SmtpResponse.Ok;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }
}
